"""The peer that people would write themselves gives our verdicts on public vectors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.peers import row_by_row
from tests.validators.vector_file import read
from validators import email_address, person_id, phone
from validators.cell_text import Checked


@pytest.mark.parametrize(
    ("vectors", "column", "peer", "ours"),
    [
        ("id_vectors.csv", "id", lambda text: row_by_row.is_id(row_by_row.clean_id(text)), person_id.check),
        (
            "email_vectors.csv",
            "address",
            lambda text: row_by_row.is_email(row_by_row.clean(text)),
            email_address.check,
        ),
        ("phone_vectors.csv", "number", row_by_row.is_phone, phone.check),
    ],
    ids=["ID", "e-mail", "phone"],
)
def test_the_row_by_row_peer_judges_public_vectors_as_we_do(
    vectors: str, column: str, peer: Callable[[str], bool], ours: Callable[[str], Checked]
) -> None:
    texts = [row[column] for row in read(vectors)]
    assert [text for text in texts if peer(text) != (ours(text).fault is None)] == []
