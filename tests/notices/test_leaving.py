"""How notices leave: at once or together, held back at night, each channel for itself, never lost."""

from __future__ import annotations

import time as clock
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bartizan.core.models import LiveMessage, User
from bartizan.core.roles import Role
from bartizan.notices import actions
from bartizan.notices.actions import Telling, deliveries, happened
from bartizan.notices.models import Channel, Choice, Delivery, KnownAddress, Notice, QuietHours
from bartizan.notices.tasks import Post
from tests import world
from tests.notices.leaving import SOON, leave, set_mail, states, turn, words_of
from tests.notices.peers import mail_server

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def channel(alice: User) -> Channel:
    return actions.add_channel(alice, "mail", "alice@keep.example")


def flood(users: list[User], n: int = 500) -> None:
    happened("alarm-raised", [Telling(users, f"Door {i} forced", f"/?alarm={i}", 3, f"alarm:{i}") for i in range(n)])


def test_five_hundred_alarms_at_once_are_one_mail(alice: User, channel: Channel) -> None:
    with mail_server() as server:
        set_mail(server.port)
        flood([alice])
        leave()
        leave(timezone.now() + timedelta(minutes=5))
    [arrived] = server.taken
    assert arrived["Subject"] == "[High] 500 alarms, first: Door 0 forced"
    text = arrived.get_body(("plain",))
    assert text is not None
    assert "And 475 more" in text.get_content()
    assert states(channel) == ["sent"] * 500


def test_what_follows_within_a_minute_waits_and_leaves_together(alice: User, channel: Channel) -> None:
    now = timezone.now()
    with mail_server() as server:
        set_mail(server.port)
        actions.tell([alice], "The first", level=3)
        leave()
        for n in range(60):
            actions.tell([alice], f"Further {n}", level=3)
        assert leave(now + timedelta(seconds=30)) == 0
        assert leave(now + timedelta(seconds=70)) == 1
    assert [message["Subject"] for message in server.taken] == [
        "[High] The first",
        "[High] 60 notices, first: Further 0",
    ]


def test_a_critical_one_does_not_wait_for_the_minute(alice: User, channel: Channel) -> None:
    now = timezone.now()
    with mail_server() as server:
        set_mail(server.port)
        actions.tell([alice], "The first", level=3)
        leave()
        actions.tell([alice], "Worse", level=4)
        assert leave(now + timedelta(seconds=15)) == 1
    assert server.taken[-1]["Subject"] == "[Critical] Worse"


def test_telling_of_five_hundred_alarms_costs_the_judge_few_queries(alice: User, bob: User, channel: Channel) -> None:
    from django.db import connection

    with CaptureQueriesContext(connection) as asked:
        flood([alice, bob])
    assert Notice.objects.count() == 1000
    assert len(asked) < 30
    assert LiveMessage.objects.filter(topic="notice").count() == 2


def test_what_is_undone_was_never_told(alice: User, channel: Channel) -> None:
    @transaction.atomic
    def something_that_fails() -> None:
        actions.tell([alice], "Door forced", level=3)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        something_that_fails()
    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()


def night(user: User, **more: object) -> QuietHours:
    wanted = {"breaks": 4, "is_on": True, "zone": "Europe/Amsterdam"} | more
    return actions.set_quiet_hours(user, time(22), time(7), range(7), **wanted)  # type: ignore[arg-type]


EVENING = datetime(2027, 1, 12, 23, tzinfo=AMSTERDAM).astimezone(UTC)
MORNING = datetime(2027, 1, 13, 7, tzinfo=AMSTERDAM).astimezone(UTC)


def told_at(at: datetime, user: User, words: str, level: int = 3) -> Notice:
    [notice] = actions.tell([user], words, level=level)
    Notice.objects.filter(pk=notice.pk).update(at=at)
    Delivery.objects.filter(notice=notice).update(made_at=at, next_at=at)
    return notice


def test_at_night_notices_wait_and_leave_in_the_morning_as_one(alice: User, channel: Channel) -> None:
    night(alice)
    with mail_server() as server:
        set_mail(server.port)
        for n in range(3):
            told_at(EVENING, alice, f"Door {n}")
        assert leave(EVENING + SOON) == 0
        assert states(channel) == ["held"] * 3
        assert leave(MORNING - SOON) == 0
        assert leave(MORNING + SOON) == 1
    assert server.taken[0]["Subject"] == "[High] 3 notices, first: Door 0"
    assert states(channel) == ["sent"] * 3


def test_what_was_read_in_the_console_meanwhile_is_not_sent(alice: User, channel: Channel) -> None:
    night(alice)
    with mail_server() as server:
        set_mail(server.port)
        read, unread = told_at(EVENING, alice, "Read at night"), told_at(EVENING, alice, "Not read")
        leave(EVENING + SOON)
        actions.mark_read(alice, read)
        leave(MORNING + SOON)
    assert [message["Subject"] for message in server.taken] == ["[High] Not read"]
    assert states(channel) == ["read", "sent"]
    assert unread.pk > read.pk


def test_a_critical_notice_breaks_through_the_night(alice: User, channel: Channel) -> None:
    night(alice)
    with mail_server() as server:
        set_mail(server.port)
        told_at(EVENING, alice, "Less")
        told_at(EVENING, alice, "Fire in the vault", level=4)
        assert leave(EVENING + SOON) == 1
    assert [message["Subject"] for message in server.taken] == ["[Critical] Fire in the vault"]
    assert states(channel) == ["held", "sent"]


def test_quiet_hours_that_are_switched_off_let_go_of_what_they_held(alice: User, channel: Channel) -> None:
    night(alice)
    with mail_server() as server:
        set_mail(server.port)
        told_at(EVENING, alice, "Door")
        leave(EVENING + SOON)
        night(alice, is_on=False)
        assert leave(EVENING + timedelta(minutes=2)) == 1
    assert states(channel) == ["sent"]


def test_one_channel_that_hangs_delays_no_other(alice: User, bob: User, channel: Channel) -> None:
    other = actions.add_channel(bob, "mail", "bob@keep.example")
    with mail_server(waits=1.5) as server:
        set_mail(server.port)
        actions.tell([alice, bob], "Door forced", level=3)
        post = Post()
        began = clock.monotonic()
        assert post.turn(timezone.now() + SOON) == 2
        assert clock.monotonic() - began < 0.5, "a turn waits for nobody"
        assert post.turn(timezone.now() + SOON) == 0, "what is on its way is not sent again"
        turn(post, timezone.now() + SOON)
        post.close()
        assert clock.monotonic() - began < 2.8, "both were on their way at once"
    assert states(channel) == states(other) == ["sent"]


def test_a_message_whose_worker_died_is_sent_again_under_its_name(alice: User, channel: Channel) -> None:
    now = timezone.now()
    with mail_server() as server:
        set_mail(server.port)
        actions.tell([alice], "Door forced", level=3)
        [(_, lost)] = deliveries.claim(now + SOON, [], timedelta(minutes=1))
        assert leave(now + timedelta(seconds=20)) == 1
    assert server.taken[0]["Message-ID"] == f"<{lost.batch}@keep.example>"


def test_a_message_that_its_receiver_cannot_take_holds_up_no_later_one(alice: User, channel: Channel) -> None:
    now = timezone.now()
    with mail_server(answers="451 This one not") as server:
        set_mail(server.port)
        actions.tell([alice], "The first", level=3)
        leave()
        actions.tell([alice], "The second", level=3)
        server.answers = "250 OK"
        leave(now + timedelta(seconds=70))
    assert server.taken[-1]["Subject"] == "[High] The second"


def test_a_channel_takes_only_what_is_of_its_level_and_none_while_off(alice: User, channel: Channel) -> None:
    actions.change_channel(channel, alice, least=3, is_on=True)
    actions.tell([alice], "Less", level=2)
    actions.tell([alice], "Enough", level=3)
    assert states(channel) == ["waiting"]
    actions.change_channel(channel, alice, least=0, is_on=False)
    actions.tell([alice], "While off", level=4)
    assert states(channel) == ["failed"]
    assert len(words_of(alice)) == 3, "the console has everything"


def test_the_office_decides_what_tells_and_on_which_way(alice: User, channel: Channel) -> None:
    actions.choose("alarm-raised", alice, is_on=True, least=4, kinds=["push"], webhooks=[])
    flood([alice], 1)
    assert words_of(alice) == []
    actions.choose("alarm-raised", alice, is_on=True, least=3, kinds=["push"], webhooks=[])
    flood([alice], 1)
    assert words_of(alice) == ["Door 0 forced"]
    assert states(channel) == [], "not by mail"
    actions.choose("alarm-raised", alice, is_on=False, least=0, kinds=["mail"], webhooks=[])
    flood([alice], 1)
    assert len(words_of(alice)) == 1
    assert Choice.objects.count() == 1


def test_old_notices_go_and_young_ones_stay(alice: User, channel: Channel) -> None:
    [old] = actions.tell([alice], "Old")
    actions.tell([alice], "Young")
    Notice.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=401))
    deliveries.retain(timezone.now(), 400)
    assert words_of(alice) == ["Young"]
    assert Delivery.objects.count() == 1


def test_an_account_that_is_switched_off_keeps_no_address_and_is_told_nothing(alice: User, bob: User) -> None:
    actions.add_channel(bob, "mail", "bob@keep.example")
    night(bob)
    KnownAddress.objects.create(user=bob, address="192.0.2.7")
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    for model in (Channel, QuietHours, KnownAddress):
        assert not model._default_manager.filter(user=bob).exists()
    actions.tell([alice, bob], "Door forced")
    assert words_of(bob) == []
    assert words_of(alice) == ["Door forced"]


def test_a_sign_in_from_a_new_address_is_told_to_its_owner_alone(alice: User, client: object) -> None:
    from django.contrib.auth.signals import user_logged_in
    from django.test import RequestFactory

    def sign_in(address: str) -> None:
        request = RequestFactory().get("/", REMOTE_ADDR=address)
        request.session = client.session  # type: ignore[attr-defined]
        user_logged_in.send(sender=User, request=request, user=alice)

    world.officer("dave", "Dave", "Dow", "CSO", Role.OFFICER)
    sign_in("192.0.2.7")
    sign_in("192.0.2.7")
    assert words_of(alice) == [], "the first place of all is no news"
    sign_in("198.51.100.9")
    assert [words.split(",")[0] for words in words_of(alice)] == ["Your account signed in from 198.51.100.9"]
    assert Notice.objects.count() == 1
