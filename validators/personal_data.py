"""Personal data as a type that prints masked, and the mask of the result log."""

from __future__ import annotations

from typing import Final, NoReturn

from validators import person_id

# The administration's own mask: first six characters, then four stars.
SHOWN: Final = 6
MASK: Final = "****"
NOTHING_SHOWN: Final = "**********"


def mask_id(text: str) -> str:
    """The log's form of an ID cell: first 6 characters and ****, or ten stars when it has no ID shape.

    The ten stars keep a phone number in the wrong column, or a forged log line, out of the log.

    >>> mask_id("t121511234"), mask_id("0912345678")
    ('T12151****', '**********')
    """
    value = person_id.normalize(text).value
    return value[:SHOWN] + MASK if person_id.has_id_shape(value) else NOTHING_SHOWN


class PersonalId:
    """An ID number that prints masked; `reveal()` is the only way to the text.

    No dataclass (`asdict` would unmask it) and not to be pickled, so that it leaves no process by accident.

    >>> print(PersonalId("E223610001"), [PersonalId("E223610001")])
    E22361**** [PersonalId('E22361****')]
    """

    __slots__ = ("_text",)
    _text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)

    def reveal(self) -> str:
        """The full text."""
        return self._text

    def __str__(self) -> str:
        return mask_id(self._text)

    def __repr__(self) -> str:
        return f"PersonalId('{self}')"

    def __eq__(self, other: object) -> bool:
        return self._text == other._text if isinstance(other, PersonalId) else NotImplemented

    def __hash__(self) -> int:
        return hash((PersonalId, self._text))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a PersonalId cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a PersonalId cannot be changed")

    def __copy__(self) -> PersonalId:
        return self

    def __deepcopy__(self, memo: object) -> PersonalId:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a PersonalId is not to be pickled")
