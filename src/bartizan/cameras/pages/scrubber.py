"""The scrubber of the opened camera: what moved, who was seen and what is missing, around one moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from bartizan.cameras import queries
from bartizan.cameras.jump import NotAMomentError, moment_from, typed
from bartizan.cameras.models import Camera, Sighting
from bartizan.cameras.pages.asked import clock_of, moment_of
from bartizan.cameras.scrub import Gap, Moved, Scrub, Seen, Span, day_of, scrub, stretch_of

GRAVE: Final = 3
"""The severity from which on what was seen stands out."""
MOST: Final = 40
UNFINISHED: Final = timedelta(seconds=90)
SPEEDS: Final = (1, 4, 16)


def scrub_context(request: HttpRequest, camera: Camera) -> dict[str, Any]:
    now, clock = timezone.now(), clock_of(camera, request.user)
    at, trouble = _asked_for(request, now, clock)
    shown = at or now
    return {
        "scrub": drawn(request.user, camera, shown, now, clock),
        "at": at,
        "jump_words": f"{shown.astimezone(clock):%a} {shown.astimezone(clock).day} "
        f"{shown.astimezone(clock):%b %H:%M:%S}",
        "jump_trouble": trouble,
        "clock": clock,
        "speeds": SPEEDS,
        "export_from": typed(shown - timedelta(seconds=30), clock),
        "export_to": typed(min(shown + timedelta(seconds=90), now), clock),
    }


def _asked_for(request: HttpRequest, now: datetime, clock: tzinfo) -> tuple[datetime | None, str]:
    """The moment to be shown, nothing for now; and what is wrong with what somebody typed."""
    words = request.GET.get("jump", "").strip()[:60]
    if not words:
        return moment_of(request), ""
    try:
        at = moment_from(words, now, clock)
    except NotAMomentError as error:
        return moment_of(request), str(error)
    return (None, "") if words.casefold() == "now" else (at, "")


def drawn(user: Any, camera: Camera, at: datetime, now: datetime, clock: tzinfo) -> Scrub:
    day, stretch = day_of(at, clock), stretch_of(at, now)
    since, until = min(day.start, stretch.start), min(max(day.end, stretch.end), now)
    grave = _grave(user, camera, stretch)
    return scrub(
        at, now, clock, _moved(camera, since, until, grave), _gaps(camera, since, until),
        _seen(user, camera, stretch, grave),
    )  # fmt: skip


def _moved(camera: Camera, since: datetime, until: datetime, grave: list[Span]) -> list[Moved]:
    days, day = [], since.astimezone(UTC).date()
    while day <= until.astimezone(UTC).date():
        days.append(day)
        day += timedelta(days=1)
    minutes = [minute for each in days for minute in queries.minutes(camera.code, each)]
    return [
        Moved(one.at, one.motion, _is_in(grave, one.at, one.at + timedelta(minutes=1)))
        for one in minutes
        if since <= one.at < until and one.frames
    ]


def _is_in(spans: list[Span], since: datetime, until: datetime) -> bool:
    return any(span.touches(since, until) for span in spans)


def _gaps(camera: Camera, since: datetime, until: datetime) -> list[Gap]:
    """The piece that is being recorded just now is no gap."""
    found = queries.gaps(camera, since, until)
    if found and found[-1].until == until and until - found[-1].since < UNFINISHED and camera.state == "ok":
        found = found[:-1]
    return [Gap(one.since, one.until, one.reason) for one in found]


def _grave(user: Any, camera: Camera, span: Span) -> list[Span]:
    """When something was seen on this camera that somebody has to look at, and nobody called harmless."""
    found = queries.reviews(user).filter(
        camera=camera, severity__gte=GRAVE, begun_at__lt=span.end, begun_at__gt=span.start - timedelta(hours=12)
    ).exclude(verdict="not a person")  # fmt: skip
    return [Span(one.begun_at, one.ended_at or span.end) for one in found[:MOST]]


def _seen(user: Any, camera: Camera, span: Span, grave: list[Span]) -> list[Seen]:
    found = queries.sightings(user).defer("path").filter(
        camera=camera, kind="person", begun_at__lt=span.end, begun_at__gt=span.start - timedelta(hours=12)
    )  # fmt: skip
    here = [one for one in found.order_by("-begun_at")[:200] if (one.ended_at or span.end) > span.start]
    return [_as_seen(one, one.ended_at or span.end, grave) for one in here]


def _as_seen(sighting: Sighting, until: datetime, grave: list[Span]) -> Seen:
    """A camera knows nobody by name."""
    is_grave = _is_in(grave, sighting.begun_at, until)
    return Seen(sighting.begun_at, until, "nobody known" if is_grave else "", is_grave)
