"""What the watch tells people, and whom: declared here, switched under Settings, Notices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.utils import timezone

from bartizan.core.models import User
from bartizan.notices.actions import Telling, happened
from bartizan.notices.queries import Answerer, answerers, first_of, was_told, who_may
from bartizan.notices.triggers import Trigger, trigger
from bartizan.watch.models import Alarm, Source

ON_CALL = "Whoever is on call and may see it; nobody on call: whoever may work it"
OFFICERS = "Whoever may change sources"
RAISED = trigger(Trigger("alarm-raised", "An alarm is raised", ON_CALL, least=3, has_levels=True, order=10))
ESCALATED = trigger(
    Trigger(
        "alarm-escalated", "An alarm that nobody acknowledged goes to the next", "The next", has_levels=True, order=11
    )
)
ASSIGNED = trigger(
    Trigger("alarm-assigned", "An alarm is given to somebody", "Who is to work it", has_levels=True, order=12)
)
SOURCE = trigger(Trigger("source-trouble", "A source is silent or in trouble", OFFICERS, order=40))
TROUBLE = trigger(Trigger("trouble", "Something in Bartizan is in trouble", OFFICERS, order=41))
BACKUP = trigger(Trigger("backup-failed", "A backup failed", "Whoever may change settings", order=42))
AGAIN = timedelta(hours=1)
Mask = Callable[[Sequence[Alarm]], Callable[[Alarm, str], str]]
"""Of the alarms that are told of at once: what of each one's words may be said."""
_masks: list[Mask] = []


def masked_by(mask: Mask) -> None:
    """A room above says what of an alarm's words is not told, because more than one person will read them."""
    if mask not in _masks:
        _masks.append(mask)


def alarms_raised(alarms: Sequence[Alarm]) -> None:
    """In the judge's transaction, once for a batch: a few queries, however many alarms."""
    if not alarms:
        return
    order = answerers_of(alarms)
    happened(RAISED.name, _tellings([(alarm, first_of(order.get(alarm.pk, []))) for alarm in alarms]))


def answerers_of(alarms: Sequence[Alarm]) -> dict[int, list[Answerer]]:
    return answerers(Alarm.objects.filter(pk__in=[alarm.pk for alarm in alarms]), timezone.now(), "work alarms")


def alarms_escalated(alarms: Sequence[Alarm]) -> None:
    held = [(alarm, [alarm.holder]) for alarm in alarms if alarm.holder]
    happened(ESCALATED.name, _tellings(held, "Escalated to you: "))


def alarm_given(alarm: Alarm, to: User, by: User) -> None:
    words = f"{by.get_full_name() or by.username} gave you an alarm: "
    happened(ASSIGNED.name, _tellings([(alarm, [to])], words))


def _tellings(told: Sequence[tuple[Alarm, Sequence[User]]], before: str = "") -> list[Telling]:
    masks = [mask([alarm for alarm, _ in told]) for mask in _masks]
    return [_telling(alarm, users, before, masks) for alarm, users in told]


def _telling(alarm: Alarm, users: Sequence[User], before: str, masks: Sequence[Callable[[Alarm, str], str]]) -> Telling:
    about = alarm.title + (f", {alarm.where}" if alarm.where else "")
    for mask in masks:
        about = mask(alarm, about)
    words = f"{before}{about}"
    return Telling(
        users, words, f"/?alarm={alarm.pk}", alarm.level, f"alarm:{alarm.pk}", f"{before and 'For you: '}{alarm.title}"
    )


def source_in_trouble(source: Source) -> None:
    """Silent, or in trouble by its own word. One that comes and goes is told once an hour."""
    about = f"source:{source.name}"
    if was_told(SOURCE.name, about, timezone.now() - AGAIN):
        return
    words = f"Source {source.name} is in trouble: {source.state_words}"
    users = who_may("change sources")
    happened(SOURCE.name, [Telling(users, words, f"/sources/{source.name}", 2, about, "A source is in trouble")])


def trouble_noted(part: str, words: str) -> None:
    is_backup = part.startswith("backup")
    kind, about = (BACKUP if is_backup else TROUBLE), f"trouble:{part}"
    if was_told(kind.name, about, timezone.now() - AGAIN):
        return
    users = who_may("change settings" if is_backup else "change sources")
    brief = "A backup failed" if is_backup else "Something in Bartizan is in trouble"
    happened(kind.name, [Telling(users, words, "/settings/health", 3 if is_backup else 2, about, brief)])
