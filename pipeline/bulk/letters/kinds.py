"""The kinds of mail about files."""

from __future__ import annotations

from typing import Final

from pipeline.bulk.letters.answer_mails import ANSWER
from pipeline.bulk.letters.digest_mails import DIGEST
from pipeline.bulk.letters.held_mails import HELD_NOTICE
from pipeline.bulk.letters.receipt_mails import RECEIPT, REFUSAL
from pipeline.bulk.letters.release_mails import RELEASE
from pipeline.bulk.letters.success_mails import SUCCESS

BULK_MAILS: Final = (RELEASE, RECEIPT, ANSWER, REFUSAL, HELD_NOTICE, DIGEST, SUCCESS)
