"""The report of a walk test on paper: PDF/A-2a and PDF/UA-1."""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final

from bartizan.core import typeset
from bartizan.engines.intrusion import SLOW_SECONDS
from bartizan.estate.models import Organisation
from bartizan.panels.models import WalkTest

_PAPER: Final = Path(__file__).with_name("walk_report.typ")


def walk_report(test: WalkTest, zone: tzinfo) -> bytes:
    """The same test gives the same bytes. Raises TypesetError for writing that no font here has."""
    return typeset.pdf(_PAPER, {"report": _told(test, zone)})


def _told(test: WalkTest, zone: tzinfo) -> dict[str, Any]:
    local = test.started_at.astimezone(zone)
    area, panel = test.area, test.area.panel
    return {
        "house": Organisation.objects.values_list("name", flat=True).first() or "The organisation",
        "area": area.name,
        "panel": f"{panel.name} ({panel.code})",
        "day": {"year": local.year, "month": local.month, "day": local.day},
        "facts": [
            ["Area", f"{area.name}, {panel.name}, {panel.site.name}"],
            ["Begun", _when(test.started_at, zone)],
            [
                "Ended",
                f"{_when(test.ended_at, zone)}, {test.ended_how}".rstrip(", ") if test.ended_at else "still runs",
            ],
            ["Walked by", test.by],
            ["Result", f"{len(test.seen)} of {len(test.seen) + len(test.missing)} detectors seen"],
        ],
        "seen": [_seen(one, zone) for one in test.seen],
        "missing": [[str(one["number"]), str(one["name"])] for one in test.missing],
        "slow": f"{SLOW_SECONDS:g}",
    }


def _seen(one: dict[str, Any], zone: tzinfo) -> list[str]:
    at = datetime.fromisoformat(one["at"]).astimezone(zone)
    took = f"{one['took']:.1f} s" + (", slow" if one.get("is_slow") else "")
    return [str(one["number"]), str(one["name"]), f"{at:%H:%M:%S}", took]


def _when(at: datetime | None, zone: tzinfo) -> str:
    if at is None:
        return "not yet"
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M %Z}"
