"""What detectors said, and what the panels say: both kept so that a crash loses nothing and repeats nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.engines.intrusion import Input, Plan
from bartizan.engines.observe import Observation
from bartizan.panels.actions.stepping import advance
from bartizan.panels.models import Outgoing, Panel, ReadTo
from bartizan.watch.intake import Intake
from bartizan.watch.journal import Cursor

AT_ONCE = 500
Given = tuple[Panel, Plan, Sequence[Input]]


@atomic
def take(given: Sequence[Given], cursor: Cursor, *, now: datetime | None = None) -> dict[int, str]:
    """Let each panel go on with what it was given, and keep how far the journal was read, together: after a crash it is
    read again from there. The panels that could not, by their key, with words; they keep the others from nothing."""
    problems: dict[int, str] = {}
    for panel, plan, inputs in given:
        try:
            advance(panel, inputs, plan=plan, now=now)
        except ValidationError as error:
            problems[panel.pk] = " ".join(error.messages)
    keep_cursor(cursor)
    return problems


@atomic
def keep_cursor(cursor: Mapping[str, tuple[int, int]]) -> None:
    ReadTo.objects.update_or_create(pk=1, defaults={"cursor": dict(cursor), "at": timezone.now()})


@atomic
def forget_cursor() -> None:
    """There are no panels: when there is one again it begins at the end of the journal."""
    if ReadTo.objects.exists():
        ReadTo.objects.filter(pk=1).delete()


def leave(intake: Intake) -> int:
    """Put what waits into the journal, in its order; how much it was. What is put in twice is stored once."""
    waiting = list(Outgoing.objects.order_by("pk")[:AT_ONCE])
    if not waiting:
        return 0
    intake.accept([_observation(each) for each in waiting], is_live=False)
    Outgoing.objects.filter(pk__in=[each.pk for each in waiting]).delete()
    return len(waiting)


def _observation(waiting: Outgoing) -> Observation:
    kept = dict(waiting.observation)
    return Observation(**{**kept, "at": datetime.fromisoformat(kept["at"])}, key=waiting.key)
