"""The alarm in focus: what happened, what happened around it, what to do, and what can be done here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from bartizan.core.access import covers, may, visible_to
from bartizan.core.queries import officers
from bartizan.engines.nuisance.causes import CAUSES, NOT_KNOWN, VERDICTS, causes_of
from bartizan.watch import lake, queries
from bartizan.watch.models import Alarm, AlarmEvent, Source
from bartizan.watch.pages.event_links import event_url
from bartizan.watch.shown import at_of, sentence
from bartizan.web.shell import zone_of
from bartizan.web.templatetags.bz import as_zone

AROUND = timedelta(minutes=3)
LINES = 6
DEEDS = ("assign", "shelve", "close")
VERDICT_KEYS = {"false": "f", "tested": "t", "real": "r", "unknown": "u"}
ASKS_CAUSE = ("false", "real")
"""The others say it all, and close with one key."""
DIGITS = "1234567890"


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    kind: str
    words: str
    event: str
    is_hit: bool
    """The alarm rests on it."""

    @property
    def url(self) -> str:
        return event_url(self.event, self.at)


def focus_context(
    user: Any, alarm: Alarm | None, deed: str = "", trouble: str = "", *, verdict: str = ""
) -> dict[str, Any]:
    deed = deed if deed in DEEDS and may(user, "work alarms") else ""
    context: dict[str, Any] = {"focus": alarm, "do": deed, "trouble": trouble}
    if alarm is None:
        context["sources"] = visible_to(user, Source.objects.all()).count()
        return context
    context["happenings"] = happenings(user, alarm)
    context["near_url"] = reverse("alarm-near", args=[alarm.pk])
    context["cases"] = list(visible_to(user, alarm.cases.all()))
    if deed == "assign":
        context["officers"] = [one for one in officers(user) if covers(one, alarm)]
    if deed == "close":
        context |= answer_form(verdict)
    if deed == "shelve":
        context["ends"] = shelf_ends(timezone.now(), zone_of(user))
    return context


def answer_form(verdict: str) -> dict[str, Any]:
    """The verdicts with their keys; of a chosen one the causes, each with its figure on the keyboard."""
    choices = [(name, words, VERDICT_KEYS[name]) for name, words in VERDICTS]
    if verdict not in ASKS_CAUSE:
        return {"verdicts": choices, "verdict": ""}
    named = [name for name in causes_of(verdict) if name != NOT_KNOWN]
    causes = [(name, CAUSES[name].words, key) for name, key in zip(named, DIGITS, strict=False)]
    causes.append((NOT_KNOWN, CAUSES[NOT_KNOWN].words, VERDICT_KEYS["unknown"]))
    return {"verdicts": choices, "verdict": verdict, "verdict_words": dict(VERDICTS)[verdict].lower(), "causes": causes}


def happenings(user: Any, alarm: Alarm) -> list[Happening]:
    """The alarm's own events and their neighbours, in their order; what it rests on first when there are too many."""
    own = list(visible_to(user, AlarmEvent.objects.filter(alarm=alarm)).order_by("-at")[:LINES])
    hits = [Happening(e.at, e.kind, e.summary, e.event, is_hit=True) for e in own]
    near = [one for one in _neighbours(user, own) if one.event not in {hit.event for hit in hits}] if own else []
    middle = own[0].at if own else alarm.last_at
    near.sort(key=lambda one: abs(one.at - middle))
    kept = hits + near[: max(0, LINES - len(hits))]
    return sorted(kept, key=lambda one: one.at)


def _neighbours(user: Any, own: list[AlarmEvent]) -> list[Happening]:
    """What the lake has at the same place, device or by the same actor. The alarm is shown without it if it is busy."""
    try:
        seen = queries.lake_of(user)
        origin = lake.event(seen, own[0].event)
        found = lake.around(seen, origin, AROUND.total_seconds(), limit=200) if origin else []
    except lake.LakeError:
        return []
    return [Happening(at_of(e), str(e["kind"]), sentence(e), str(e["id"]), is_hit=False) for e in found]


def shelf_ends(now: datetime, zone: str) -> list[tuple[str, str]]:
    """Ends that a shelf is usually given, on the site's clock, as (ISO time, words)."""
    local = now.astimezone(as_zone(zone))
    morning = (local + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    monday = morning + timedelta(days=(7 - morning.weekday()) % 7)
    ends = [
        (local + timedelta(hours=1), "for an hour"),
        (local + timedelta(hours=8), "for eight hours"),
        (morning, "until tomorrow 08:00"),
        (monday, f"until Monday {monday.day} {monday:%b}, 08:00"),
        (local + timedelta(days=30), "for 30 days"),
    ]
    return [(end.isoformat(timespec="seconds"), words) for end, words in ends]
