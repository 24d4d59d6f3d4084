"""A lock-down, an emergency release, a door that stands open: ordered, obeyed by the readers, ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.access import may_change
from bartizan.core.actions import publish_live, record
from bartizan.core.models import User
from bartizan.doors import told
from bartizan.doors.actions.renewing import renew_table
from bartizan.doors.models import Order
from bartizan.doors.queries.inside import inside_zones
from bartizan.doors.queries.lockdown import codes_of, lockable, lockdown_of, to_tell
from bartizan.doors.queries.scopes import Scope
from bartizan.doors.queries.table import current_table, engine_order
from bartizan.engines import access
from bartizan.watch import acting
from bartizan.watch.actions import ask_act

LONGEST: Final = timedelta(hours=24)
SECONDS: Final = 10
"""An act of an order waits so long for its door."""
BEGINS: Final = {"lockdown": "lockdown", "release": "free", "unlock": "unlock"}
ENDS: Final = {"lockdown": "end lockdown", "release": "end free", "unlock": "release"}
"""What a connector is asked when an order begins, and when it ends before its time. It is told until when: a reader
that does not find the order in its table obeys all the same, and no longer."""


def lock_down(scope: Scope, level: int, keeps: Sequence[str], minutes: int, reason: str, by: User) -> Order:
    """From now on nobody below ``level`` comes in. The readers find it in their table first; then each that can be
    reached is told at once. Raises ValidationError in words."""
    if not 1 <= level <= 5:
        raise ValidationError("Choose the level of those who still come in: 1 to 4, or nobody.")
    hands = lockable(lockdown_of(scope.reference, level, keeps, timezone.now()))
    order = _order("lockdown", scope, minutes, reason, by, level=level, keeps=list(keeps), doors=len(hands))
    _obeyed(order, hands, {"level": level, "keeps": list(keeps)})
    return order


def release(scope: Scope, minutes: int, reason: str, by: User) -> Order:
    """For fire and rescue: every door of the scope is free both ways, stronger than a lock-down."""
    order = _order("release", scope, minutes, reason, by)
    _obeyed(order, _hands(order, BEGINS["release"]), {})
    return order


def stand_open(scope: Scope, minutes: int, reason: str, by: User) -> Order:
    """A door that stands open for a while, such as for a delivery. A lock-down is stronger."""
    order = _order("unlock", scope, minutes, reason, by)
    _obeyed(order, _hands(order, BEGINS["unlock"]), {"seconds": 0})  # until it is told otherwise, or its time is over
    return order


def _hands(order: Order, verb: str) -> dict[str, str]:
    """The source that reaches each door of the order."""
    doors = access.affected(current_table(timezone.now()), engine_order(order))
    return acting.who_can_all(verb, [f"portal:{code}" for code in {*doors.locks, *doors.free}])


@atomic
def _order(verb: str, scope: Scope, minutes: int, reason: str, by: User, **facts: Any) -> Order:
    reason = " ".join(reason.split())
    if not may_change(by, Order):
        raise ValidationError("Your role does not lock or free doors.")
    if len(reason) < 3:
        raise ValidationError("Write the reason in a few words: it goes to the audit and to everybody who is told.")
    if not timedelta(0) < timedelta(minutes=minutes) <= LONGEST:
        raise ValidationError("Say when it ends: in 1 minute to 24 hours.")
    now = timezone.now()
    if running := Order.objects.filter(verb=verb, scope=scope.reference, ended_at=None, until__gt=now).first():
        raise ValidationError(f"That holds for {running.name} already, until {running.until:%H:%M} UTC.")
    doors = facts.pop("doors", None)
    made = Order.objects.create(
        verb=verb, scope=scope.reference, name=scope.name, site=scope.site, reason=reason[:300], by=by, since=now,
        until=now + timedelta(minutes=minutes), **facts,
    )  # fmt: skip
    record(by, _VERBS[verb], scope.reference or "site:", order=made.pk, minutes=minutes, doors=doors, reason=reason,
        level=made.level or None, keeps=made.keeps)  # fmt: skip
    told.ordered(made, _told_of(made, by, now))
    _show(made)
    return made


_VERBS: Final = {"lockdown": "locked down", "release": "freed all doors of", "unlock": "let stand open"}


def _told_of(order: Order, by: User, now: datetime) -> list[User]:
    """Those who hear of it: ``by`` is whose reach says who is inside now."""
    zones = access.affected(current_table(now), engine_order(order)).inside_zones
    return to_tell(order.site, codes_of(inside_zones(by, zones, now).people))


def _obeyed(order: Order, hands: Mapping[str, str], facts: Mapping[str, Any]) -> None:
    """Outside of the transaction in which it was ordered: the table is on the disk before any door is told. Doors are
    told also when it cannot be written."""
    renew_table()
    facts = {**facts, "id": str(order.pk), "until": order.until.isoformat()}
    _ask(order, BEGINS[order.verb], hands, facts, order.reason, order.by)


def _ask(order: Order, verb: str, hands: Mapping[str, str], facts: Mapping[str, Any], reason: str, by: User) -> None:
    """Every door of the order by the source that reaches it."""
    able, about = acting.hands(), order.reference
    for door, source in sorted(hands.items()):
        key = f"{about}:{verb}:{door}"
        ask_act(source, verb, door, facts, reason, by, key=key, seconds=SECONDS, about=about, able=able)


def end(order: Order, by: User) -> Order:
    """A lock-down ends when two people say so; the others when one does. The doors go back to what the table says."""
    ended = _end(order, by)
    if ended.ended_at is not None:
        renew_table()
        verb, reason = ENDS[ended.verb], f"{ended.get_verb_display()} of {ended.name} ended"
        _ask(ended, verb, _hands(ended, verb), {"id": str(ended.pk)}, reason, by)
    return ended


@atomic
def _end(order: Order, by: User) -> Order:
    held = Order.objects.select_for_update().get(pk=order.pk)
    now = timezone.now()
    if not may_change(by, Order):
        raise ValidationError("Your role does not lock or free doors.")
    if not held.holds(now):
        raise ValidationError("It has ended already.")
    if held.verb == "lockdown" and held.end_asked_by in (None, by):
        if held.end_asked_by == by:
            raise ValidationError("You have asked for its end; one more person has to agree.")
        held.end_asked_by, held.end_asked_at = by, now
        held.save(update_fields=["end_asked_by", "end_asked_at"])
        record(by, "asked to end the lock-down of", held.scope or "site:", order=held.pk)
    else:
        held.ended_at, held.ended_by = now, by
        held.save(update_fields=["ended_at", "ended_by"])
        second = held.end_asked_by.username if held.end_asked_by else None
        record(by, f"ended {_NOUNS[held.verb]}", held.scope or "site:", order=held.pk, together_with=second)
        told.ended(held, _told_of(held, by, now))
    _show(held)
    return held


_NOUNS: Final = {"lockdown": "the lock-down of", "release": "the release of", "unlock": "the standing open of"}


@atomic
def end_by_time(now: datetime) -> int:
    """What is over by its time is marked so; readers obeyed the time by themselves."""
    late = list(Order.objects.filter(ended_at=None, until__lte=now).select_related("by"))
    for order in late:
        order.ended_at = order.until
        order.save(update_fields=["ended_at"])
        record(None, f"ended {_NOUNS[order.verb]}", order.scope or "site:", order=order.pk, why="its time is over")
        told.ended(order, _told_of(order, order.by, now))
        _show(order)
    return len(late)


def _show(order: Order) -> None:
    publish_live("doors", {"order": order.pk, "verb": order.verb, "site": order.site})
