"""What the process of the cameras writes down: files, sightings, what to review, and each camera's light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.db.transaction import atomic

from bartizan.cameras.messages import ClockTold, Message, Observed, Sighted, Told, Trouble
from bartizan.cameras.models import Camera, Review, Segment, Sighting
from bartizan.cameras.recording import Written
from bartizan.core.actions import publish_live
from bartizan.watch.actions import sources
from bartizan.watch.models import Alarm, AlarmEvent

TOGETHER: Final = timedelta(seconds=60)
"""The same again within this time is the same thing to review."""
JUDGED_WITHIN: Final = timedelta(hours=1)


@atomic
def keep(messages: Sequence[Message]) -> None:
    """All of it or nothing: whoever hands it over tries again."""
    keep_segments([each for each in messages if isinstance(each, Written)])
    keep_sightings([each for each in messages if isinstance(each, Sighted)])
    light([each for each in messages if isinstance(each, Told)])
    keep_clocks({each.code: each.ahead_seconds for each in messages if isinstance(each, ClockTold)})
    for trouble in (each for each in messages if isinstance(each, Trouble)):
        if trouble.words:
            sources.note_trouble(trouble.part, trouble.words)
        else:
            sources.well_again(trouble.part)


@atomic
def keep_segments(written: Sequence[Written]) -> int:
    """Put closed files into the index; a file that is there already stays as it is. How many are new."""
    cameras = _cameras({each.code for each in written})
    known = set(Segment.objects.filter(path__in=[w.path for w in written]).values_list("path", flat=True))
    rows = [
        Segment(
            camera_id=cameras[w.code], begun_at=w.begun_at, ended_at=w.ended_at, path=w.path, bytes=w.bytes,
            sha256=w.sha256, codec=w.codec, width=w.width, height=w.height, frames=w.frames,
            gap_before=w.gap_before[:300], is_cut=w.is_cut,
        )
        for w in written
        if w.code in cameras and w.path not in known
    ]  # fmt: skip
    Segment.objects.bulk_create(rows)
    return len(rows)


@atomic
def keep_sightings(sighted: Sequence[Sighted]) -> None:
    cameras = _cameras({each.code for each in sighted})
    Sighting.objects.bulk_create(
        Sighting(
            camera_id=cameras[s.code], kind=s.kind, begun_at=s.begun_at, ended_at=s.ended_at, zones=list(s.zones),
            score=s.score, thumbnail=s.thumbnail, path=[list(point) for point in s.path],
        )
        for s in sighted
        if s.code in cameras
    )  # fmt: skip


@atomic
def light(told: Sequence[Told]) -> None:
    """Write how each camera is; open pages hear of it. One that is switched off stays off, whatever was still said."""
    for each in told:
        new = {"state": each.state, "state_words": each.words[:400], "state_at": each.at}
        if Camera.objects.filter(device__code=each.code, is_enabled=True).update(**new):
            publish_live("camera", {"code": each.code, "state": each.state, "words": each.words[:400]})


@atomic
def keep_review(observed: Observed, event: str) -> Review | None:
    """Something to look at; the same again within a minute prolongs it."""
    observation = observed.observation
    code = observation.device.partition(":")[2]
    camera = Camera.objects.filter(device__code=code).first()
    if camera is None:
        return None
    lately = Q(ended_at__gte=observation.at - TOGETHER) | Q(ended_at=None, begun_at__gte=observation.at - TOGETHER)
    open_ = Review.objects.filter(lately, camera=camera, kind=observation.kind, ticked_at=None).first()
    if open_ is not None:
        open_.ended_at = observation.at
        open_.severity = max(open_.severity, observed.severity)
        open_.save(update_fields=["ended_at", "severity"])
        return open_
    review = Review.objects.create(
        camera=camera, kind=observation.kind, severity=observed.severity, begun_at=observation.at,
        ended_at=observation.at, words=observed.review[:120], why=observed.why[:240], thumbnail=observed.thumbnail,
        event=event, alarm_id=_alarm_of(event),
    )  # fmt: skip
    publish_live("camera", {"code": code, "review": review.pk})
    return review


def _alarm_of(event: str) -> int | None:
    """The judge may have been faster."""
    rules = Alarm.objects.exclude(state="closed").values("rule")  # the index is by rule, then event
    found = AlarmEvent.objects.filter(rule__in=rules, event=event, is_trigger=True)
    return found.values_list("alarm", flat=True).first()


@atomic
def note_alarm(alarm: Alarm) -> None:
    """Of what is still to be reviewed: what has raised ``alarm`` leads to it, and so to its case."""
    lately = Review.objects.filter(ticked_at=None, alarm=None, begun_at__gte=alarm.last_at - JUDGED_WITHIN)
    events = [event for event in lately.values_list("event", flat=True) if event]
    if events:
        raised_by = AlarmEvent.objects.filter(alarm=alarm, event__in=events, is_trigger=True).values("event")
        lately.filter(event__in=raised_by).update(alarm=alarm)


@atomic
def keep_clocks(ahead: Mapping[str, float]) -> None:
    """By how much each camera's own clock is ahead, as ONVIF says it."""
    for code, seconds in ahead.items():
        Camera.objects.filter(device__code=code).update(clock_ahead=seconds)


def _cameras(codes: set[str]) -> dict[str, int]:
    """Their keys; a camera that was removed meanwhile has none."""
    return dict(Camera.objects.filter(device__code__in=codes).values_list("device__code", "pk"))
