"""Facts about the documents: links and citations resolve, and what they list is what the code has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from pipeline.bulk.rules.outcome import Outcome, outcome_text
from pipeline.cli import app
from pipeline.settings import PREFIX, ROOT, Settings
from reader_station.card.card_errors import ERRORS

DOCS = ROOT / "docs"
README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PAGES = [README, CONTRIBUTING, ROOT / "GLOSSARY.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]
FOLDERS = ("benchmarks", "dags", "mailers", "pipeline", "reader_station", "sql", "tests", "validators")
WRITTEN = {".cfg", ".css", ".jinja", ".js", ".mako", ".py", ".toml"}

# Parts of the house that the documents describe and that are still on their way; empty when all are there.
COMING = {
    "pipeline/accounts/letters.py",
    "pipeline/bulk/rules/held.py",
    "pipeline/tasks/schedule.py",
}
# Outcomes that docs/rules.md decides and the code does not know yet.
NOT_BUILT = {"EMAIL_CORRECTED"}
# Where a source is still named as it was before docs/ held it.
OLD_FORMS_ALLOWED = {
    "pipeline/accounts/passwords.py",
    "pipeline/accounts/rules/deadlines.py",
    "pipeline/accounts/rules/household.py",
    "pipeline/accounts/rules/password.py",
    "pipeline/accounts/rules/registration.py",
    "pipeline/accounts/standing.py",
    "pipeline/accounts/uses.py",
    "pipeline/bulk/check/check_files.py",
    "pipeline/bulk/chunks/plan_chunks.py",
    "pipeline/bulk/collect/judge_hand_ins.py",
    "pipeline/bulk/intake/hand_in.py",
    "pipeline/bulk/intake/incoming_mail.py",
    "pipeline/bulk/purge_hand_ins.py",
    "pipeline/bulk/queries/judgement.py",
    "pipeline/bulk/rules/batch_states.py",
    "pipeline/bulk/rules/consent.py",
    "pipeline/bulk/rules/file_faults.py",
    "pipeline/bulk/rules/outcome.py",
    "pipeline/demo.py",
    "pipeline/insured/load_register.py",
    "pipeline/insured/queries/contacts.py",
    "pipeline/insured/register_files.py",
    "pipeline/outbox/rules.py",
    "pipeline/sample/demo_set.py",
    "pipeline/sample/seed_example.py",
    "tests/journey/test_collect.py",
    "tests/journey/test_held.py",
    "tests/journey/test_mail_in.py",
    "tests/journey/test_mail_senders.py",
    "tests/journey/test_outcomes.py",
    "tests/pipeline/bulk/test_purge_hand_ins.py",
    "tests/pipeline/sample/test_demo_set.py",
}
OLD_FORMS = re.compile(
    r"(?<!\.md )\brules [1-6]\b"
    r"|\bfacts: (?:airflow|domain|mail|performance|smartcard)|\bfacts on the\b"
    r"|\bseed 00\d|\bseed text\b|\bthe seed's\b"
    r"|`interfaces`|\binterfaces, "
    r"|\bSource: the (?:rules|table) of\b"
)

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} +(?:(?P<number>\d+(?:\.\d+)*)\.? +)?(?P<words>.+?)\s*$", re.MULTILINE)
CITATION = re.compile(
    r"docs/(?P<page>[a-z_]+)\.md"
    r"(?:[ \n]+(?P<numbers>\d+(?:\.\d+)*(?: and \d+(?:\.\d+)*)*)|[ \n]+[\"“](?P<words>[^\"”\n]+)[\"”])?"
)
PLACE = re.compile(rf"`((?:{'|'.join(FOLDERS)}|docs)/[\w./-]*)`")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def without_code(page: Path) -> str:
    return CODE_BLOCK.sub("", text_of(page))


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives a page's headings."""
    headings = re.findall(r"^#{1,6} +(.+?)\s*$", without_code(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def headings(page: Path) -> set[str]:
    """The numbers and the words of a page's headings."""
    found = [match.groupdict() for match in HEADING.finditer(without_code(page))]
    return {part for heading in found for part in heading.values() if part}


def written_files() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in WRITTEN and path != Path(__file__):
                yield path
    yield from (ROOT / "airflow.cfg", ROOT / "Makefile", ROOT / "pyproject.toml")
    yield from PAGES


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(without_code(page)):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_place_that_a_page_names_is_there(page: Path) -> None:
    named = [
        place
        for line in without_code(page).splitlines()
        if "when it comes" not in line
        for place in PLACE.findall(line)
    ]
    assert [place for place in named if not (ROOT / place).exists() and place not in COMING] == []


def test_every_citation_of_a_document_resolves_to_a_heading() -> None:
    dangling = []
    for path in written_files():
        for cited in CITATION.finditer(text_of(path)):
            page = DOCS / f"{cited['page']}.md"
            wanted = cited["numbers"].split(" and ") if cited["numbers"] else [cited["words"] or ""]
            known = {""} | headings(page) if page.exists() else set()
            dangling += [f"{relative(path)}: {cited[0]}" for part in wanted if part not in known]
    assert dangling == []


@pytest.mark.parametrize(
    "citation",
    [
        "docs/nowhere.md",
        "docs/rules.md 99",
        "docs/rules.md 3.99",
        'docs/rules.md "Nothing"',
        "docs/rules.md 1 and 9",
    ],
)
def test_a_citation_of_what_is_not_there_is_seen(citation: str) -> None:
    cited = CITATION.fullmatch(citation)
    assert cited is not None
    page = DOCS / f"{cited['page']}.md"
    wanted = cited["numbers"].split(" and ") if cited["numbers"] else [cited["words"] or ""]
    assert not page.exists() or not set(wanted) <= headings(page)


def test_sources_are_cited_by_the_documents_of_the_repository() -> None:
    found = {relative(path) for path in written_files() if OLD_FORMS.search(text_of(path))}
    assert found - OLD_FORMS_ALLOWED == set()


def test_the_front_page_is_short() -> None:
    lines = text_of(README).splitlines()
    assert len(lines) <= 90
    assert len(text_of(README).split()) <= 900
    assert [line for line in lines if len(line) > 120 and not line.startswith("|")] == []


def rows_of(page: Path, number: str) -> list[list[str]]:
    """The cells of all tables of one numbered section, heads left out."""
    section = re.search(rf"^#+ {re.escape(number)}\.? .*?(?=^#|\Z)", text_of(page), re.MULTILINE | re.DOTALL)
    assert section is not None
    lines = [line for line in section[0].splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row, after in zip(rows, [*rows[1:], [""]], strict=True) if not {"---"} & {*row, *after}]


def test_every_setting_is_explained_and_no_other() -> None:
    explained = re.findall(
        rf"`(?:{PREFIX})?(\w+)`", "".join(row[0] for row in rows_of(DOCS / "interfaces.md", "6"))
    )
    assert sorted(explained) == sorted(name.upper() for name in Settings.model_fields)


def commands(group: typer.core.TyperGroup, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        path = f"{before} {name}".strip()
        if isinstance(command, typer.core.TyperGroup):
            yield from commands(command, path)
        else:
            yield path


def test_every_command_is_explained_and_no_other() -> None:
    first_cells = "".join(row[0] for row in rows_of(DOCS / "interfaces.md", "2"))
    explained = re.findall(r"`nhicard ([a-z-]+(?: [a-z]+)?)", first_cells)
    known = typer.main.get_command(app)
    assert isinstance(known, typer.core.TyperGroup)
    assert sorted(explained) == sorted(commands(known))


def test_every_dag_is_explained() -> None:
    named = text_of(DOCS / "operations.md")
    assert [dag.name for dag in (ROOT / "dags").glob("[a-z]*.py") if f"dags/{dag.name}" not in named] == []


def test_the_texts_of_outcomes_are_those_of_the_code() -> None:
    explained = {row[0]: row[1].split("`")[1] for row in rows_of(DOCS / "rules.md", "2.4")}
    cells = "電子郵件 欄位錯誤!聯絡電話 欄位錯誤!"
    built = {outcome.value: outcome_text(outcome, cells) for outcome in Outcome}
    assert {code: text for code, text in explained.items() if code not in NOT_BUILT} == built


def test_the_titles_of_reader_errors_are_those_of_the_code() -> None:
    explained = dict(rows_of(DOCS / "rules.md", "5"))
    assert explained == {error.code: error.title for error in ERRORS.values()}


def test_the_texts_of_file_faults_stand_in_the_code() -> None:
    code = "".join(
        text_of(path) for folder in ("pipeline", "validators") for path in (ROOT / folder).rglob("*.py")
    )
    explained = [text for row in rows_of(DOCS / "rules.md", "1.8") for text in row[:2]]
    assert explained
    assert [text for text in explained if f'"{text}"' not in code] == []
