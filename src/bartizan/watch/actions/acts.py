"""What a person asks a device to do: asked here, taken and ended by the process ``watch``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.actions import publish_live, record
from bartizan.core.events import publish
from bartizan.core.models import User
from bartizan.engines.observe import split_reference
from bartizan.estate.models import Device, Portal, Zone
from bartizan.watch import acting
from bartizan.watch.happened import ActEnded
from bartizan.watch.models import Act

SECONDS: Final = 10
"""An act lives so long unless whoever asks says otherwise."""
NOBODY: Final = (
    "Nobody took it up in time, so it was not done and will not be. See under Sources whether this source runs."
)
UNKNOWN: Final = "There was no answer in time. It may have happened: look before you ask again."


@atomic
def ask_act(  # noqa: PLR0913  what is asked, of whom, why and by whom: each is needed
    source: str,
    verb: str,
    target: str,
    facts: Mapping[str, Any],
    reason: str,
    by: User | None,
    *,
    key: str = "",
    seconds: int = SECONDS,
    about: str = "",
    able: Sequence[acting.Hand] | None = None,
) -> Act:
    """Ask a source to do something; it is taken up within a fifth of a second. Whoever calls has checked that ``by``
    may. With a ``key`` that was used already the earlier act comes back. ``able``: what :func:`acting.hands` says, if
    whoever asks many devices has asked it. Raises ValidationError in words."""
    if key and (earlier := Act.objects.filter(key=key).first()):
        return earlier
    reason = " ".join(reason.split())[:400]
    if not reason:
        raise ValidationError("Say why: the reason goes to the audit.")
    _check(acting.hands() if able is None else able, source, verb, target)
    now = timezone.now()
    act = Act.objects.create(
        source=source, verb=verb, target=target, site=_site_of(target), facts=dict(facts), reason=reason, about=about,
        key=key or None, by=by, asked_at=now, expires_at=now + timedelta(seconds=seconds),
    )  # fmt: skip
    record(by, "asked a device", target, act=act.pk, source=source, deed=verb, facts=dict(facts), reason=reason)
    _show(act)
    return act


def _check(able: Sequence[acting.Hand], source: str, verb: str, target: str) -> None:
    hand = next((each for each in able if each.source == source), None)
    if hand is None:
        raise ValidationError(f"The source {source} is not there, is switched off, or can only report.")
    if verb not in hand.verbs:
        raise ValidationError(f"The source {source} cannot {verb}; it can {', '.join(sorted(hand.verbs))}.")
    if target not in hand.reaches:
        raise ValidationError(f"The source {source} does not reach {target}; its settings name what it reaches.")


def _site_of(target: str) -> str:
    """The site of a door, zone or device, for those whose reach is a site; empty when the register has none."""
    kind, code = split_reference(target)
    if kind == "site":
        return code
    if kind == "portal":
        found = Portal.objects.filter(code=code).values_list("inner__site__code", flat=True).first()
    elif kind == "zone":
        found = Zone.objects.filter(code=code).values_list("site__code", flat=True).first()
    else:
        found = Device.objects.filter(code=code).values_list("zone__site__code", flat=True).first()
    return found or ""


def take_acts(now: datetime, running: frozenset[str]) -> list[Act]:
    """Those that wait for one of the ``running`` sources, in their order, each handed out once; what is too late is
    ended first, so that nothing is done after its time. While nothing waits it is one small question."""
    return _take_acts(now, running) if Act.objects.filter(state__in=("asked", "taken")).exists() else []


@atomic
def _take_acts(now: datetime, running: frozenset[str]) -> list[Act]:
    end_overdue(now)
    found = list(Act.objects.filter(state="asked", source__in=running).order_by("pk"))
    return [act for act in found if _take(act, now)]


def _take(act: Act, now: datetime) -> bool:
    """Whether this process has it: of two that try, one does."""
    taken = Act.objects.filter(pk=act.pk, state="asked").update(state="taken", taken_at=now)
    act.state, act.taken_at = "taken", now
    return bool(taken)


@atomic
def end_act(pk: int, state: str, words: str) -> None:
    """It is done, failed or expired. What has ended stays as it ended, but for an answer that comes after its time:
    that is better to know than that nobody knew."""
    act = Act.objects.select_for_update().get(pk=pk)
    if act.state in ("done", "failed") or act.state == state:
        return
    act.state, act.words, act.ended_at = state, words[:400], timezone.now()
    act.save(update_fields=["state", "words", "ended_at"])
    record(None, "ended an act", act.target, act=act.pk, deed=act.verb, outcome=state, words=act.words)
    _show(act)
    publish(ActEnded(act.pk, act.target, act.verb, act.about, state, act.words))


def end_overdue(now: datetime) -> None:
    """Whose time is over: never taken is not done; taken and not answered is not known."""
    late = Act.objects.filter(Q(state="asked", expires_at__lt=now) | Q(state="taken", expires_at__lt=_grace(now)))
    for act in late.order_by("pk"):
        end_act(act.pk, "expired", NOBODY if act.state == "asked" else UNKNOWN)


def _grace(now: datetime) -> datetime:
    """Whoever took it ends it at its time; only if that process is gone is it ended here, a little later."""
    return now - timedelta(seconds=5)


def _show(act: Act) -> None:
    told = {"id": act.pk, "state": act.state, "about": act.about, "target": act.target, "source": act.source}
    publish_live("act", told | {"site": act.site})
