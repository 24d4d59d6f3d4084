"""What an inquiry starts from: what is known to have happened, the events around it, how far they can be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bartizan.engines.context import Estate
from bartizan.engines.pinpoint.model import Event

EFFECTS: Final[dict[str, str]] = {
    "left": "Data was seen leaving",
    "found": "A file or paper was found outside",
    "alarm": "An alarm was raised",
    "missing": "An object is missing",
    "changed": "Something was changed or destroyed",
}

ROUTES: Final[dict[str, str]] = {
    "tailgating": "Followed somebody in through a door",
    "cloned_badge": "Copied badge",
    "lost_badge": "Lost or ended badge that still opened",
    "shared_password": "Somebody else's password, at another machine",
    "borrowed_workstation": "Somebody else's workstation",
    "usb_copy": "Copied to a USB disk",
    "mail_out": "Sent out by e-mail",
    "hidden_in_document": "Hidden in a document that was sent",
    "hard_copy": "Printed and carried out",
    "remote_malware": "Malware or a login from outside",
    "sensor_tampered": "Sensor disabled, then entered",
    "contractor_hours": "Contractor's badge out of hours",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that is known of the breach. It happened at some moment from ``since`` to ``until`` (both aware)."""

    kind: str
    """A key of :data:`EFFECTS`."""
    since: datetime
    until: datetime
    place: str = ""
    """Reference of a zone, portal or site, where it is known."""
    device: str = ""
    """Reference of a host, detector or camera, where it is known."""
    asset: str = ""
    """Reference of the file or thing, where it is known."""
    words: str = ""
    events: tuple[str, ...] = ()
    """Ids of the events that show it."""


@dataclass(frozen=True, slots=True)
class Gap:
    """``source`` (a source's name) or one of its devices (a reference) recorded nothing from ``since`` to ``until``."""

    source: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """A source's clock runs ``ahead`` of true time (negative: behind), known to ± ``error``.

    It holds for what the source stamped from ``since`` to before ``until`` (aware; nothing: without end).
    """

    ahead: timedelta = timedelta()
    error: timedelta = timedelta(seconds=10)
    since: datetime | None = None
    until: datetime | None = None


Clocks = Mapping[str, Sequence[Clock]]
"""By the source's name. Where two of one source cover a stamp, the later in order counts."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim of ``speaker`` (a person's code; empty for somebody of no staff) about ``about``: that he or she was at
    ``place`` from ``since`` to ``until``; or, with ``lent``, had given that badge or password to somebody."""

    speaker: str
    about: str
    since: datetime
    until: datetime
    place: str = ""
    lent: str = ""
    """Reference of the badge or user account that was lent, lost or told."""
    is_checked: bool = False
    """It was checked against records that are not among the events (a till's slip, a hospital's admission)."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Everything that the engine may know of one case."""

    effects: Sequence[Effect]
    events: Iterable[Event]
    estate: Estate
    gaps: Sequence[Gap] = ()
    clocks: Clocks = field(default_factory=dict)
    """What none of them covers is taken to be right to ± 10 s, or as ``clock_error`` says."""
    clock_error: timedelta = timedelta(seconds=10)
    statements: Sequence[Statement] = ()
