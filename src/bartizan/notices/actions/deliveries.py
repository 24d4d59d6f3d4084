"""What becomes of deliveries: claimed for a try, settled by its result, held back by quiet hours, removed when old."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.core.vault import VaultError
from bartizan.notices.actions.channels import forget_account, masked, opened, subject_of
from bartizan.notices.actions.telling import Telling, _tell
from bartizan.notices.message import Item, Message, Result
from bartizan.notices.models import CRITICAL, Channel, Delivery, Notice, QuietHours
from bartizan.notices.queries import CHANGE, who_may
from bartizan.notices.quiet import Hours, ends_at
from bartizan.web.templatetags.bz import as_zone

WAITS = tuple(timedelta(seconds=s) for s in (5, 30, 300, 1800, 3600))
"""After the first, second … try that failed; the last holds for all further ones."""
GIVES_UP = timedelta(days=1)
GATHERS = timedelta(seconds=2)
"""What is told within this leaves together."""
CRITICAL_PAUSE = timedelta(seconds=10)
MOST = 1000
"""Notices of one message."""
LONGEST_AFTER = 3600.0


def _due(now: datetime, busy: Collection[int]) -> QuerySet[Channel]:
    waiting = Delivery.objects.filter(state="waiting", next_at__lte=now - GATHERS).values("channel")
    ready = Q(next_at=None) | Q(next_at__lte=now)
    return Channel.objects.filter(ready, pk__in=waiting, is_on=True).exclude(pk__in=busy).select_related("user")


def claim(now: datetime, busy: Collection[int], pause: timedelta) -> list[tuple[int, Message]]:
    """One message for each channel that has something due and is not among ``busy``, with the channel's key.

    A claimed batch is due again by itself, so that one whose process died is tried again under the same name.
    """
    _release(now)
    if not _due(now, busy).exists():  # no write lock for nothing
        return []
    with atomic():
        found = [(channel.pk, _claim(channel, now, pause)) for channel in _due(now, busy)]
    return [(key, message) for key, message in found if message is not None]


def _release(now: datetime) -> None:
    """What quiet hours held back: what was read in the console meanwhile is settled, the rest goes on."""
    due = Delivery.objects.filter(state="held", next_at__lte=now)
    if due.exists():
        _spare(due)
        due.update(state="waiting", next_at=now - GATHERS)


def _spare(found: QuerySet[Delivery]) -> None:
    read = found.filter(batch=None, notice__read_at__isnull=False, channel__user__isnull=False)
    found.filter(pk__in=list(read.values_list("pk", flat=True))).update(
        state="read", ended_at=timezone.now(), said="Read in the console before it was sent."
    )


def _claim(channel: Channel, now: datetime, pause: timedelta) -> Message | None:
    waiting = Delivery.objects.filter(channel=channel, state="waiting")
    _spare(waiting)
    _hold(waiting, channel, now)
    rows = _retry(waiting, now) or _fresh(waiting, channel, now, pause)
    if not rows:
        return None
    batch, tries = rows[0].batch or uuid4(), rows[0].tries + 1
    keys = [row.pk for row in rows]
    Delivery.objects.filter(pk__in=keys).update(batch=batch, tries=tries, next_at=now + _wait(tries))
    try:
        secrets = opened(channel)
    except VaultError:
        secrets = {}  # the message then says that the keys are not right
    items = [_item(row.notice) for row in rows]
    return Message(str(batch), channel.kind, channel.address, secrets, sorted(items, key=lambda one: -one.level))


def _retry(waiting: QuerySet[Delivery], now: datetime) -> list[Delivery]:
    """The batch that is to be tried again, unless there is something that was not tried yet."""
    if waiting.filter(batch=None, next_at__lte=now - GATHERS).exists():
        return []
    first = waiting.exclude(batch=None).filter(next_at__lte=now).order_by("tries", "pk").first()
    return list(waiting.filter(batch=first.batch).select_related("notice").order_by("pk")) if first else []


def _fresh(waiting: QuerySet[Delivery], channel: Channel, now: datetime, pause: timedelta) -> list[Delivery]:
    """All that was not tried yet, unless the channel rests after its last message."""
    rows = list(waiting.filter(batch=None).select_related("notice").order_by("pk")[:MOST])
    if not rows or channel.tried_at is None:
        return rows
    is_critical = any(row.notice.level >= CRITICAL for row in rows)
    rests = channel.tried_at + (min(pause, CRITICAL_PAUSE) if is_critical else pause)
    if rests <= now:
        return rows
    waiting.filter(batch=None).update(next_at=rests - GATHERS)
    return []


def _hold(waiting: QuerySet[Delivery], channel: Channel, now: datetime) -> None:
    hours = QuietHours.objects.filter(user=channel.user, is_on=True).first() if channel.user else None
    if hours is None:
        return
    end = ends_at(Hours(hours.starts, hours.ends, hours.days, as_zone(hours.zone)), now)
    if end is not None:
        less = waiting.filter(notice__level__lt=hours.breaks).values_list("pk", flat=True)
        Delivery.objects.filter(pk__in=list(less)).update(state="held", next_at=end, batch=None)


def _item(notice: Notice) -> Item:
    return Item(
        notice.pk, notice.words, notice.brief, notice.url, notice.level, notice.about, notice.trigger, notice.at
    )


def _wait(tries: int) -> timedelta:
    return WAITS[min(max(tries, 1), len(WAITS)) - 1]


@atomic
def settle(batch: str, result: Result, now: datetime) -> None:
    """Write down what became of a message. A channel that was removed meanwhile needs nothing."""
    rows = Delivery.objects.filter(batch=UUID(batch), state="waiting")
    first = rows.select_related("channel__user", "notice").order_by("pk").first()
    if first is None:
        return
    channel = first.channel
    is_over = result.state == "later" and now - first.made_at > GIVES_UP
    if result.state == "sent":
        rows.update(state="sent", ended_at=now, said=result.words[:400])
    elif result.state == "never" or is_over:
        rows.update(state="failed", ended_at=now, said=result.words[:400])
        _give_up(channel, result, now)
    else:
        after = timedelta(seconds=min(result.after or 0, LONGEST_AFTER))
        rows.update(next_at=now + max(_wait(first.tries), after), said=result.words[:400])
    _note(channel, result, now)
    if result.is_gone and channel.kind == "push":
        channel.delete()


def _note(channel: Channel, result: Result, now: datetime) -> None:
    """How the channel does. What is wrong with one message alone does not make the others wait."""
    channel.tried_at, channel.is_well, channel.said = now, result.state == "sent", result.words[:400]
    channel.failures = channel.failures + 1 if result.state == "later" else 0
    channel.next_at = now + _wait(channel.failures) if channel.failures else None
    channel.save(update_fields=["tried_at", "is_well", "said", "failures", "next_at"])


def _give_up(channel: Channel, result: Result, now: datetime) -> None:
    """Tell whoever can act, in the console alone, at most once a day a channel."""
    about = f"channel:{channel.pk}"
    if Notice.objects.filter(about=about, at__gt=now - GIVES_UP).exists():
        return
    users: Sequence[User] = [channel.user] if channel.user else who_may(CHANGE)
    url = "/account/notices" if channel.user else "/settings/notices"
    words = f"Notices do not arrive on {name_of(channel)}: {result.words}"
    _tell([Telling(users, words, url, 2, about)], "", ())


def name_of(channel: Channel) -> str:
    return channel.name or (channel.address if channel.kind != "push" else "a browser")


@atomic
def note_test(channel: Channel, result: Result, by: User) -> None:
    """What a test said. One that arrived ends the wait of what stands before it."""
    now = timezone.now()
    channel.tested_at = channel.tried_at = now
    channel.is_well, channel.said = result.state == "sent", result.words[:400]
    if channel.is_well:
        channel.failures, channel.next_at = 0, None
        Delivery.objects.filter(channel=channel, state="waiting").update(next_at=now)
    channel.save(update_fields=["tested_at", "tried_at", "is_well", "said", "failures", "next_at"])
    record(by, "tested a channel", subject_of(channel), address=masked(channel), result=result.state)


@atomic
def retain(now: datetime, days: int) -> int:
    """Old notices go with their deliveries; so does what is left of accounts that were switched off."""
    left = Q(channel__isnull=False) | Q(knownaddress__isnull=False) | Q(quiethours__isnull=False)
    for user in User.objects.filter(left, is_active=False).distinct():
        forget_account(user)
    gone, _ = Notice.objects.filter(at__lt=now - timedelta(days=days)).delete()
    return gone
