"""Signs of a route around a possible deed: what records near it, or their absence, say of how it was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bartizan.engines.pinpoint.units import DAY, HOUR, MINUTE


@dataclass(frozen=True, slots=True)
class Sign:
    """``kinds`` of records at the deed's machine or place, or under its user account, within the time around it; of the
    deed's own file where ``same_file``. Signs without kinds have a look of their own."""

    family: str
    words: str
    kinds: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    before: int = HOUR
    after: int = 15 * MINUTE
    same_file: bool = False
    is_of_place: bool = False
    """It is about all who pass there: it may be met for reasons of others whatever the deed was."""
    breaks: str = ""
    """What would make it worthless, where that is not the same for its whole family."""


_HANDS: Final = ("host", "actor")
SIGNS: Final[dict[str, Sign]] = {
    "usb": Sign("host", "A USB disk was connected at the machine", ("host.usb",), ("host",), HOUR, HOUR),
    "copied": Sign("host", "The file was copied", ("document.copied",), _HANDS, HOUR, HOUR, same_file=True),
    "mailed": Sign("flow", "The file went out by mail", ("network.mail",), _HANDS, HOUR, 6 * HOUR, same_file=True),
    "strange mail": Sign(
        "flow", "A mail went to an address to which hardly anybody writes", before=15 * MINUTE, after=6 * HOUR
    ),
    "carrier": Sign(
        "document mark", "A document grew as if something had been put into it", before=30 * MINUTE, after=30 * MINUTE
    ),
    "printed": Sign("host", "The file was printed", ("document.printed",), _HANDS, 2 * HOUR, 2 * HOUR, same_file=True),
    "malware": Sign("host", "Malware was found at the machine", ("host.malware",), ("host",), 3 * DAY, DAY),
    "alert": Sign("flow", "A network alert for the machine", ("network.alert",), ("host",), DAY, DAY),
    "beacon": Sign(
        "flow", "The machine kept calling an address that no other machine calls", before=3 * DAY, after=DAY
    ),
    "strange program": Sign("host", "A program ran that no other machine runs", before=3 * DAY, after=HOUR),
    "protection off": Sign(
        "host", "Protection was stopped or a log cleared", ("host.service", "host.logclear"), ("host",), 3 * DAY, HOUR
    ),
    "tailgate": Sign(
        "badge",
        "More people went in than badges were read",
        ("door.tailgate", "door.passback"),
        ("zone",),
        3 * HOUR,
        is_of_place=True,
    ),
    "forced": Sign(
        "physical trace",
        "A door was forced or held open",
        ("door.forced", "door.held"),
        ("zone",),
        2 * HOUR,
        is_of_place=True,
    ),
    "unread": Sign("badge", "A door opened from outside without a read", before=HOUR, is_of_place=True),
    "tampered": Sign(
        "physical trace",
        "A sensor or camera there was disabled",
        ("alarm.tamper", "camera.covered", "camera.moved", "camera.defocused", "camera.frozen", "device.offline"),
        ("zone",),
        4 * HOUR,
        is_of_place=True,
    ),
    "outside login": Sign("login", "A login from outside", before=8 * HOUR),
    "foreign login": Sign("login", "A user account was used at a machine that is not its owner's", before=3 * HOUR),
    "owner away": Sign("badge", "The owner of the user account or desk was not in the building, or elsewhere"),
    "owner out": Sign(
        "badge", "The owner of the user account or desk was last on record in another room of the building"
    ),
    "two places": Sign("badge", "The badge was read in two places too far apart", before=4 * HOUR),
    "misused badge": Sign(
        "badge", "The badge was used while its holder's other records leave no time for it, or have nobody in the house"
    ),
    "apart": Sign("badge", "The badge's reads before and after do not join: no way leads from one to the other"),
    "again": Sign("badge", "The same badge was read there at another of the times in question as well"),
    "ended badge": Sign(
        "badge", "A badge that had been reported lost, replaced or returned opened a door", before=4 * HOUR
    ),
    "strange room": Sign("badge", "A badge opened a room that its holder had not been in before", before=4 * HOUR),
    "silent badge": Sign("badge", "A badge that nobody had used for a week opened a door", before=4 * HOUR),
    "contractor": Sign("badge", "A contractor's badge came in outside its hours", before=4 * HOUR),
    "surplus": Sign(
        "camera",
        "The camera counted more people than badges were read",
        before=HOUR,
        is_of_place=True,
        breaks="the camera counted somebody twice",
    ),
    "nobody seen": Sign(
        "camera", "A camera that was looking saw nobody there", breaks="the camera does not show the whole place"
    ),
    "unusual hour": Sign("login", "The holder of the user account hardly ever leaves a record at that hour"),
    "out of hours": Sign("badge", "It was out of hours"),
}
FAMILIES: Final = (
    "badge", "camera", "biometric", "login", "host", "flow", "document mark", "statement", "physical trace",
)  # fmt: skip
