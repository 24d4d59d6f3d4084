"""What this room answers when others tell it something."""

from __future__ import annotations

from bartizan.cameras.actions import kept
from bartizan.core.events import answers
from bartizan.watch.happened import AlarmRaised
from bartizan.watch.models import Alarm


@answers(AlarmRaised)
def show_the_alarm(heard: AlarmRaised) -> None:
    kept.note_alarm(Alarm.objects.get(pk=heard.alarm))
