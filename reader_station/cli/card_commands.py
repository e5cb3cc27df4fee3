"""`nhicard card`: the readers of this machine, and the basic data of the card in one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

import typer

from pipeline.cli.output import AsJson, print_json, print_table
from reader_station.card.card_errors import CardFault
from reader_station.card.card_holder import CardHolder
from reader_station.card.reader import ReadCard

T = TypeVar("T")

EXIT_CARD: Final = 2
EXIT_READER: Final = 3
# Errors of the machine: network, service, reader. Another card would not help.
_READER_CODES: Final = ("4061", "7001", "7002", "7003")
_HIDDEN_DATE: Final = "****-**-**"

app = typer.Typer(
    help="讀卡機與健保卡基本資料。\nCard readers, and the basic data of an NHI card.", no_args_is_help=True
)


@app.command("list")
def list_readers(as_json: AsJson = False) -> None:
    """列出讀卡機,以及是否插有卡片。
    List the connected readers and say which holds a card.
    """
    readers = _or_end(_list_readers_with_cards, as_json=as_json)
    if as_json:
        print_json({"readers": [{"reader": name, "card": card} for name, card in readers]})
    elif readers:
        rows = [(name, "有 yes" if card else "無 no") for name, card in readers]
        print_table("讀卡機 Readers", ("讀卡機 reader", "卡片 card"), rows)
    else:
        typer.echo("找不到讀卡機。 No card reader was found.")


@app.command()
def read(
    as_json: AsJson = False,
    plain: Annotated[
        bool,
        typer.Option(
            "--plain",
            help="不遮罩個人資料。\n\nShow card number, name, ID and birth date unmasked.",
        ),
    ] = False,
) -> None:
    """讀取健保卡基本資料。
    Read the basic data of an NHI card.
    """
    card = _or_end(_read_card, as_json=as_json)
    shown = _card_values(card, plain=plain)
    if as_json:
        print_json(shown)
    else:
        print_table("健保卡 NHI card", ("", ""), [(name, str(value)) for name, value in shown.items()])


def _list_readers_with_cards() -> list[tuple[str, bool]]:
    from reader_station.card import pcsc

    return [(name, pcsc.has_card(name)) for name in pcsc.list_readers()]


def _read_card() -> ReadCard:
    from reader_station.card.pcsc import reader_with_card
    from reader_station.card.pcsc_reader import read_in_time

    return read_in_time(reader_with_card())


def _card_values(card: ReadCard, *, plain: bool) -> dict[str, Any]:
    holder = card.holder
    return {
        "reader": card.reader,
        "atr": card.atr.hex().upper(),
        **(_plain_values(holder) if plain else _masked_values(holder)),
        "sex": holder.sex,
        "issue_date": holder.issue_date.isoformat(),
    }


def _plain_values(holder: CardHolder) -> dict[str, Any]:
    return {
        "card_number": holder.card_number.reveal(),
        "name": holder.name,
        "name_incomplete": holder.name_incomplete,
        "national_id": holder.national_id.reveal(),
        "birth_date": holder.birth_date.isoformat(),
    }


def _masked_values(holder: CardHolder) -> dict[str, Any]:
    return {
        "card_number": str(holder.card_number),
        "name": holder.masked_name,
        "name_incomplete": holder.name_incomplete,
        "national_id": str(holder.national_id),
        "birth_date": _HIDDEN_DATE,
    }


def _or_end(ask: Callable[[], T], *, as_json: bool) -> T:
    """What `ask` returns; an error of the card or reader is printed and ends the command."""
    try:
        return ask()
    except CardFault as fault:
        error = fault.error
        if as_json:
            words = {"family": error.family, "code": error.code}
            print_json({"error": {**words, "title": error.title, "what_to_do": error.what_to_do}})
        else:
            advice = f"{error.title}:{error.advice[0]} {error.title_en}: {error.advice_en[0]}"
            typer.echo(f"nhicard: {error.code} {advice}", err=True)
        raise typer.Exit(EXIT_READER if error.code in _READER_CODES else EXIT_CARD) from None
