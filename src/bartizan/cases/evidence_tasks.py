"""In the ``worker`` process: contents are read again, and time stamps asked for, beside everything else."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections
from django.db.models import F, Max, Q
from django.utils import timezone

from bartizan.cases.actions import proving
from bartizan.cases.custody import Evidence
from bartizan.cases.models import Custody, CustodyCheck
from bartizan.core import preferences

log = logging.getLogger(__name__)
POLL = 2.0
AGAIN = timedelta(minutes=2)
"""Until an authority that gave no answer is asked again."""
NIGHT = 2
"""The hour, UTC, from which on contents are read once a day."""
CLOSED_DAYS = 7
"""How often those of a closed case are."""


def work(stop: threading.Event) -> None:
    while not stop.wait(POLL):
        try:
            once(timezone.now())
        except DatabaseError as error:
            log.warning("The records are busy (%s); evidence is looked at again in a moment.", error)
        except Exception:
            log.exception("Evidence could not be examined; it is tried again in a moment.")
        close_old_connections()


def once(now: datetime) -> None:
    """Whatever is due: checks that were asked for, those of the night, and time stamps."""
    for custody in due_tonight(now):
        proving.ask_check(custody.case, None)
    for asked in CustodyCheck.objects.filter(ended_at=None).select_related("custody__case").order_by("asked_at"):
        proving.check(asked)
    if preferences.get(Evidence).authority:
        for custody in unstamped(now):
            proving.stamp(custody)


def due_tonight(now: datetime) -> list[Custody]:
    """Those that nobody has examined since the last night began; of closed cases, for a week."""
    night = now.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    night -= timedelta(days=1) if night > now else timedelta()
    found = Custody.objects.filter(number__gt=0).annotate(last=Max("checks__asked_at"))
    is_open = ~Q(case__state="closed") & (Q(last__lt=night) | Q(last=None, links__written_at__lt=night))
    is_closed = Q(case__state="closed", last__lt=now - timedelta(days=CLOSED_DAYS))
    return list(found.filter(is_open | is_closed).select_related("case").distinct())


def unstamped(now: datetime) -> list[Custody]:
    """Chains that have grown since their last time stamp, and whose authority is not being given a rest."""
    found = Custody.objects.annotate(stamped=Max("timestamps__number")).filter(number__gt=0)
    grown = found.filter(Q(stamped=None) | Q(stamped__lt=F("number")))
    return list(grown.filter(Q(tried_at=None) | Q(tried_at__lt=now - AGAIN)).select_related("case"))
