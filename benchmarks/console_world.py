"""The data folder of the console's benchmark: an office's records, and a month of its events."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks import console_wings
from benchmarks.console_inquiry import fill

EVENTS: Final = 5_000_000
PEOPLE: Final = 10_000
ALARMS: Final = 2_000
CASES: Final = 300
DAYS: Final = 30
READY: Final = "benchmark-ready"

# Kind, domain, OCSF class and share in a thousand: as an office with a talkative network.
MIX: Final = (
    ("network.flow", "network", 4001, 330), ("network.dns", "network", 4003, 100), ("host.process", "host", 1007, 250),
    ("host.audit", "host", 1007, 80), ("host.log", "host", 0, 60), ("login.success", "login", 3002, 50),
    ("login.failure", "login", 3002, 10), ("document.read", "document", 1001, 40), ("door.granted", "door", 9001, 50),
    ("door.opened", "door", 9001, 20), ("alarm.motion", "alarm", 9002, 8), ("camera.person", "camera", 9003, 2),
)  # fmt: skip


def make(folder: Path, people: int, events: int) -> None:
    """Fill the folder unless an earlier run with the same numbers did; its events end when it was made."""
    said = f"{people} people, {events} events, an inquiry, wings"
    ready = folder / READY
    os.environ |= {"BARTIZAN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
    if ready.exists() and ready.read_text() == said:
        subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], check=True)
        return
    if folder.exists() and any(folder.iterdir()):
        raise SystemExit(f"{folder} holds something else; give --cache an empty folder, or the same numbers.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], check=True)
    import django

    django.setup()
    _records(people)
    _events(folder, people, events)
    _inquiry()
    _wings()
    ready.write_text(said)


def _records(people: int) -> None:
    from bartizan.core import actions
    from bartizan.watch.actions import first_sources
    from benchmarks.office import Office

    officer = actions.first_officer("officer", "Olga Officer")
    officer.set_password("nine towers and a moat")
    officer.save(update_fields=["password"])
    first_sources()
    Office(people, alarms=ALARMS, cases=CASES, now=datetime.now(UTC).replace(microsecond=0)).build()
    for n in range(50):
        actions.record(officer, "looked", f"person:VI-{n:05d}")


def _inquiry() -> None:
    """The newest case: everything that an inquiry adds to one, and a dozen alarms of the month."""
    from bartizan.cases.actions import open_case
    from bartizan.core.models import User
    from bartizan.watch.models import Alarm

    officer, now = User.objects.get(username="officer"), datetime.now(UTC)
    case = open_case(headline="Designs were copied at a workstation", by=officer)
    alarms = list(Alarm.objects.filter(level__gte=3, cases=None).order_by("-last_at")[:12])
    case.alarms.add(*alarms)
    case.zone, case.site, case.level = alarms[0].zone, alarms[0].site, alarms[0].level
    case.first_at, case.last_at = min(one.first_at for one in alarms), alarms[0].last_at
    fill(case, officer, now)


def _wings() -> None:
    from bartizan.core.models import User

    console_wings.fill(User.objects.get(username="officer"), datetime.now(UTC))


def _events(folder: Path, people: int, events: int) -> None:
    """A month of events, a day at a time, made by the database itself in the order of their time."""
    from bartizan.watch.lake import Lake

    names = _names()
    first = (datetime.now(UTC) - timedelta(days=DAYS - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    with Lake(folder / "lake") as lake:
        connection: Any = lake._connection  # noqa: SLF001  the one way to fill it faster than an office could
        connection.register("doors", names)
        connection.register("kinds", _kinds())
        for day in range(DAYS):
            start = first + timedelta(days=day)
            end = min(start + timedelta(days=1), datetime.now(UTC))
            connection.execute(DAY, {"n": events // DAYS, "start": start, "seconds": (end - start).total_seconds(),
                                     "people": people, "doors": names.num_rows, "seed": day})  # fmt: skip


def _names() -> Any:
    """Doors with their zones and sites, as the events name them."""
    import pyarrow as pa

    from bartizan.estate.models import Portal

    rows = list(Portal.objects.order_by("pk").values_list("code", "inner__code", "inner__site__code"))
    columns = ("portal", "zone", "site")
    return pa.table({name: [row[n] for row in rows] for n, name in enumerate(columns)} | {"n": list(range(len(rows)))})


def _kinds() -> Any:
    """A row for each of a thousand rolls."""
    import pyarrow as pa

    rows = [(kind, domain, uid) for kind, domain, uid, share in MIX for _ in range(share)]
    columns = ("kind", "domain", "class_uid")
    return pa.table({name: [row[n] for row in rows] for n, name in enumerate(columns)} | {"n": list(range(len(rows)))})


DAY: Final = """
INSERT INTO lake.event BY NAME
WITH rolled AS (
  SELECT i, CAST(hash(i, $seed) % 1000000000 AS BIGINT) AS h, CAST(hash(i, $seed, 1) % 1000 AS BIGINT) AS roll,
    CAST(hash(i, $seed, 2) % $people AS BIGINT) AS who, CAST(hash(i, $seed, 3) % $doors AS BIGINT) AS door,
    $start::TIMESTAMPTZ + to_microseconds(CAST(i * ($seconds * 1e6 / $n) AS BIGINT)) AS time
  FROM range($n) AS of(i)
)
SELECT uuid() AS id, r.time, r.time + INTERVAL 60 MILLISECONDS AS received, k.class_uid, 0::TINYINT AS level,
  if(k.domain IN ('door', 'alarm', 'camera'), 'doors', 'hosts') AS source, k.domain, k.kind,
  CASE WHEN k.domain = 'door' THEN 'badge:' || (400000 + who) WHEN k.domain IN ('alarm', 'camera') THEN ''
    ELSE 'user:u' || printf('%05d', who) END AS actor,
  if(k.domain IN ('alarm', 'camera'), '', 'VI-' || printf('%05d', who)) AS person,
  if(k.domain IN ('door', 'alarm', 'camera'), 'portal:' || d.portal, '') AS place,
  if(k.domain IN ('door', 'alarm', 'camera'), d.zone, '') AS zone,
  if(k.domain = 'door', d.portal, '') AS portal, d.site AS site,
  CASE k.domain WHEN 'door' THEN 'reader:' || d.portal || 'R' WHEN 'alarm' THEN 'detector:' || d.portal || 'M'
    WHEN 'camera' THEN 'camera:' || d.portal || 'C' ELSE 'host:VM-WS-' || printf('%05d', who) END AS device,
  if(k.domain IN ('door', 'alarm', 'camera'), '', 'VM-WS-' || printf('%05d', who)) AS host,
  if(k.domain = 'document', 'file:/srv/share/' || (h % 5000) || '.step', '') AS asset,
  if(k.kind = 'login.failure', 'failure', 'success') AS outcome,
  k.kind || ' by ' || who AS summary, '' AS raw, '' AS clock, '[]' AS rules,
  '{"pid": ' || (h % 60000) || ', "src_ip": "10.20.' || (h % 250) || '.' || (h // 250 % 250) || '"}' AS data,
  '{}' AS facts
FROM rolled AS r JOIN kinds AS k ON r.roll = k.n JOIN doors AS d ON r.door = d.n
ORDER BY r.time
"""
