"""What an alarm turned out to be: said when it is closed, taken back when the closing is undone. And what is proposed
to change on a detector that cries wolf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.engines.nuisance import causes
from bartizan.engines.observe import split_reference
from bartizan.watch.actions import alarms
from bartizan.watch.models import Alarm, AlarmAnswer, DetectorProposal

SENSES: Final = ("detector", "camera", "sensor", "reader")
LONGEST: Final = 300


@atomic
def answer(alarm: Alarm, verdict: str, cause: str, words: str, by: User) -> AlarmAnswer:
    """Close ``alarm`` with what it turned out to be. Raises ValidationError in words when something is left out."""
    words = " ".join(words.split())
    _check(verdict, cause, words)
    alarms.close(alarm, causes.said(verdict, cause, words), by)
    return AlarmAnswer.objects.create(
        alarm=alarm,
        verdict=verdict,
        cause=cause,
        words=words,
        detector=detector_of(alarm),
        happened_at=alarm.first_at,
        by=by,
        at=alarm.closed_at or timezone.now(),
    )


def _check(verdict: str, cause: str, words: str) -> None:
    if verdict not in dict(causes.VERDICTS):
        raise ValidationError("Say what it was: false, tested, real, or not known.")
    if len(words) > LONGEST:
        raise ValidationError(f"Keep it under {LONGEST} letters; a case holds more.")
    if not cause or (cause == causes.OWN_WORDS and not words):
        raise ValidationError("Choose what caused it, or say it in words.")
    if not causes.fits(verdict, cause):
        raise ValidationError("That cause does not fit this answer; choose one from the list.")


def detector_of(alarm: Alarm) -> str:
    """The reference of what reported it: the detector or camera, else the door, else whatever the alarm names."""
    if split_reference(alarm.device)[0] in SENSES:
        return alarm.device
    return f"portal:{alarm.portal}" if alarm.portal else alarm.device


@atomic
def reopen(alarm: Alarm, by: User) -> None:
    """Back into the queue; what it was said to be no longer holds."""
    alarms.reopen(alarm, by)
    _take_back(alarm)


@atomic
def restore(alarm: Alarm, before: Mapping[str, Any], left: Mapping[str, Any], by: User) -> None:
    """Undo a deed. Of a closing, the answer goes with it."""
    alarms.restore(alarm, before, left, by)
    if before["state"] != "closed":
        _take_back(alarm)


def _take_back(alarm: Alarm) -> None:
    AlarmAnswer.objects.filter(alarm=alarm, taken_back_at=None).update(taken_back_at=timezone.now())


@atomic
def propose(
    detector: str, remedy: str, words: str, by: User, *, figures: Mapping[str, Any], site: str, zone: str
) -> DetectorProposal:
    """Put on record what is to be changed on a detector, and on which figures it rests. One of a kind stands open."""
    if DetectorProposal.objects.filter(detector=detector, remedy=remedy, state="open").exists():
        raise ValidationError("That was proposed already and stands open; say there what came of it.")
    made = DetectorProposal.objects.create(
        detector=detector, remedy=remedy, words=words, by=by, figures=dict(figures), site=site, zone=zone
    )
    record(by, "proposed", detector, remedy=words, **figures)
    return made


@atomic
def settle(proposal: DetectorProposal, state: str, words: str, by: User) -> None:
    """It was ``done`` or ``dropped``; dropping takes a reason."""
    held = DetectorProposal.objects.select_for_update().get(pk=proposal.pk)
    if held.state != "open":
        raise ValidationError(f"That proposal was {held.state} already.")
    if state not in ("done", "dropped"):
        raise ValidationError("Say whether it was done or dropped.")
    if state == "dropped" and not words.strip():
        raise ValidationError("Say why it is dropped.")
    held.state, held.settled_by, held.settled_at = state, by, timezone.now()
    held.settled_words = " ".join(words.split())[:LONGEST]
    held.save(update_fields=["state", "settled_by", "settled_at", "settled_words"])
    record(by, f"proposal {state}", held.detector, remedy=held.words, words=held.settled_words)
