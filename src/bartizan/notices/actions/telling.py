"""Telling people: rows in the caller's transaction, which leave after it is committed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.actions import publish_live
from bartizan.core.models import User
from bartizan.notices.models import Channel, Choice, Delivery, Notice
from bartizan.notices.queries import choice_of
from bartizan.notices.triggers import PERSONAL

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to tell, and whom."""

    users: Sequence[User]
    words: str
    url: str = "/"
    level: int = 0
    about: str = ""
    brief: str = ""
    """The same without names of people and places, for what leaves the house; empty: only that there is something."""


def tell(
    users: Iterable[User], words: str, url: str = "/", level: int = 0, about: str = "", brief: str = ""
) -> list[Notice]:
    """Tell each of ``users``, in the console and on their channels. Call it within the transaction of what happened."""
    return _tell([Telling(list(users), words, url, level, about, brief)], "", PERSONAL)


def happened(trigger: str, things: Sequence[Telling]) -> list[Notice]:
    """Tell what the office decided to tell of a trigger; many things at once cost hardly more than one."""
    choice = choice_of(trigger)
    wanted = [thing for thing in things if thing.level >= choice.least] if choice.is_on else []
    if not wanted:
        return []
    return _tell(wanted, trigger, choice.kinds, choice)


@atomic
def _tell(things: Sequence[Telling], trigger: str, kinds: Iterable[str], choice: Choice | None = None) -> list[Notice]:
    now = timezone.now()
    webhooks = list(choice.webhooks.filter(is_on=True)) if choice is not None and choice.pk else []
    rows = [
        Notice(user=user, words=_one_line(thing.words, 300), brief=_one_line(thing.brief, 120), url=thing.url[:300],
               level=thing.level, about=thing.about[:120], trigger=trigger, at=now)
        for thing in things
        for user in [*dict.fromkeys(u for u in thing.users if u.is_active), *([None] if webhooks else [])]
    ]  # fmt: skip
    told = Notice.objects.bulk_create(rows, batch_size=AT_ONCE)
    _send(told, kinds, webhooks)
    _show(told)
    return told


def _one_line(words: str, most: int) -> str:
    """On one line: what is told may have come from outside, and it becomes a mail's subject."""
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _send(told: Sequence[Notice], kinds: Iterable[str], webhooks: Sequence[Channel]) -> None:
    users = {notice.user_id for notice in told if notice.user_id}
    personal = Channel.objects.filter(Q(user__in=users), is_on=True, kind__in=list(kinds))
    ways: dict[int | None, list[Channel]] = {None: list(webhooks)}
    for channel in personal:
        ways.setdefault(channel.user_id, []).append(channel)
    Delivery.objects.bulk_create(
        [
            Delivery(notice=notice, channel=channel, made_at=notice.at, next_at=notice.at)
            for notice in told
            for channel in ways.get(notice.user_id, ())
            if notice.level >= channel.least
        ],
        batch_size=AT_ONCE,
    )


def _show(told: Sequence[Notice]) -> None:
    """To the open pages of each, and of nobody else: the body names the user, and nothing of what it is about."""
    for user in dict.fromkeys(notice.user_id for notice in told if notice.user_id):
        own = [notice for notice in told if notice.user_id == user]
        publish_live("notice", {"user": user, "n": len(own), "level": max(notice.level for notice in own)})


@atomic
def mark_read(user: User, notice: Notice, *, is_read: bool = True) -> None:
    """A matter of one's own list: not in the audit."""
    notice.read_at = timezone.now() if is_read else None
    notice.save(update_fields=["read_at"])
    publish_live("notice", {"user": user.pk, "n": 0, "level": 0})


@atomic
def mark_all_read(user: User, until: int) -> int:
    """Those that the page has shown, so that what came meanwhile stays unread; how many."""
    n = Notice.objects.filter(user=user, read_at=None, pk__lte=until).update(read_at=timezone.now())
    if n:
        publish_live("notice", {"user": user.pk, "n": 0, "level": 0})
    return n
