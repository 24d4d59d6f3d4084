"""How the console says times, ages and figures. Plain values in, words out."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

NARROW_SPACE = "\u202f"
LEVEL_WORDS = {4: "Critical", 3: "High", 2: "Medium", 1: "Low"}
MINUTE, HOUR, DAY = 60, 3600, 86400


def short_time(at: datetime, now: datetime, zone: tzinfo, *, seconds: bool = False) -> str:
    """``today 21:47``, ``Mon 22:31`` within six days, else ``12 Nov``, with the year when it is another one."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    if local.date() == today:
        return clock if seconds else f"today {clock}"
    if abs((today - local.date()).days) < 7:
        return f"{local:%a} {clock}"
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local.day} {local:%b %Y}"


def age_words(seconds: float) -> str:
    """How long ago, in one unit: ``45 s``, ``4 min``, ``12 h``, ``5 d``."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min"
    if whole < 2 * DAY:
        return f"{whole // HOUR} h"
    return f"{whole // DAY} d"


def duration_words(seconds: float) -> str:
    """How long, in two units at most: ``45 s``, ``4 min``, ``12 h 05``, ``2 d 12 h``."""
    whole = max(0, int(seconds))
    if whole < HOUR:
        return age_words(whole)
    if whole < DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02d}"
    return f"{whole // DAY} d {whole % DAY // HOUR} h"


def countdown_words(left: timedelta) -> str:
    """Time left as it stands in the queue: ``0:52``, ``12:05``, ``3 h``."""
    whole = max(0, int(left.total_seconds()))
    return f"{whole // MINUTE}:{whole % MINUTE:02d}" if whole < HOUR else age_words(whole)


def figure_words(number: float) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{number:,.0f}".replace(",", NARROW_SPACE)


def offset_words(ahead: float, error: float) -> str:
    """How wrong a clock is, in seconds: ``3 min 40 s ahead, ± 2 s``, ``right, ± 1 s``."""
    minutes, seconds = divmod(round(abs(ahead), 1), MINUTE)
    parts = [f"{minutes:.0f} min"] * bool(minutes) + [f"{seconds:g} s"] * bool(seconds)
    way = f"{' '.join(parts)} {'ahead' if ahead > 0 else 'behind'}" if parts else "right"
    return f"{way}, ± {error:g} s"
