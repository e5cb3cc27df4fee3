"""The link by which a contact frees a file that was held because nothing proves its sender."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from pipeline.accounts.refusals import AccountRefused
from pipeline.bulk.held_files import OfferedRelease, find_offered, offer_release, vouch
from pipeline.bulk.rules.held import hold_sender_reason
from pipeline.errors import ArgumentRefused
from pipeline.store.tables import audit_event, batch, contact, inbound_mail
from tests.journey.office import CONTACT, NAME, TODAY, UNIT
from tests.pipeline.people import People

NO_RECORDS = hold_sender_reason(is_proved=False, first_seen_on=TODAY, joined_others=False, received_on=TODAY)


def held(people: People, *, detail: str = NO_RECORDS, sender: str = CONTACT.upper()) -> int:
    """A file that came by mail and waits."""
    people.drop(NAME, b"")
    with people.database.transaction() as connection:
        mail = connection.execute(
            insert(inbound_mail)
            .values(
                mailbox="INBOX", uidvalidity=1, uid=1, sender=sender, received_at=people.now,
                recorded_at=people.now, size=1, verdict="taken", reason="", shelf="processed",
            )
            .returning(inbound_mail.c.inbound_mail_id)
        ).scalar_one()  # fmt: skip
        made = connection.execute(
            insert(batch)
            .values(
                name=NAME, unit_code=UNIT, file_date=TODAY, source="mail", sha256="0" * 64,
                received_at=people.now, received_on=TODAY, encoding="utf-8", ignored_columns=[], row_count=3,
                state="held", reason="HELD", detail=detail, inbound_mail_id=mail,
            )
            .returning(batch.c.batch_id)
        )  # fmt: skip
        return int(made.scalar_one())


def offer(people: People, batch_id: int) -> OfferedRelease:
    with people.database.transaction() as connection:
        return offer_release(connection, people.settings, batch_id, now=people.now)


def offered(people: People, batch_id: int) -> str:
    return offer(people, batch_id).link.rpartition("/release/")[2]


def test_the_link_goes_to_the_stored_address_and_lets_the_file_into_the_night(people: People) -> None:
    batch_id = held(people)
    made = offer(people, batch_id)
    assert (made.recipient, made.valid_until) == (CONTACT, "2026-11-24 02:00")
    assert made.recipient not in repr(made)
    token = made.link.rpartition("/release/")[2]
    assert made.link == f"{people.settings.portal_url}/release/{token}"
    assert token not in repr(made)

    file = find_offered(people.database, token, now=people.now)
    assert file is not None
    assert (file.name, file.unit_code, file.unit_name, file.received_on, file.rows) == (
        NAME,
        UNIT,
        "範例單位1",
        "2026-11-21",
        3,
    )
    assert vouch(people.database, token, now=people.now) == file
    (freed,) = people.all(batch, "state", "is_released", "reason", "detail")
    assert tuple(freed) == ("waiting", False, "", ""), "what an operator would look at in it still holds it"
    assert [event.action for event in people.all(audit_event)] == ["batch.release"]


def test_it_works_once_and_for_three_days(people: People) -> None:
    batch_id = held(people)
    first, second = offered(people, batch_id), offered(people, batch_id)
    people.now += timedelta(days=3, seconds=1)
    assert find_offered(people.database, first, now=people.now) is None
    with pytest.raises(AccountRefused, match="RELEASE_UNUSABLE"):
        vouch(people.database, first, now=people.now)
    people.now -= timedelta(days=1)
    vouch(people.database, first, now=people.now)
    for token in (first, second):
        assert find_offered(people.database, token, now=people.now) is None
        with pytest.raises(AccountRefused, match="RELEASE_UNUSABLE"):
            vouch(people.database, token, now=people.now)


def test_what_an_operator_refused_meanwhile_stays_refused(people: People) -> None:
    token = offered(people, held(people))
    with people.database.transaction() as connection:
        connection.execute(update(batch).values(state="refused", reason="HELD_REFUSED", detail=""))
    with pytest.raises(AccountRefused, match="RELEASE_UNUSABLE"):
        vouch(people.database, token, now=people.now)
    assert people.all(batch, "state") == [("refused",)]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"detail": "30 rows, but the unit covers 2 people"}, id="held for what is in it"),
        pytest.param({"sender": "stranger@example.com"}, id="sent by a stranger"),
    ],
)
def test_no_link_is_made_for_what_a_contact_cannot_vouch_for(people: People, facts: dict[str, str]) -> None:
    with pytest.raises(ArgumentRefused):
        offered(people, held(people, **facts))


def test_no_link_is_made_for_a_contact_who_joined_the_unit_lately(people: People) -> None:
    batch_id = held(people)
    with people.database.transaction() as connection:
        connection.execute(
            update(contact)
            .where(contact.c.email == CONTACT)
            .values(first_seen_on=TODAY - timedelta(days=2), joined_others=True)
        )
    with pytest.raises(ArgumentRefused):
        offered(people, batch_id)


def test_a_confirmation_link_releases_nothing(people: People) -> None:
    people.apply(people.holder())
    (link,) = people.links()
    assert find_offered(people.database, link, now=people.now) is None
    with pytest.raises(AccountRefused, match="RELEASE_UNUSABLE"):
        vouch(people.database, link, now=people.now)
