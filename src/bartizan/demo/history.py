"""What happened before the console opened: alarms that are held, shelved and closed, and the cases they led to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from bartizan.cases.models import Case, CaseEntity, Note, Task
from bartizan.core.models import User
from bartizan.demo.outlets import CAMERAS, DOORS, SENSORS, SYSLOG
from bartizan.engines.observe import microseconds
from bartizan.watch.models import Alarm, AlarmEvent

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Past:
    """An alarm of the past, with the event that it rests on."""

    name: str
    title: str
    level: int
    where: str
    ago: timedelta
    source: str
    kind: str
    parts: dict[str, str]
    """What the event names: actor, place, device."""
    subject: dict[str, str]
    """What the alarm names: zone, portal, site, person."""
    state: str = "closed"
    holder: str = ""
    reason: str = ""
    count: int = 1
    lasts: timedelta = timedelta()
    """For how long it is shelved."""


HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
PAST: Final = (
    Past("bay3", "Door held open", 2, "Goods hall 0.12, Eastgate", 18 * MINUTE, DOORS, "door.held",
         {"place": "portal:EG-0-B03"}, {"zone": "EG-0.12", "portal": "EG-0-B03", "site": "EG"},
         "acknowledged", "jonas", count=2),
    Past("c04", "Camera silent", 2, "Research office 2.10, Mill Lane", 45 * MINUTE, CAMERAS, "device.offline",
         {"device": "camera:ML-2-C04"}, {"zone": "ML-2.10", "site": "ML", "device": "camera:ML-2-C04"},
         "acknowledged", "yusuf"),
    Past("scan", "Dormant user account", 1, "Communications 3.12, Harbour House", HOUR, SYSLOG, "login.success",
         {"actor": "user:svc-scan", "device": "host:HH-PRN-02"},
         {"actor": "user:svc-scan", "device": "host:HH-PRN-02", "zone": "HH-3.12", "site": "HH"},
         "acknowledged", "yusuf"),
    Past("tailgate", "Tailgate", 2, "Turnstile 1, Harbour House", 2 * DAY, DOORS, "door.tailgate",
         {"place": "portal:HH-0-T01"}, {"zone": "HH-0.00", "portal": "HH-0-T01", "site": "HH"},
         "shelved", reason="Removal firm; known to reception.", count=9, lasts=8 * HOUR),
    Past("battery", "Battery low", 1, "Detector EG-0-M16, Eastgate", 3 * DAY, SENSORS, "device.battery",
         {"device": "detector:EG-0-M16"}, {"zone": "EG-0.16", "site": "EG", "device": "detector:EG-0-M16"},
         "shelved", reason="Battery ordered, comes on Thursday.", lasts=3 * DAY),
    Past("clock", "Clock off by 94 s", 1, "Panel EG-PA-1, Eastgate", 5 * DAY, SENSORS, "device.state",
         {"device": "panel:EG-PA-1"}, {"zone": "EG-0.00", "site": "EG", "device": "panel:EG-PA-1"},
         "shelved", reason="Technician booked.", lasts=5 * DAY),
    Past("gate2", "Tailgating at Gate 2", 1, "Gate 2, Eastgate", 6 * DAY + 3 * HOUR, DOORS, "door.tailgate",
         {"place": "portal:EG-0-G02"}, {"zone": "EG-YARD", "portal": "EG-0-G02", "site": "EG"},
         "acknowledged", "jonas"),
    Past("laptop", "Tamper at a desk lock", 2, "Finance 3.10, Harbour House", 4 * DAY + 2 * HOUR, SENSORS,
         "alarm.tamper", {"place": "zone:HH-3.10", "device": "detector:HH-3-M10"},
         {"zone": "HH-3.10", "site": "HH", "device": "detector:HH-3-M10"}, "acknowledged", "saskia"),
    Past("visitor", "Badge refused repeatedly", 2, "Legal archive 4.02, Harbour House", 11 * DAY, DOORS, "door.denied",
         {"actor": "badge:9003", "place": "portal:HH-4-002", "device": "reader:HH-4-R02"},
         {"actor": "badge:9003", "zone": "HH-4.02", "portal": "HH-4-002", "site": "HH"},
         holder="pieter", reason="Visitor had been sent to the wrong floor.", count=4),
    Past("archive", "Revoked badge used", 3, "Stair B, Mill Lane", 8 * DAY + 5 * HOUR, DOORS, "door.denied",
         {"actor": "badge:4990", "place": "portal:ML-1-030", "device": "reader:ML-1-R30"},
         {"actor": "badge:4990", "person": "VI-0018", "zone": "ML-1.00", "portal": "ML-1-030", "site": "ML"},
         holder="saskia", reason="Old day badge in the cleaner's coat; handed in.", count=2),
    Past("wind", "Door forced", 4, "Goods in 0.14, Mill Lane", 19 * DAY + 7 * HOUR, DOORS, "door.forced",
         {"place": "portal:ML-0-B01"}, {"zone": "ML-0.14", "portal": "ML-0-B01", "site": "ML"},
         holder="aisha", reason="Wind; the closer was adjusted."),
)  # fmt: skip
# Cases: the alarm they began with, headline, state, who leads, why closed, tasks and notes (who, words).
CASES: Final = (
    ("wind", "Loading door at Mill Lane was blown open; nothing is missing", "closed", "aisha",
     "Wind. Door closer adjusted and tested.", (), (("aisha", "Walked the goods area with the technician."),)),
    ("archive", "A cleaner's revoked day badge was tried at stair B, Mill Lane", "closed", "saskia",
     "Old badge in a coat. Handed in and destroyed.", (), (("saskia", "Rui Carvalho called by himself."),)),
    ("gate2", "Somebody followed a lorry through Gate 2 at Eastgate", "investigating", "jonas", "",
     (("Ask the carrier for the driver's name", "Jonas Lund", 2), ("Look at the gate's detector", "Yusuf Demir", 1)),
     (("jonas", "The second car was a parcel service, most likely."),)),
    ("laptop", "A laptop is missing from Finance 3.10, Harbour House", "investigating", "saskia", "",
     (("Ask the evening cleaners", "Saskia Amrani", 1), ("Confirm that its disk is encrypted", "Yusuf Demir", -1)),
     (("saskia", "Last seen on the desk the evening before."), ("yusuf", "No personal data on it, says its owner."))),
)  # fmt: skip


def events(now: datetime) -> Iterator[Event]:
    """The events that the alarms rest on, to be put into the lake with the rest of the month."""
    for past in PAST:
        at = microseconds(now - past.ago)
        yield {"id": _identity(past, now), "time": at, "received": at + 200_000, "source": past.source,
               "kind": past.kind, "level": past.level, **past.parts}  # fmt: skip


def _identity(past: Past, now: datetime) -> str:
    return str(uuid5(NAMESPACE_URL, f"veldmark:{past.name}:{now.isoformat()}"))


def write(now: datetime, officers: Sequence[User]) -> dict[str, list[int]]:
    """Make the alarms and cases; the keys of their records, so that they can be removed."""
    by_name = {officer.username: officer for officer in officers}
    alarms = {past.name: _alarm(past, now, by_name) for past in reversed(PAST)}
    cases = [_case(alarms[row[0]], row, number, now, by_name) for number, row in enumerate(CASES, 1)]
    return {"alarms": [alarm.pk for alarm in alarms.values()], "cases": [case.pk for case in cases]}


def _alarm(past: Past, now: datetime, officers: dict[str, User]) -> Alarm:
    at = now - past.ago
    is_closed = past.state == "closed"
    alarm = Alarm.objects.create(
        rule=f"veldmark-{past.name}", title=past.title, level=past.level, state=past.state,
        group=f"veldmark|{past.name}", where=past.where, summary=f"{past.title}: {past.where}", count=past.count,
        first_at=at, last_at=at, raised_at=at, holder=officers.get(past.holder), reason=past.reason,
        acknowledged_at=at + 3 * MINUTE if past.holder else None,
        shelved_until=now + past.lasts if past.state == "shelved" else None,
        closed_at=min(now, at + 2 * HOUR) if is_closed else None, **past.subject,
    )  # fmt: skip
    AlarmEvent.objects.create(
        alarm=alarm, rule=alarm.rule, event=_identity(past, now), at=at, kind=past.kind, summary=alarm.summary
    )
    return alarm


def _case(alarm: Alarm, row: Any, number: int, now: datetime, officers: dict[str, User]) -> Case:
    _, headline, state, lead, because, tasks, notes = row
    at = alarm.first_at
    case = Case.objects.create(
        number=f"{at.year}-{number + 34:03d}", headline=headline, level=alarm.level, state=state,
        opened_at=at + 4 * MINUTE, opened_by=officers[lead], lead=officers[lead], first_at=at, last_at=at,
        zone=alarm.zone, site=alarm.site, closed_because=because,
        closed_at=min(now, at + 26 * HOUR) if state == "closed" else None,
        asked_at=at, look_at=None if state == "closed" else now,
    )  # fmt: skip
    case.alarms.add(alarm)
    places = {f"zone:{alarm.zone}": "place", f"portal:{alarm.portal}" if alarm.portal else "": "place"}
    for reference, part in ({alarm.actor: "actor", alarm.device: "device"} | places).items():
        if reference:
            CaseEntity.objects.create(case=case, reference=reference, part=part)
    for words, who, days in tasks:
        Task.objects.create(case=case, words=words, who=who, due_at=now + days * DAY, done_at=now if days < 0 else None)
    for who, words in notes:
        Note.objects.create(case=case, words=words, by=officers[who], at=min(now, at + 3 * HOUR))
    return case
