"""The peer of web frameworks: a pydantic model a row, `EmailStr` and validators for ID and phone."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, EmailStr, ValidationError

from benchmarks.peers.program import Cells, run_row_by_row
from benchmarks.peers.row_by_row import clean, clean_id, is_id, is_phone


def _right_id(value: str) -> str:
    if not is_id(value):
        raise ValueError("no ID number")
    return value


def _right_phone(value: str) -> str:
    if not is_phone(value):
        raise ValueError("no phone number")
    return value


class Row(BaseModel):
    """One row of an employer's file."""

    id: Annotated[str, BeforeValidator(clean_id), AfterValidator(_right_id)]
    email: Annotated[EmailStr, BeforeValidator(clean)]
    phone: Annotated[str, AfterValidator(_right_phone)]


def judge(cells: Cells) -> str:
    """The columns of a row that are at fault."""
    national_id, email, phone = cells
    try:
        Row(id=national_id, email=email, phone=phone)
    except ValidationError as error:
        return " ".join(str(fault["loc"][0]) for fault in error.errors(include_url=False))
    return ""


if __name__ == "__main__":
    run_row_by_row(judge)
