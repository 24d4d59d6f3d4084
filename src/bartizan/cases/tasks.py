"""Working out where a case leads, beside the line that raised it, so that intake never waits for it."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

import orjson
from django.db import close_old_connections

from bartizan.cases import actions
from bartizan.cases.models import Case
from bartizan.engines import pinpoint
from bartizan.engines.observe import moment
from bartizan.estate.queries import snapshot
from bartizan.watch.lake import Window, rates
from bartizan.watch.lake.slices import by_ids, touching
from bartizan.watch.queries import lake

log = logging.getLogger(__name__)
SETTLES = 2.0
"""Seconds between two looks at one case while its alarms still come in."""
AGAIN = (15.0, 60.0)
"""Seconds after an alarm at which the case is looked at once more: what followed it belongs to the sequence."""
MARGIN = DAY = timedelta(days=1)
RATES_OVER = timedelta(days=30)

_due: dict[int, list[float]] = {}
"""The times at which each case is to be looked at, the next one first."""
_last: dict[int, float] = {}
_wake = threading.Condition()
_thread: threading.Thread | None = None


def locate_soon(case: int) -> None:
    """Look at the case at once, or shortly when it was looked at a moment ago; and again when things have settled."""
    global _thread  # noqa: PLW0603  one thread a process, started by the first case
    with _wake:
        now = time.monotonic()
        first = max(now, _last.get(case, 0.0) + SETTLES)
        _due[case] = [min([first, *_due.get(case, [])]), *(now + after for after in AGAIN)]
        if _thread is None:
            _thread = threading.Thread(target=_work, name="pinpoint", daemon=True)
            _thread.start()
        _wake.notify()


def _next() -> int:
    """Wait for the case that is due first."""
    with _wake:
        while True:
            case = min(_due, key=lambda each: _due[each][0], default=None)
            wait = _due[case][0] - time.monotonic() if case is not None else None
            if case is not None and wait is not None and wait <= 0:
                break
            _wake.wait(wait)
        _due[case] = _due[case][1:]
        if not _due[case]:
            del _due[case]
        _last[case] = time.monotonic()
        return case


def _work() -> None:
    while True:
        case = _next()
        try:
            locate(Case.objects.get(pk=case))
        except Exception:
            log.exception("Where case %s leads could not be worked out; it is tried again with its next alarm.", case)
        finally:
            close_old_connections()


def locate(case: Case) -> None:
    """Ask the lake for what the case may rest on, and the engine where it leads."""
    store, estate = lake(), snapshot()
    wanted = {e.event for alarm in case.alarms.all() for e in alarm.events.order_by("-at")[:200]}
    effects = by_ids(store, wanted, Window(case.first_at - MARGIN, case.last_at + MARGIN))
    if not effects:
        log.warning("Case %s: none of its events is in the lake any more.", case.number)
        return
    scope = pinpoint.scope(effects, estate)
    window = Window(moment(scope.since), moment(scope.until))
    found = touching(store, scope.references, window, limit=scope.limit, without=scope.quiet_kinds)
    since = window.start - RATES_OVER
    pairs = {(e["kind"], e[role]) for e in (*effects, *found) for role in ("actor", "device", "place") if e[role]}
    counts = rates(store, pairs, since)
    result = pinpoint.locate(effects, found, pinpoint.Rates(counts, (window.end - since) / DAY), estate)
    actions.set_pinpoint(case, orjson.loads(result.as_json()))
