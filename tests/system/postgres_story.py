"""What a process of the office does with records in PostgreSQL: told as JSON to the test that started it."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import django

django.setup()

from django.db import connections  # noqa: E402  Django first
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from bartizan.cases.actions import content, exhibit, open_case  # noqa: E402
from bartizan.cases.custody import Content, Description, Step  # noqa: E402
from bartizan.cases.models import Case, Exhibit, Task, TimeStamp  # noqa: E402
from bartizan.cases.proofs import prove  # noqa: E402
from bartizan.core import audit  # noqa: E402
from bartizan.core.actions import record  # noqa: E402
from bartizan.core.models import User  # noqa: E402
from bartizan.estate.models import Person  # noqa: E402
from bartizan.watch.actions import Evidence, Raised, new_token, raise_alarms, save_source  # noqa: E402
from tests import world  # noqa: E402
from tests.cases.exhibits import LAPTOP, mine, to_police  # noqa: E402


def line() -> dict[str, Any]:
    """From a person to a case whose exhibit goes to the police; then both chains are walked."""
    here = world.build()
    case = open_case(headline="Laptop is missing", by=here.alice)
    step = Step("found with the lid open", "gloves", "Evidence safe, shelf 1", seal_left="S-20871")
    laptop = exhibit.take_in(case, LAPTOP, step, [mine(here.alice, "takes")], here.alice)

    def brought() -> Content:
        return content.upload(case, "note.txt", [b"meet me at ", b"the gate"], here.alice)

    kept = Step("it names the gate", place="vault")
    exhibit.take_in(case, Description("A note"), kept, [mine(here.alice, "takes")], here.alice, brought)
    to_police(laptop, here.alice)
    odd = {"half a character": "\ud800", "none\0": [1.0, 1e22, {"b": 1, "aa": 2}]}
    record(here.alice, "noted", f"case:{case.number}", **odd)
    save_source("this-machine", "journald", {}, None)
    faults = [fault.words for fault in prove(Case.objects.get(pk=case.pk)).faults]
    TimeStamp.objects.create(custody=case.custody, number=1, at=timezone.now(), token=b"a row to be kept")
    return {
        "case": case.number,
        "token": new_token(save_source("gate-controller", "http", {}, None), None),
        "people": Person.objects.filter(name__icontains="CAROL").count(),
        "exhibits": [each.number for each in Exhibit.objects.order_by("pk")],
        "faults": faults,
        "audit": asdict(audit.verify()),
    }


def crowd() -> dict[str, Any]:
    """Five officers open eight cases each at the same time."""
    alice = User.objects.get(username="alice")

    def some(officer: int) -> list[str]:
        try:
            return [open_case(headline=f"{officer}/{each}", by=alice).number for each in range(8)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        numbers = [number for each in pool.map(some, range(5)) for number in each]
    return {"numbers": sorted(numbers), "audit": audit.verify().trouble}


def odds() -> dict[str, Any]:
    """What SQLite takes or orders in its own way: long texts, things without a time, an alarm raised twice."""
    now = timezone.now()
    found = Raised(
        rule="r" * 90, title="t" * 300, level=3, group="g", at=now, triggers=["e1"],
        evidence=[Evidence("e1", now, "k" * 50)], where="w" * 300, subject={"zone": "z" * 31},
    )  # fmt: skip
    alarms = [alarm.pk for _ in range(2) for alarm in raise_alarms([found])]
    case = Case.objects.earliest("pk")
    for words, done in (("done", now), ("open", None)):
        Task.objects.create(case=case, words=words, done_at=done)
    client = Client(raise_request_exception=False, headers={"host": "localhost"})
    client.force_login(User.objects.get(username="alice"))
    nul = client.get("/cases", {"q": "\0"})
    plain = str(Case.objects.order_by("-pk").query)
    return {
        "alarms": alarms,
        "oldest first": list(case.tasks.order_by("done_at").values_list("words", flat=True)),
        "newest first": list(case.tasks.order_by("-done_at").values_list("words", flat=True)),
        "along an index": "NULLS" not in plain,
        "nul": [nul.status_code, "a sign that no record can hold" in nul.content.decode()],
    }


sys.stdout.write(json.dumps({"line": line, "crowd": crowd, "odds": odds}[sys.argv[1]]()))
