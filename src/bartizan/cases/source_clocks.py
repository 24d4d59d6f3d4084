"""What officers measured of the clocks of sources: as the engines take it, and as a packet says it.

Events stay as they were stamped; the difference is taken out each time that somebody asks when something happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bartizan.engines.packets import DeviceClock
from bartizan.engines.pinpoint.inquiry import Clock, Clocks, Effect
from bartizan.watch.lake import Window
from bartizan.watch.models import ClockOffset
from bartizan.watch.queries import clock_offsets
from bartizan.web.words import offset_words

Offsets = Mapping[str, Sequence[ClockOffset]]


def clocks_in(window: Window) -> Clocks:
    """For the engines: of what was stamped in ``window``, how wrong each source's clock was."""
    return {name: tuple(map(_clock, found)) for name, found in clock_offsets(window).items()}


def _clock(one: ClockOffset) -> Clock:
    ahead, error = timedelta(seconds=one.ahead_seconds), timedelta(seconds=one.error_seconds)
    return Clock(ahead, error, one.since, one.until)


def offset_at(offsets: Offsets, source: str, stamped: datetime) -> ClockOffset | None:
    """What holds for a stamp of a source: the latest entry that covers it."""
    found = (one for one in reversed(offsets.get(source, ())) if _covers(one, stamped))
    return next(found, None)


def _covers(one: Clock | ClockOffset, stamped: datetime) -> bool:
    return (one.since is None or one.since <= stamped) and (one.until is None or stamped < one.until)


def set_right(effect: Effect, sources: Sequence[str], clocks: Clocks) -> Effect:
    """An effect whose times are stamps: ``sources`` told its events, the first of them when it began."""
    if not sources:
        return effect
    since, until = _true(effect.since, clocks.get(sources[0], ())), _true(effect.until, clocks.get(sources[-1], ()))
    return replace(effect, since=min(since, until), until=max(since, until))


def _true(stamped: datetime, clocks: Sequence[Clock]) -> datetime:
    held = next((one for one in reversed(clocks) if _covers(one, stamped)), None)
    return stamped - held.ahead if held else stamped


def _spans(later: ClockOffset, one: ClockOffset) -> bool:
    begins = later.since is None or (one.since is not None and later.since <= one.since)
    return begins and (later.until is None or (one.until is not None and one.until <= later.until))


def row_words(held: ClockOffset | None, skew: float | None) -> str:
    """``− 220 s, ± 2 s``: the correction that was made and its error. ``± 1 s``: nobody measured it, and its records
    arrive as they are stamped. Empty: not checked."""
    if held is not None:
        made = f"{'−' if held.ahead_seconds > 0 else '+'} {abs(held.ahead_seconds):g} s, " if held.ahead_seconds else ""
        return f"{made}± {held.error_seconds:g} s"
    return "± 1 s" if skew is not None and abs(skew) < 0.5 else ""


def told(
    names: Sequence[str], offsets: Offsets, skews: Mapping[str, float | None], said: Callable[[str], str]
) -> Iterator[DeviceClock]:
    """The packet's list of clocks: each measurement of each source, or that nobody made one."""
    for name in names:
        found = offsets.get(name, ())
        standing = [one for n, one in enumerate(found) if not any(_spans(later, one) for later in found[n + 1 :])]
        for one in standing:
            yield DeviceClock(name, offset_words(one.ahead_seconds, one.error_seconds), said(_measured(one)))
        if not found:
            yield _unmeasured(name, skews.get(name))


def _measured(one: ClockOffset) -> str:
    held = [f"from {_utc(one.since)}"] * bool(one.since) + [f"until {_utc(one.until)}"] * bool(one.until)
    span = f"; holds {' '.join(held)}" if held else ""
    return f"{_utc(one.measured_at)} by {one.measured_by}: {one.how}{span}"


def _utc(at: datetime | None) -> str:
    return f"{at:%d %b %Y %H:%M} UTC" if at else ""


def _unmeasured(name: str, skew: float | None) -> DeviceClock:
    if skew is None:
        return DeviceClock(name, "not checked", "never measured")
    if abs(skew) < 0.5:
        return DeviceClock(name, "right, ± 1 s", "against our clock, as its records arrive")
    way = "before" if skew > 0 else "after"
    late = f"its records arrive {abs(skew):.0f} s {way} their own time; nothing was corrected by that"
    return DeviceClock(name, "not checked", late)
