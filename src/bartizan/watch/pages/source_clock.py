"""A source's clock: what was measured of it, a proposal from how its events arrive, and the form for a measurement."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from bartizan.core.access import visible_to
from bartizan.core.models import User
from bartizan.core.values import is_number
from bartizan.engines.clocks import ClockError, local_moment
from bartizan.watch.actions import clocks
from bartizan.watch.models import ClockOffset, Source
from bartizan.watch.shown import zone_of
from bartizan.web.words import offset_words

SHOWS: Final = 0.5
"""Seconds under which an estimate is not worth a proposal."""
ESTIMATED: Final = "median of its last live events against our clock; the delay on the way is in it"
_BY: Final = re.compile(r"(?:(\d{1,4}):)?(?:(\d{1,4}):)?(\d{1,6}(?:[.,]\d{1,3})?)")


def content(request: HttpRequest, user: User, source: Source, trouble: str) -> dict[str, Any]:
    """What the page shows of the clock. ``trouble`` is said beside the form when that is what was sent.

    The form begins with what was typed, or with the estimate when the address asks for it.
    """
    found = visible_to(user, ClockOffset.objects.filter(source=source.name).order_by("-pk"))
    typed, of = request.POST.dict(), request.POST.get("of", "")
    asks = request.GET.get("clock") == "estimate"
    proposed = _proposed(source)
    return {
        "offsets": [(one, offset_words(one.ahead_seconds, one.error_seconds)) for one in found],
        "is_measured": any(one.taken_back_at is None for one in found),
        "proposes": proposed is not None,
        "clock_form": typed if of == "clock" else _begun(user, proposed if asks else None),
        "clock_is_open": asks or of == "clock",
        "back_form": typed if of == "clock-back" else {},
        "trouble": "" if of else trouble,
        "clock_trouble": trouble if of else "",
    }


def _proposed(source: Source) -> float | None:
    skew = source.skew_seconds
    return skew if skew is not None and SHOWS < abs(skew) <= clocks.MOST.total_seconds() else None


def _begun(user: User, skew: float | None) -> dict[str, str]:
    by = {"by": user.get_full_name() or user.username}
    if skew is None:
        return by
    at = timezone.now().astimezone(zone_of(user))
    told = {"way": "ahead" if skew > 0 else "behind", "seconds": f"{abs(skew):.1f}", "how": ESTIMATED}
    return by | told | {"at": f"{at:%Y-%m-%dT%H:%M}"}


def measured(request: HttpRequest, user: User) -> clocks.Measured:
    """What the form says. Raises ValidationError in words."""
    told, zone = request.POST, zone_of(user)
    at = _moment(told.get("at", ""), zone, "measured at")
    if at is None:
        raise ValidationError("Say when it was measured.")
    ahead = _seconds(told.get("seconds", ""), "by how much the clock is wrong")
    return clocks.Measured(
        ahead=-ahead if told.get("way") == "behind" else ahead,
        error=_seconds(told.get("error", ""), "to how many seconds that is known"),
        at=at,
        by=told.get("by", "")[:120],
        how=told.get("how", "")[:300],
        since=_moment(told.get("since", ""), zone, "from"),
        until=_moment(told.get("until", ""), zone, "until"),
    )


def chosen(request: HttpRequest, user: User, source: Source) -> ClockOffset:
    """The measurement that a form takes back."""
    number = request.POST.get("offset", "")
    if not is_number(number):
        raise Http404("Say which measurement.")
    return get_object_or_404(visible_to(user, ClockOffset.objects.filter(source=source.name)), pk=int(number))


def _seconds(text: str, what: str) -> float:
    """``220``, ``1.5`` or ``3:40``."""
    found = _BY.fullmatch(text.strip())
    if found is None:
        raise ValidationError(f"Say {what}, as seconds or as minutes and seconds, such as 220 or 3:40.")
    parts = [float(one.replace(",", ".")) for one in found.groups() if one is not None]
    whole = timedelta()
    for part in parts:
        whole = whole * 60 + timedelta(seconds=part)
    return whole.total_seconds()


def _moment(text: str, zone: Any, what: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        local: datetime | None = datetime.fromisoformat(text.strip())
    except ValueError:
        local = None
    if local is None or not 1990 <= local.year < 9000:
        raise ValidationError(f"“{text}” under “{what}” is no date and time; write it like 2026-11-17 10:30.")
    try:
        return local_moment(local, zone)
    except ClockError as error:
        raise ValidationError(str(error)) from None
