"""The ``worker`` process: work by the clock."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cronsim import CronSim
from django.conf import settings
from django.db import DatabaseError, IntegrityError, close_old_connections
from django.utils import timezone

from bartizan.core import audit, files, preferences, uploads
from bartizan.core.actions import keep_verdict
from bartizan.core.chain import AuditBrokenError
from bartizan.core.health import conditions
from bartizan.watch import actions, lake
from bartizan.watch.actions import sources
from bartizan.watch.decisions import Events
from bartizan.watch.models import LegalHold, Retention

log = logging.getLogger(__name__)
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
"""Of a legal hold that names no beginning or no end."""


@dataclass
class Job:
    part: str
    schedule: str
    """As in crontab, UTC."""
    do: Callable[[datetime], object]
    next_at: datetime | None = None


def compact(now: datetime) -> None:
    """Merge the lake's small files and let go of what nothing refers to any more."""
    with lake.Lake(Path(settings.DATA) / "lake") as store:
        store.compact()


def retain(now: datetime) -> None:
    """Delete events that are older than their kind is kept, but for what a legal hold covers."""
    days = {"": preferences.get(Events).kept_days} | {r.kind: r.days for r in Retention.objects.all()}
    holds = [
        lake.Hold(lake.Window(h.since or EARLIEST, h.until or LATEST), h.filters)
        for h in LegalHold.objects.filter(ended_at=None)
    ]
    with lake.Lake(Path(settings.DATA) / "lake") as store:
        store.retain([lake.Retention(kind, n) for kind, n in days.items()], holds, now)


def look_around(now: datetime) -> None:
    """Parts below the watch say how they are; here it becomes a trouble, or its end."""
    for condition in conditions():
        if condition.is_well:
            sources.well_again(condition.part)
        else:
            sources.note_trouble(condition.part, condition.words)


def walk_audit(now: datetime) -> None:
    """What it finds wrong is a trouble: an audit that is not whole may take no entry that could say so."""
    verdict = audit.verify()
    if verdict.is_whole:
        sources.well_again("audit")
    else:
        words = f"The audit is not whole. {verdict.trouble} Restore the last backup in which it is whole."
        sources.note_trouble("audit", words)
    with suppress(AuditBrokenError, IntegrityError):
        keep_verdict(None, verdict)


def jobs() -> list[Job]:
    return [
        Job("escalation", "* * * * *", actions.escalate_due),
        Job("shelf", "* * * * *", actions.unshelve_due),
        Job("silence", "* * * * *", sources.find_silent),
        Job("compaction", "*/10 * * * *", compact),
        Job("retention", "40 3 * * *", retain),
        Job("uploads", "50 * * * *", uploads.remove_old),
        Job("removed files", "10 4 * * *", files.forget_removed),
        Job("conditions", "* * * * *", look_around),
        Job("audit check", "20 4 * * *", walk_audit),
    ]


def run(stop: threading.Event) -> None:
    """Until SIGTERM or SIGINT, which set ``stop``. A job that fails is noted under Health, and tried again."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    plan = jobs()
    while not stop.wait(1.0):
        now = timezone.now()
        for job in plan:
            if job.next_at is not None and now >= job.next_at:
                do(job, now)
            if job.next_at is None or now >= job.next_at:
                job.next_at = next(CronSim(job.schedule, now))


def do(job: Job, now: datetime) -> None:
    close_old_connections()
    try:
        job.do(now)
        sources.well_again(job.part)
    except Exception as error:
        log.exception("%s failed", job.part)
        close_old_connections()
        with suppress(DatabaseError):  # the records do not answer: no reason to end all other jobs
            words = f"{job.part.capitalize()} failed: {error} It is tried again at its next time."
            sources.note_trouble(job.part, words)
