"""A claim held against the events of its days, in the lake."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bartizan.cases.inquiry import MOST
from bartizan.cases.source_clocks import clocks_in
from bartizan.engines.context import Estate
from bartizan.engines.interviews import Checked, Claim, check, records
from bartizan.watch import queries as watch
from bartizan.watch.lake import LakeError, Window
from bartizan.watch.lake.slices import of_kinds
from bartizan.watch.lake.store import Lake

AROUND: Final = timedelta(days=1)
LONGEST: Final = timedelta(days=14)
_KINDS: Final = (
    "door.granted", "door.exit", "door.denied", "biometric.accepted", "camera.person", "device.offline",
    "login.success", "login.unlock", "login.lock", "login.logout", "host.usb", "document.copied", "document.printed",
    "network.mail",
)  # fmt: skip


def checked(claim: Claim, estate: Estate, store: Lake | None = None) -> Checked:
    """What the records of the claim's days say of it. Where the lake does not answer, that is said."""
    if claim.since is None or claim.until is None:
        return check(claim, records((), estate))
    window = Window(claim.since - AROUND, claim.until + AROUND)
    try:
        events = of_kinds(store or watch.lake(), _KINDS, window, limit=MOST)
    except LakeError as error:
        return Checked("unchecked", f"The records could not be asked: {error}", would="check it again")
    return check(claim, records(events, estate, clocks=clocks_in(window)))
