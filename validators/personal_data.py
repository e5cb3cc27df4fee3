"""Personal data as types that print masked, and the mask of the result log."""

from __future__ import annotations

from typing import Final, NoReturn, Self

from validators import person_id

# The administration's own mask: first six characters, then four stars.
SHOWN: Final = 6
SHOWN_OF_CARD: Final = 4  # at each end
MASK: Final = "****"
NOTHING_SHOWN: Final = "**********"


def mask_id(text: str) -> str:
    """Returns the log's form of an ID cell: 6 characters and ****, or ten stars where it has no ID shape.

    The ten stars keep a phone number in the wrong column, or a forged log line, out of the log.

    >>> mask_id("t121511234"), mask_id("0912345678")
    ('T12151****', '**********')
    """
    value = person_id.normalize(text).value
    return value[:SHOWN] + MASK if person_id.has_id_shape(value) else NOTHING_SHOWN


class PersonalText:
    """A text that prints masked; only `reveal()` returns it. Each kind decides which part is shown.

    It is no dataclass (`asdict` would unmask it), and it cannot be pickled, so that it stays in its process.
    """

    __slots__ = ("_text",)
    _text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)

    def reveal(self) -> str:
        """Returns the full text."""
        return self._text

    def __str__(self) -> str:
        return NOTHING_SHOWN

    def __repr__(self) -> str:
        return f"{type(self).__name__}('{self}')"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PersonalText) or type(other) is not type(self):
            return NotImplemented
        return self._text == other._text

    def __hash__(self) -> int:
        return hash((type(self), self._text))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} is not to be pickled")


class PersonalId(PersonalText):
    """An ID number.

    >>> print(PersonalId("E223610001"), [PersonalId("E223610001")])
    E22361**** [PersonalId('E22361****')]
    """

    __slots__ = ()

    def __str__(self) -> str:
        return mask_id(self._text)


class CardNumber(PersonalText):
    """The number of an NHI card: its first and last four digits are shown.

    >>> print(CardNumber("000012345678"), [CardNumber("000012345678")])
    0000****5678 [CardNumber('0000****5678')]
    """

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self._text[:SHOWN_OF_CARD]}{MASK}{self._text[-SHOWN_OF_CARD:]}"
