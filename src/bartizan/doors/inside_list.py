"""The list of who is inside: a PDF that lies ready in the data folder, to be printed without the network."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from django.conf import settings

from bartizan.core import typeset
from bartizan.core.whole import replace_whole
from bartizan.doors.queries.inside import Inside, SiteInside, everybody
from bartizan.estate.models import Site

PAPER: Final = Path(__file__).parent / "papers" / "inside.typ"
FOLDER: Final = "who-is-inside"


@dataclass(frozen=True, slots=True)
class Written:
    site: str
    path: str
    at: datetime


def folder() -> Path:
    return Path(settings.DATA) / FOLDER


def pdf(found: Inside, zone: tzinfo) -> bytes:
    """Raises TypesetError in words."""
    return typeset.pdf(PAPER, {"told": _told(found, zone)})


def write_lists(now: datetime) -> list[Path]:
    """One a site, each replaced whole; a site without anybody too, so that an old list is never taken for today's, and
    that of a site that is gone goes. Raises, once all others are written, what the first one failed of."""
    found, made, wrong = everybody(now), [], []
    folder().mkdir(parents=True, exist_ok=True)
    folder().chmod(0o700)
    for site in found.sites:
        try:
            content = pdf(Inside(found.at, (site,), found.note), _zone(site.code))
            replace_whole(_place(site.code), content)
        except (OSError, typeset.TypesetError) as error:
            wrong.append(error)
        else:
            made.append(_place(site.code))
    for gone in set(folder().glob("*.pdf")) - {_place(site.code) for site in found.sites}:
        gone.unlink(missing_ok=True)
    if wrong:
        raise wrong[0]
    return made


def _place(code: str) -> Path:
    """A code may hold what a file's name may not."""
    return folder() / f"{quote(code, safe='')}.pdf"


def written(codes: Collection[str]) -> list[Written]:
    """The files of these sites that lie ready, and of when they are."""
    return [
        Written(code, str(each), datetime.fromtimestamp(each.stat().st_mtime, UTC))
        for each in sorted(folder().glob("*.pdf"))
        if (code := unquote(each.stem)) in codes
    ]


def _zone(code: str) -> tzinfo:
    name = Site.objects.filter(code=code).values_list("timezone", flat=True).first()
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _told(found: Inside, zone: tzinfo) -> dict[str, Any]:
    at = found.at.astimezone(zone)
    return {
        "at": f"{at:%A} {at.day} {at:%B %Y, %H:%M %Z}",
        "note": found.note,
        "sites": [_site(site, zone) for site in found.sites],
    }


def _site(site: SiteInside, zone: tzinfo) -> dict[str, Any]:
    names = {each.zone: each.name for each in site.zones}
    return {
        "name": site.name,
        "known": site.known,
        "unseen_in": site.unseen_in,
        "unseen_out": site.unseen_out,
        "people": [
            {
                "name": one.name,
                "place": names.get(one.zone, one.zone),
                "at": f"{one.at.astimezone(zone):%H:%M}",
                "sure": "" if one.is_certain else "may have left",
            }
            for one in sorted(site.people, key=lambda line: line.name.casefold())
        ],
    }
