"""What `make bench` runs: every benchmark in turn, within ten minutes altogether."""

from __future__ import annotations

from benchmarks import card_reader, mail_delivery, mail_intake, nightly

nightly.main()
mail_intake.main()
card_reader.main()
mail_delivery.main(rounds=3)
