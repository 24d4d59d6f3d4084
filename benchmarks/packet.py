"""How long the police packet of a closed case takes: 27 exhibits, some 200 lines of chronology, a verdict.

python -m benchmarks.packet --json

Every part is the real one: the records in a data folder of their own, contents encrypted in the vault and read to their
last byte, the PDF, and case_validate where case-utils is installed. No time stamp: the wait is an authority's.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from benchmarks.report import Figure, report

EXHIBITS, ROWS, RUNS = 27, 200, 3
CONTENT = 2_000_000
"""Bytes of each exhibit that has content."""


def figures() -> dict[str, Figure]:
    """In a process of its own: it opens records, and other benchmarks must not."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "BARTIZAN_DATA": folder, "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
        subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], check=True, env=env)
        command = [sys.executable, "-m", "benchmarks.packet", "--in-folder"]
        done = subprocess.run(command, check=True, env=env, capture_output=True, text=True)
    seconds, pages, size = done.stdout.split()[-3:]
    return {
        "packet_seconds": Figure(float(seconds), "s", "<= 30"),
        "packet_pages": Figure(int(pages), ""),
        "packet_megabytes": Figure(float(size), "MB"),
    }


def _timed() -> None:
    import django

    django.setup()
    from bartizan.cases.actions.packet import make_packet
    from bartizan.cases.dossier import Asked

    case, officer = _case()
    asked = Asked("police", "Police", signers=(("Olga Officer", "led the inquiry"),), with_contents=True)
    made = [make_packet(case, asked, officer, "Olga Officer") for _ in range(RUNS)]
    last = made[-1]
    assert last.file is not None
    print(statistics.median(one.seconds for one in made), last.pages, last.file.size / 1e6)


def _case() -> tuple[Any, Any]:
    """A closed case with everything that a packet holds."""
    from bartizan.cases.actions import add_task, finish_task, open_case, set_pinpoint, set_state
    from bartizan.core.actions import first_officer
    from bartizan.estate.models import Organisation, Site, Zone

    Organisation.objects.create(name="Keep & Co")
    site = Site.objects.create(code="KP", name="The Keep", timezone="Europe/Amsterdam")
    Zone.objects.create(code="LAB", name="Lab", site=site)
    officer = first_officer("officer", "Olga Officer")
    case = open_case(headline="Design files were copied at a workstation", by=officer)
    for number in range(EXHIBITS):
        _exhibit(case, officer, number)
    set_pinpoint(case, result())
    finish_task(add_task(case, "Badge stopped", "Olga Officer", None, officer), officer)
    set_state(case, "closed", "All of it is with the police.", officer)
    return case, officer


def _exhibit(case: Any, officer: Any, number: int) -> None:
    """Two in three are files, the rest are things that go from hand to hand."""
    from bartizan.cases.actions import content, exhibit
    from bartizan.cases.custody import Description, Party, Step, signed_by, signed_on_paper

    def mine(part: str) -> Any:
        return signed_by(officer, part, "Olga Officer")

    told = Description(f"Thing {number}", "as it was found", found_where="Lab")
    if number % 3:
        data = Random(number).randbytes(CONTENT)
        step = Step("it may prove something", place="vault")
        exhibit.take_in(case, told, step, [mine("takes")], officer,
                        lambda: content.upload(case, f"thing-{number}.bin", [data], officer))  # fmt: skip
        return
    step = Step("it may prove something", "gloves", "Evidence safe", seal_left=f"S-{number}")
    made = exhibit.take_in(case, told, step, [mine("takes")], officer)
    police = Party("R. Mulder, police laboratory")
    leaves = Step("for prints", "by car", "Police laboratory", seal_state="whole", seal_found=f"S-{number}")
    taken = signed_on_paper(police, "takes", f"receipt {number}", "warrant card 4471")
    exhibit.hand_over(made, police, leaves, [mine("gives"), taken], officer)


def result() -> dict[str, Any]:
    """As the engine stores it, with a verdict of the console's own kind."""
    import orjson

    from bartizan.engines.pinpoint.who import pinpoint
    from benchmarks.breach.case import make

    at = int(datetime(2026, 11, 16, 20, tzinfo=UTC).timestamp() * 1e6)
    gap = int(timedelta(seconds=20).total_seconds() * 1e6)
    steps = [
        {"number": n, "time": at + n * gap, "until": at + n * gap, "events": [f"e-{n}"], "count": 1,
         "kind": "host.login", "domain": "host", "sentence": f"A device wrote line {n}",
         "why": "same host",
         "is_certain": bool(n % 5), "is_effect": n == ROWS // 2, "zone": "LAB", "portal": "", "host": ""}
        for n in range(ROWS)
    ]  # fmt: skip
    place = {"words": "Lab, The Keep", "probability": 0.97, "sureness": "almost certain", "zone": "LAB", "host": ""}
    verdict = orjson.loads(pinpoint(make(1, route="usb_copy", insider=True).inquiry).as_json())
    return {"version": 1, "digest": "d", "how": "Copied to a disk", "place": place, "steps": steps, "window": "",
            "verdict": verdict, "gate": {**verdict["gate"], "digest": verdict["result_digest"]}}  # fmt: skip


if __name__ == "__main__":
    if "--in-folder" in sys.argv:
        _timed()
    else:
        report("packet", figures(), exhibits=EXHIBITS, rows=ROWS)
