"""Who is on call at Veldmark, and what its officers were told lately."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bartizan.cases.models import Case
from bartizan.core.models import User
from bartizan.demo.places import TIMEZONE
from bartizan.notices.models import CRITICAL, Duty, Notice, QuietHours
from bartizan.watch.models import Source

WEEK: Final = timedelta(days=7)
FURTHER: Final = (("nora", 1, CRITICAL, ""), ("yusuf", 2, 0, ""), ("saskia", 3, 0, ""))
ON_CALL: Final = (("pieter", 1, 0, "Control room"), *FURTHER)
NEXT_WEEK: Final = (("aisha", 1, 0, "Control room"), *FURTHER)


def write(now: datetime) -> None:
    """Weeks begin on Monday at eight."""
    people = {user.username: user for user in User.objects.all()}
    zone = ZoneInfo(TIMEZONE)
    local = now.astimezone(zone)
    monday = datetime.combine(local.date() - timedelta(days=local.weekday()), time(8), zone)
    begin = monday if monday <= local else monday - WEEK
    for start, order in ((begin, ON_CALL), (begin + WEEK, NEXT_WEEK)):
        Duty.objects.bulk_create(
            Duty(user=people[name], place=place, least=least, note=note, starts_at=start, ends_at=start + WEEK)
            for name, place, least, note in order
        )
    nora = people["nora"]
    QuietHours.objects.create(
        user=nora, starts=time(22), ends=time(7), days=list(range(7)), zone=TIMEZONE, breaks=CRITICAL
    )
    _told(nora, now)


def _told(nora: User, now: datetime) -> None:
    """Of the cases and sources that the demo has; the older are read."""
    for case in Case.objects.order_by("opened_at"):
        Notice.objects.create(
            user=nora,
            words=f"Case {case.number} was opened: {case.headline}",
            brief=f"Case {case.number}",
            url=f"/cases/{case.number}",
            level=case.level,
            about=f"case:{case.number}",
            trigger="case-opened",
            at=case.opened_at,
            read_at=case.opened_at + timedelta(minutes=4) if case.state == "closed" else None,
        )
    source = Source.objects.order_by("name").first()
    if source is not None:
        at = now - timedelta(days=2, hours=3)
        Notice.objects.create(
            user=nora,
            words=f"Source {source.name} is in trouble: nothing came for 20 minutes; check that it still sends.",
            brief="A source is in trouble",
            url=f"/sources/{source.name}",
            level=2,
            about=f"source:{source.name}",
            trigger="source-trouble",
            at=at,
            read_at=at + timedelta(hours=1),
        )
