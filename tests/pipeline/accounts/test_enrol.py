"""A person applies, has the mail sent again, takes it back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters

from pipeline.accounts import uses
from pipeline.accounts.confirm import confirm
from pipeline.accounts.enrol import resend, withdraw
from pipeline.accounts.refusals import AccountRefused
from pipeline.outbox.queries import suppression
from pipeline.store.tables import audit_event, mail_token, outbox_message, registration
from tests.journey.office import TODAY
from tests.pipeline.people import HOME, KIOSK, PASSWORD, Holder, People


def resent(people: People, holder: Holder) -> Any:
    return resend(people.database, people.settings, holder.card, station=KIOSK, now=people.now)


def withdrawn(people: People, holder: Holder) -> None:
    withdraw(people.database, people.settings, holder.card, station=KIOSK, now=people.now)


def test_an_application_waits_five_days_and_its_mail_is_queued_before_all_others(people: People) -> None:
    holder = people.holder()
    applied = people.apply(holder, email=" Lin@Example.COM ", phone="0912-345-678")
    assert (applied.confirm_until, applied.email_masked) == ("2026-11-26 23:59", "L***@e***.com")
    assert not applied.email_may_be_mistyped
    (stored,) = people.all(registration)
    assert (stored.national_id, stored.state, stored.channel) == (holder.national_id, "PENDING", "individual")
    assert (stored.email, stored.phone) == ("Lin@example.com", "0912345678"), "as the nightly job writes them"
    assert (stored.applied_on, stored.card_number) == (TODAY, holder.card.card_number)
    assert stored.confirm_until == datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC)
    (mail,) = people.letters("confirmation")
    assert (mail.recipient, mail.state, mail.priority) == ("Lin@example.com", "queued", 10)
    assert mail.payload["link"].startswith(f"{people.settings.portal_url}/confirm/")
    assert mail.payload["valid_until"] == "2026-11-22 02:00", "24 hours"


def test_the_password_is_kept_as_argon2id_and_the_link_as_a_hash(people: People) -> None:
    people.apply(people.holder())
    (stored,) = people.all(registration, "password_hash", "credential_state")
    assert stored.credential_state == "OWN"
    assert PasswordHasher().verify(stored.password_hash, PASSWORD)
    costs = extract_parameters(stored.password_hash)
    assert (costs.type.name, costs.memory_cost, costs.time_cost, costs.parallelism) == ("ID", 19456, 2, 1)
    (link,) = people.links()
    (token,) = people.all(mail_token)
    assert len(link) >= 43
    assert link not in str(token)


def test_full_width_and_half_width_are_the_same_password(people: People) -> None:
    wide = PASSWORD.replace("7", "７")
    people.apply(people.holder(), password=wide, password_again=PASSWORD)
    (stored,) = people.all(registration, "password_hash")
    assert PasswordHasher().verify(stored.password_hash, PASSWORD)


def test_every_wrong_field_is_named_at_once_and_nothing_is_stored(people: People) -> None:
    holder = people.holder()
    with pytest.raises(AccountRefused) as refused:
        people.apply(
            holder,
            email="lin@example.com, wang@example.com",
            phone="12",
            password="12345678",
            proof=holder.typing(household_number=""),
        )
    assert refused.value.code == "FIELDS"
    assert sorted(refused.value.fields) == ["email", "household_number", "password", "phone"]
    assert all(text.isascii() or "“" in text for text in refused.value.fields_en.values())
    assert people.all(registration) == people.all(outbox_message) == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        pytest.param({"password_again": "another one 8"}, "password_again", id="differs"),
        pytest.param({"password": "short 7"}, "password", id="short"),
        pytest.param({"password": "x1 " * 30}, "password", id="long"),
    ],
)
def test_a_password_that_will_not_do_is_said_at_its_field(
    people: People, typed: dict[str, str], field: str
) -> None:
    with pytest.raises(AccountRefused) as refused:
        people.apply(people.holder(), **typed)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("what", ["card_number", "national_id", "email", "phone", "birth_date"])
def test_nothing_that_others_know_of_the_person_is_a_password(people: People, what: str) -> None:
    holder = people.holder()
    known = {
        "card_number": holder.card.card_number,
        "national_id": holder.national_id.lower(),
        "email": holder.email,
        "phone": holder.phone,
        "birth_date": holder.card.birth_date.isoformat(),
    }
    with pytest.raises(AccountRefused) as refused:
        people.apply(holder, password=known[what])
    assert "生日" in refused.value.fields["password"]


def test_a_likely_slip_in_the_address_is_accepted_and_told(people: People) -> None:
    assert people.apply(people.holder(), email="lin@gmial.com").email_may_be_mistyped


def test_an_address_that_bounced_lately_is_told_at_once(people: People) -> None:
    holder = people.holder()
    key = suppression.address_key(people.settings.secret, holder.email)
    with people.database.transaction() as connection:
        suppression.note_hard(connection, [key], at=people.now)
    with pytest.raises(AccountRefused) as refused:
        people.apply(holder)
    assert list(refused.value.fields) == ["email"]
    assert people.all(registration) == []


def test_who_cannot_prove_it_gets_nothing_stored_and_a_try_counted(people: People) -> None:
    holder = people.holder()
    for code in ["MISMATCH"] * 4 + ["LOCKED"] * 2:
        with pytest.raises(AccountRefused, match=code):
            people.apply(holder, proof=holder.typing(village="龍泉里"))
    assert people.all(registration) == people.all(outbox_message) == []


def test_applying_twice_at_once_registers_and_mails_once(people: People) -> None:
    holder = people.holder()

    def submit(_: int) -> str:
        try:
            people.apply(holder, station=KIOSK)
        except AccountRefused as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(submit, range(4)))
    assert sorted(codes) == ["", *["ALREADY_REGISTERED"] * 3]
    assert len(people.all(registration)) == len(people.letters("confirmation")) == people.tokens() == 1


def test_a_resident_is_registered_under_the_current_number(people: People) -> None:
    holder = people.holder(former=True)
    assert holder.former_id
    people.apply(holder, card=replace(holder.card, national_id=holder.former_id))
    assert people.registered() == [holder.national_id]


def test_after_the_last_day_one_may_apply_anew_and_the_old_link_is_dead(people: People) -> None:
    holder = people.holder()
    people.apply(holder)
    (old,) = people.links()
    people.now += timedelta(days=6)
    people.apply(holder, email="new@example.com")
    (stored,) = people.all(registration)
    assert (stored.state, stored.email, stored.applied_on) == (
        "PENDING",
        "new@example.com",
        TODAY + timedelta(days=6),
    )
    with pytest.raises(AccountRefused, match="LINK_UNUSABLE"):
        confirm(people.database, people.settings, old, now=people.now)
    assert people.tokens() == 1


def test_a_registration_that_lapsed_long_ago_is_taken_over_whole(people: People) -> None:
    holder = people.holder()
    people.register(people.people[-1], "LAPSED")
    people.apply(holder)
    (stored,) = people.all(registration)
    assert (stored.state, stored.email, stored.channel) == ("PENDING", holder.email, "individual")


def test_the_night_finds_who_waits_for_confirmation_registered(people: People) -> None:
    holder = people.holder()
    people.apply(holder)
    people.file("11000000120261121.CSV", people.people[-1])
    people.summary()
    assert people.answers("11000000120261121.CSV") == ["(你已做過申請)不入檔!"]
    assert people.all(registration, "state") == [("PENDING",)], "nothing is changed"


def test_the_confirmation_is_sent_again_five_times_a_day_to_the_stored_address(people: People) -> None:
    holder = people.holder()
    people.apply(holder)
    for _ in range(5):
        again = resent(people, holder)
    assert (again.confirm_until, again.email_masked) == ("2026-11-26 23:59", "p***@e***.com")
    with pytest.raises(AccountRefused) as refused:
        resent(people, holder)
    assert (refused.value.code, refused.value.status) == ("TOO_MANY_MAILS", 429)
    assert len(set(people.links())) == 6, "each mail has a link of its own"
    people.now += timedelta(days=1)
    resent(people, holder)
    assert people.letters("confirmation")[-1].recipient == holder.email


def test_a_link_sent_on_the_last_day_ends_with_it(people: People) -> None:
    holder = people.holder()
    people.apply(holder)
    people.now = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)  # 23:00 in Taipei
    resent(people, holder)
    assert people.letters("confirmation")[-1].payload["valid_until"] == "2026-11-26 23:59"


def test_nobody_is_flooded_with_confirmations(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uses, "MAILS_TO_AN_ADDRESS", 3)
    for _ in range(3):
        people.apply(people.holder(), email="Somebody@example.com")
    with pytest.raises(AccountRefused, match="TOO_MANY_MAILS"):
        people.apply(people.holder(), email="somebody@example.com")
    assert len(people.all(registration)) == 3


def test_an_application_is_deleted_as_if_it_had_never_been(people: People) -> None:
    holder = people.holder()
    people.apply(holder)
    (link,) = people.links()
    withdrawn(people, holder)
    assert people.all(registration) == people.all(mail_token) == []
    assert people.look(holder.card).state == "none"
    with pytest.raises(AccountRefused, match="LINK_UNUSABLE"):
        confirm(people.database, people.settings, link, now=people.now)
    people.apply(holder)
    assert people.look(holder.card).state == "PENDING"


@pytest.mark.parametrize("state", ["none", "ACTIVE", "SUSPENDED", "LAPSED"])
def test_only_what_waits_is_sent_again_or_deleted(people: People, state: str) -> None:
    holder = people.holder()
    if state != "none":
        people.register(people.people[-1], state)
    before = people.all(registration)
    for wish in (resent, withdrawn):
        with pytest.raises(AccountRefused, match="NOT_PENDING"):
            wish(people, holder)
    assert people.all(registration) == before
    assert people.owed() == []


def test_a_new_card_goes_on_with_the_application_and_the_old_one_cannot(people: People) -> None:
    holder = people.holder()
    people.apply(holder)
    new = people.new_card(holder)
    for wish in (resent, withdrawn):
        with pytest.raises(AccountRefused, match="OLD_CARD"):
            wish(people, holder)
    resend(people.database, people.settings, new, station=KIOSK, now=people.now)
    assert people.all(registration, "card_number") == [(new.card_number,)]


def test_the_audit_says_who_did_what_from_where_and_names_nobody(people: People) -> None:
    holder = people.holder()
    people.apply(holder, station=HOME)
    resent(people, holder)
    withdrawn(people, holder)
    events = people.all(audit_event)
    assert [event.action for event in events] == [
        "registration.apply",
        "registration.resend",
        "registration.withdraw",
    ]
    assert events[0].actor.startswith("home station ")
    told = " ".join(str(tuple(event)) for event in events)
    assert all(value not in told for value in (*people.people[-1].personal_values, HOME.address))


def test_nothing_of_a_person_is_printed_with_the_facts(people: People) -> None:
    holder = people.holder()
    shown = f"{holder.card!r} {holder.proof!r} {HOME!r}"
    for value in (*people.people[-1].personal_values, "林怡安", "1990", "F1234567", "龍門", HOME.address):
        assert value not in shown
