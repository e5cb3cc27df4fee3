"""The number of an NHI card as a type that prints masked."""

from __future__ import annotations

from typing import Final, NoReturn

MASK: Final = "****"
SHOWN: Final = 4


class CardNumber:
    """Twelve digits, text because they start with zeros; `reveal()` is the only way to the text.

    No dataclass (`asdict` would unmask it) and not to be pickled, so that it leaves no process by accident.

    >>> print(CardNumber("000012345678"), [CardNumber("000012345678")])
    0000****5678 [CardNumber('0000****5678')]
    """

    __slots__ = ("_text",)
    _text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)

    def reveal(self) -> str:
        """The full text."""
        return self._text

    def __str__(self) -> str:
        return f"{self._text[:SHOWN]}{MASK}{self._text[-SHOWN:]}"

    def __repr__(self) -> str:
        return f"CardNumber('{self}')"

    def __eq__(self, other: object) -> bool:
        return self._text == other._text if isinstance(other, CardNumber) else NotImplemented

    def __hash__(self) -> int:
        return hash((CardNumber, self._text))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a CardNumber cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a CardNumber cannot be changed")

    def __copy__(self) -> CardNumber:
        return self

    def __deepcopy__(self, memo: object) -> CardNumber:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a CardNumber is not to be pickled")
