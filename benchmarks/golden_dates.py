"""Legal deadlines that were reckoned by hand from the statutes, against the engine: how many of them come out right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bartizan.cases.law_book import shipped
from bartizan.engines import clocks

GOLDEN = Path(__file__).parents[1] / "tests" / "engines" / "clocks" / "golden.yaml"
Golden = Mapping[str, Any]


def goldens() -> list[Golden]:
    found: list[Golden] = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))
    return found


def right() -> tuple[int, int]:
    """How many of the dates come out right, and of how many."""
    every = goldens()
    return sum(not difference(one) for one in every), len(every)


def difference(golden: Golden) -> str:
    """What the engine says otherwise than the hand; empty when they agree."""
    wanted = {key: golden[key] for key in ("due", "later", "applies", "refused", "binds") if key in golden}
    found = _reckoned(golden)
    return "; ".join(
        f"{key}: by hand {value}, reckoned {found.get(key)}"
        for key, value in wanted.items()
        if (value not in found.get(key, "") if key == "refused" else str(value) != str(found.get(key)))
    )


def _reckoned(golden: Golden) -> dict[str, str]:
    """What there is to compare, in the words of the file: times on the law's clock, a day's end as 24:00."""
    law = _law(golden)
    if "facts" in golden:
        return {"applies": {True: "yes", False: "no", None: "open"}[clocks.applies(law, golden["facts"]).applies]}
    site = golden["zone"]
    try:
        found = clocks.deadline(law, _moment(golden["trigger"], site), site_zone=site)
        found = clocks.held(law, found, [_hold(one, site) for one in golden.get("holds", ())])
    except (clocks.HoldRefused, clocks.ClockError) as refused:
        return {"refused": str(refused)}
    told = {"due": _ends(found.due_at, found.last_on, found.zone) if found.due_at else "no number"}
    told["later"] = _ends(found.later.due_at, None, found.zone) if found.later else "none"
    if "moved" in golden:
        told["binds"] = _binding(law, found, golden)
    return told


def _binding(law: clocks.Law, first: clocks.Deadline, golden: Golden) -> str:
    moved = clocks.deadline(law, _moment(golden["moved"], golden["zone"]), site_zone=golden["zone"])
    bound = clocks.binding([first, moved])
    assert bound is not None
    return _ends(bound.due_at, bound.last_on, bound.zone)


def _law(golden: Golden) -> clocks.Law:
    rule = golden["rule"]
    return shipped()[rule] if isinstance(rule, str) else clocks.law_of(OWN | rule, "golden.yaml")


def _moment(text: str, zone: str) -> datetime:
    """``2026-10-25 02:30 second``: as the site's clock showed it."""
    day, clock, *which = text.split()
    return clocks.local_moment(datetime.fromisoformat(f"{day} {clock}"), ZoneInfo(zone), *which)


def _hold(raw: Mapping[str, str], zone: str) -> clocks.Hold:
    until = date.fromisoformat(str(raw["until"]))
    return clocks.Hold(raw["form"], _moment(raw["stated"], zone), until, raw.get("by", "A. Official, field office"))


def _ends(due: datetime | None, last: date | None, zone: str) -> str:
    assert due is not None
    local = due.astimezone(ZoneInfo(zone))
    if local.time() == time() and last != local.date():
        return f"{local.date() - timedelta(days=1)} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


OWN: Golden = {
    "id": "contract",
    "name": "Partner",
    "law": "Contract",
    "article": "clause 14.3",
    "whom": "the partner",
    "trigger": "the breach became known",
    "zone": "site",
    "no_hold": "The contract knows none.",
    "source": "Contract of 3 March 2026",
    "as_of": "2026-03-03",
}
"""What a golden rule of one's own says beside its length."""

if __name__ == "__main__":
    for each in goldens():
        if words := difference(each):
            print(f"{each['why']}: {words}")
    print("{} of {}".format(*right()))
