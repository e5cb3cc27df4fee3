"""The link of the confirmation mail."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.accounts.confirm import Confirmed, confirm, is_usable
from pipeline.accounts.enrol import resend
from pipeline.accounts.refusals import AccountRefused
from pipeline.store.tables import mail_token, registration
from pipeline.tasks.mail_delivery import deliver_mail
from tests.journey.office import TODAY, read_mails
from tests.pipeline.people import KIOSK, People


def pressed(people: People, token: str) -> Confirmed:
    return confirm(people.database, people.settings, token, now=people.now)


def shown(people: People, token: str) -> bool:
    return is_usable(people.database, people.settings, token, now=people.now)


def test_the_link_makes_the_registration_active(people: People) -> None:
    holder = people.holder()
    people.apply(holder)
    (link,) = people.links()
    people.now += timedelta(hours=3)
    assert pressed(people, link) == Confirmed(is_new=True)
    (stored,) = people.all(registration)
    assert (stored.state, stored.registered_on, stored.confirm_until) == ("ACTIVE", TODAY, None)
    assert people.look(holder.card).state == "ACTIVE"


def test_the_link_arrives_by_mail(people: People) -> None:
    holder = people.holder()
    people.apply(holder)
    with people.post() as folder:
        deliver_mail(people.database, people.settings, now=people.clock, only_urgent=True)
        (mail,) = read_mails(folder)
    assert mail["To"] == holder.email
    text = mail.get_body(("plain",)).get_content()
    assert "2026-11-22 02:00" in text
    link = re.search(r"/confirm/(\S+)", text)
    assert link
    assert pressed(people, link[1]).is_new


def test_looking_at_the_page_spends_nothing(people: People) -> None:
    people.apply(people.holder())
    (link,) = people.links()
    assert [shown(people, link) for _ in range(3)] == [True] * 3
    assert people.all(mail_token, "used_at") == [(None,)]
    pressed(people, link)
    assert not shown(people, link)


def test_pressed_twice_it_says_so_and_changes_nothing(people: People) -> None:
    people.apply(people.holder())
    (link,) = people.links()
    pressed(people, link)
    before = people.everything()
    assert pressed(people, link) == Confirmed(is_new=False)
    assert people.everything() == before


def test_pressed_by_many_at_once_it_counts_once(people: People) -> None:
    people.apply(people.holder())
    (link,) = people.links()
    with ThreadPoolExecutor(4) as pool:
        confirmed = list(pool.map(lambda _: pressed(people, link), range(4)))
    assert sorted(one.is_new for one in confirmed) == [False, False, False, True]


@pytest.mark.parametrize(
    "token", ["", "x", "A" * 43, "A" * 5_000, "令" * 43, "../../etc/passwd", "\x00"], ids=lambda t: t[:8]
)
def test_a_made_up_link_is_refused_without_a_word_about_anybody(people: People, token: str) -> None:
    people.apply(people.holder())
    assert not shown(people, token)
    with pytest.raises(AccountRefused) as refused:
        pressed(people, token)
    assert (refused.value.code, refused.value.status) == ("LINK_UNUSABLE", 403)
    assert token not in str(refused.value) or not token or token == "x"


def test_a_link_lives_for_a_day_and_another_can_be_had(people: People) -> None:
    holder = people.holder()
    people.apply(holder)
    (link,) = people.links()
    people.now += timedelta(hours=24, seconds=1)
    assert not shown(people, link)
    with pytest.raises(AccountRefused, match="LINK_UNUSABLE"):
        pressed(people, link)
    resend(people.database, people.settings, holder.card, station=KIOSK, now=people.now)
    assert pressed(people, people.links()[-1]).is_new


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        pytest.param(datetime(2026, 11, 26, 15, 59, 59, 900_000, tzinfo=UTC), True, id="in the last second"),
        pytest.param(datetime(2026, 11, 26, 16, 0, tzinfo=UTC), False, id="at midnight"),
    ],
)
def test_the_fifth_day_counts_to_its_end_in_taipei(people: People, at: datetime, counts: bool) -> None:
    holder = people.holder()
    people.apply(holder)
    people.now = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
    resend(people.database, people.settings, holder.card, station=KIOSK, now=people.now)
    people.now = at
    link = people.links()[-1]
    if counts:
        assert pressed(people, link).is_new
        assert people.all(registration, "registered_on") == [(date(2026, 11, 26),)]
    else:
        with pytest.raises(AccountRefused, match="LINK_UNUSABLE"):
            pressed(people, link)
