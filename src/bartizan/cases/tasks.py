"""Working out where a case leads, beside the line that raised it, so that intake never waits for it."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

import orjson
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from bartizan.cases import actions
from bartizan.cases.actions.case import AGAIN
from bartizan.cases.actions.retention import end_records
from bartizan.cases.actions.run import forget_drills, look_at_runs, remind_of_drills, start_fitting
from bartizan.cases.inquiry import weigh
from bartizan.cases.models import Case
from bartizan.engines import pinpoint
from bartizan.engines.observe import moment
from bartizan.estate.queries import snapshot
from bartizan.watch.lake import Window, rates
from bartizan.watch.lake.slices import by_ids, touching
from bartizan.watch.queries import lake

log = logging.getLogger(__name__)
POLL = 0.1
MARGIN = DAY = timedelta(days=1)
RATES_OVER = timedelta(days=30)
CLOCKS_EVERY = 15.0
"""Seconds between two looks at the legal clocks."""
RUNS_EVERY = 1.0
"""The same for runs of response plans: what a step does by itself is not to wait."""


def work(stop: threading.Event) -> None:
    """In the ``worker`` process: look at each case when it is due, and rest as long as that took, so that a flood of
    cases leaves the machine to those who receive and judge."""
    rest, clocks_at, runs_at, ended_on = POLL, 0.0, 0.0, None
    while not stop.wait(rest):
        began = time.monotonic()
        try:
            if began >= clocks_at:
                clocks_at = began + CLOCKS_EVERY
                actions.tell_due(timezone.now())
                forget_drills(timezone.now().date())
                actions.tell_silent(timezone.now())
                remind_of_drills(timezone.now())
            if ended_on != (now := timezone.now()).date():
                end_records(now)
                ended_on = now.date()
            if began >= runs_at:
                runs_at = began + RUNS_EVERY
                look_at_runs(timezone.now())
            case = Case.objects.filter(look_at__lte=timezone.now()).order_by("look_at").first()
            if case is not None:
                _look(case)
        except DatabaseError as error:
            log.warning("The records are busy (%s); cases are looked at again in a moment.", error)
        close_old_connections()
        rest = max(POLL, time.monotonic() - began)


def _look(case: Case) -> None:
    try:
        start_fitting(case)
        locate(case)
        start_fitting(case)  # some plans are meant for a way in, which is known only now
        if _has_settled(case) or not (case.pinpoint.get("verdict") or _others_wait(case)):
            identify(case)
    except Exception:
        log.exception(
            "Where case %s leads could not be worked out; it is tried again with its next alarm.", case.number
        )
    actions.looked(case)


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
    told = orjson.loads(result.as_json())
    kept = {part: case.pinpoint[part] for part in ("verdict", "gate") if part in case.pinpoint}
    actions.set_pinpoint(case, told | kept)


def _has_settled(case: Case) -> bool:
    """This is the last look for now: nothing was asked since, and what followed the alarms has come in."""
    return case.asked_at is not None and case.asked_at + AGAIN[-1] <= timezone.now()


def _others_wait(case: Case) -> bool:
    """Where the others lead comes first: that takes a moment, and asking who takes seconds."""
    return Case.objects.filter(look_at__lte=timezone.now()).exclude(pk=case.pk).exists()


def identify(case: Case) -> None:
    """Ask the engine who, or that nobody can be named: seconds of work, so once at first and once when all is in."""
    verdict = weigh(case, lake(), snapshot())
    if verdict:
        gate = {**verdict["gate"], "digest": verdict["result_digest"]}
        actions.set_pinpoint(case, case.pinpoint | {"verdict": verdict, "gate": gate})
