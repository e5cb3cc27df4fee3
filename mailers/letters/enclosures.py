"""What a letter encloses: a few small files as they are, many or large ones as one ZIP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mailers.message import Attachment, told_apart, zip_file

FILES_AS_THEY_ARE: Final = 6  # three files of a unit, each with its log and its annotated CSV
# Base64 makes 3.4 MiB of it: well below the 10 MB that many mail systems take.
OCTETS_AS_THEY_ARE: Final = 5 * 1024 * 1024 // 2


def enclose(files: Sequence[Attachment], *, zip_name: str) -> list[Attachment]:
    """The files, no two under one name; more than six or more than 2.5 MiB together become one ZIP."""
    size = sum(len(file.content) for file in files)
    if len(files) <= FILES_AS_THEY_ARE and size <= OCTETS_AS_THEY_ARE:
        return told_apart(files)
    return [zip_file(zip_name, files)]
