"""The routes: which signs each leaves, whose credential it uses, and how often it is met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bartizan.engines.pinpoint.inquiry import ROUTES

OWN, BADGE, ACCOUNT, EITHER, NO_BODY = "own", "badge", "account", "either", "no body"
"""Whose credential a route shows: the doer's own; a badge of somebody else, or none, at the doors; a user account of
somebody else, at a machine to which the doer walks with the own badge; the own badge or none; and one that says
nothing about a body in the building."""


@dataclass(frozen=True, slots=True)
class Route:
    """``signs``: how often a deed of this route shows each sign; a sign that is not listed is as frequent as anywhere.

    ``credential``: whose it shows, one of the five above. ``effects``:
    how often it comes to light in each way. ``sorts``: the sorts of deed that fit. VERIS and ATT&CK name it.
    """

    signs: Mapping[str, float]
    credential: str
    effects: Mapping[str, float]
    sorts: tuple[str, ...]
    prior: float
    action: str
    vector: str
    technique: str


_PHYSICAL: Final = {"missing": 0.5, "alarm": 0.3, "found": 0.1, "changed": 0.1, "left": 0.05}
_COPIED: Final = {"found": 0.5, "left": 0.3, "alarm": 0.15, "changed": 0.05, "missing": 0.05}
_SENT: Final = {"left": 0.5, "found": 0.4, "alarm": 0.1, "changed": 0.02, "missing": 0.02}
_AT_HAND: Final = ("file", "print", "usb", "mail", "login", "unseen")
_BODY: Final = ("entry", "file", "usb", "print", "unseen")
# What a deed under one's own credential seldom shows: it would be a coincidence, or another route.
_CLEAN: Final = {
    "unusual hour": 0.35,
    "owner out": 0.06,
    "owner away": 0.06,
    "ended badge": 0.02,
    "tampered": 0.03,
    "foreign login": 0.06,
}
_OWN_BADGE: Final = {"misused badge": 0.06, "ended badge": 0.03, "silent badge": 0.03}

ROUTE: Final[dict[str, Route]] = {
    "tailgating": Route(
        {
            "nobody seen": 0.1,
            "tailgate": 0.4,
            "surplus": 0.5,
            "unread": 0.35,
            "forced": 0.2,
            "tampered": 0.04,
            "contractor": 0.03,
            **_OWN_BADGE,
        },
        BADGE,
        _PHYSICAL,
        _BODY,
        0.08,
        "physical.Bypassed controls",
        "Victim secure area",
        "",
    ),
    "cloned_badge": Route(
        {
            "nobody seen": 0.1,
            "misused badge": 0.45,
            "apart": 0.4,
            "again": 0.65,
            "silent badge": 0.1,
            "strange room": 0.35,
            "out of hours": 0.4,
            "tampered": 0.04,
            "ended badge": 0.02,
            "tailgate": 0.05,
            "unread": 0.05,
        },
        BADGE,
        _PHYSICAL,
        _BODY,
        0.07,
        "physical.Bypassed controls",
        "Victim secure area",
        "T1078",
    ),
    "lost_badge": Route(
        {
            "nobody seen": 0.1,
            "ended badge": 0.8,
            "misused badge": 0.3,
            "again": 0.65,
            "strange room": 0.5,
            "silent badge": 0.4,
            "out of hours": 0.5,
            "tampered": 0.04,
            "tailgate": 0.05,
            "unread": 0.05,
        },
        BADGE,
        _PHYSICAL,
        _BODY,
        0.08,
        "physical.Bypassed controls",
        "Victim secure area",
        "T1078",
    ),
    "shared_password": Route(
        {
            "foreign login": 0.9,
            "unusual hour": 0.2,
            "owner away": 0.35,
            "owner out": 0.35,
            "copied": 0.6,
            "usb": 0.2,
            "mailed": 0.25,
            "strange mail": 0.2,
            "ended badge": 0.03,
        },
        ACCOUNT,
        {"left": 0.3, "found": 0.3, "changed": 0.3, "alarm": 0.1, "missing": 0.02},
        _AT_HAND,
        0.1,
        "misuse.Password or Session Sharing",
        "LAN access",
        "T1078",
    ),
    "borrowed_workstation": Route(
        {
            "nobody seen": 0.1,
            "owner away": 0.35,
            "owner out": 0.45,
            "foreign login": 0.04,
            "copied": 0.6,
            "usb": 0.3,
            "mailed": 0.25,
            "strange mail": 0.2,
            "printed": 0.1,
            "ended badge": 0.03,
        },
        ACCOUNT,
        _COPIED,
        _AT_HAND,
        0.09,
        "hacking.Use of stolen creds",
        "Physical access",
        "T1078",
    ),
    "usb_copy": Route(
        {
            "nobody seen": 0.1,
            "out of hours": 0.3,
            "usb": 0.9,
            "copied": 0.85,
            "mailed": 0.03,
            "strange mail": 0.03,
            "carrier": 0.02,
            "printed": 0.03,
            **_CLEAN,
        },
        OWN,
        _COPIED,
        ("file", "usb", "unseen"),
        0.12,
        "misuse.Data mishandling",
        "Physical access",
        "T1052.001",
    ),
    "mail_out": Route(
        {
            "out of hours": 0.3,
            "mailed": 0.92,
            "strange mail": 0.6,
            "carrier": 0.03,
            "usb": 0.03,
            "printed": 0.03,
            "copied": 0.1,
            **_CLEAN,
        },
        OWN,
        _SENT,
        ("mail", "file", "unseen"),
        0.1,
        "misuse.Email misuse",
        "LAN access",
        "T1048",
    ),
    "hidden_in_document": Route(
        {
            "out of hours": 0.3,
            "carrier": 0.8,
            "strange mail": 0.5,
            "mailed": 0.4,
            "usb": 0.03,
            "printed": 0.03,
            "copied": 0.1,
            **_CLEAN,
        },
        OWN,
        _SENT,
        ("mail", "file", "unseen"),
        0.06,
        "misuse.Evade Defenses",
        "LAN access",
        "T1027",
    ),
    "hard_copy": Route(
        {
            "nobody seen": 0.1,
            "out of hours": 0.3,
            "printed": 0.95,
            "usb": 0.03,
            "mailed": 0.03,
            "strange mail": 0.03,
            "copied": 0.05,
            **_CLEAN,
        },
        OWN,
        {"found": 0.8, "missing": 0.1, "left": 0.02, "alarm": 0.05, "changed": 0.02},
        ("print", "file", "unseen"),
        0.09,
        "misuse.Possession abuse",
        "Physical access",
        "T1052",
    ),
    "remote_malware": Route(
        {
            "nobody seen": 0.5,
            "malware": 0.4,
            "alert": 0.4,
            "outside login": 0.25,
            "beacon": 0.6,
            "strange program": 0.4,
            "protection off": 0.35,
        },
        NO_BODY,
        {"left": 0.45, "changed": 0.3, "alarm": 0.25, "found": 0.15, "missing": 0.01},
        ("malware", "login", "file", "flow", "unseen"),
        0.13,
        "malware.Backdoor or C2",
        "Direct install",
        "T1219",
    ),
    "sensor_tampered": Route(
        {
            "nobody seen": 0.1,
            "tampered": 0.9,
            "forced": 0.3,
            "tailgate": 0.2,
            "unread": 0.45,
            "out of hours": 0.5,
            "ended badge": 0.03,
            "misused badge": 0.06,
        },
        EITHER,
        _PHYSICAL,
        _BODY,
        0.06,
        "physical.Disabled controls",
        "Victim secure area",
        "T1562",
    ),
    "contractor_hours": Route(
        {
            "nobody seen": 0.1,
            "contractor": 0.9,
            "out of hours": 0.9,
            "again": 0.75,
            "tampered": 0.03,
            "tailgate": 0.05,
            "unread": 0.05,
            **_OWN_BADGE,
            "misused badge": 0.2,
        },
        OWN,
        _PHYSICAL,
        _BODY,
        0.07,
        "misuse.Privilege abuse",
        "Physical access",
        "T1199",
    ),
}
assert set(ROUTE) == set(ROUTES)

CLASSES: Final = ("insider", "credential", "outsider", "malware", "error", "none")
# The mix of past cases, whatever the route; "none of these" never below a fifth (pinpoint's rule).
CLASS_PRIOR: Final = {
    "insider": 0.40, "credential": 0.07, "outsider": 0.18, "malware": 0.06, "error": 0.09, "none": 0.20,
}  # fmt: skip
PERSONAL: Final = ("insider", "credential", "error", "malware")
"""Classes whose hypotheses are about one person each."""
# Which share of a class goes which way; a class is met on the listed routes alone.
BY_CLASS: Final[dict[str, Mapping[str, float]]] = {
    "insider": {route: 0.06 if route == "remote_malware" else about.prior for route, about in ROUTE.items()},
    "credential": {
        "shared_password": 0.35,
        "borrowed_workstation": 0.3,
        "contractor_hours": 0.2,
        "usb_copy": 0.08,
        "mail_out": 0.07,
    },
    "outsider": {route: about.prior for route, about in ROUTE.items() if about.credential != OWN},
    "malware": {"remote_malware": 0.7, "mail_out": 0.15, "hidden_in_document": 0.15},
    "error": {"mail_out": 0.35, "hard_copy": 0.3, "usb_copy": 0.2, "hidden_in_document": 0.15},
}
OTHERWISE: Final[dict[str, Mapping[str, float]]] = {
    "error": {"strange mail": 0.2, "unusual hour": 0.08, "out of hours": 0.12},
    "malware": {
        "malware": 0.4,
        "alert": 0.4,
        "beacon": 0.5,
        "strange program": 0.3,
        "owner away": 0.2,
        "unusual hour": 0.3,
        "out of hours": 0.3,
    },
    "outsider": {"outside login": 0.5},
}
"""Signs of which a class shows more or less than an insider on the same route."""
AGAIN: Final = 0.3
"""How often what was done once was done before or is done again by the same hands."""
ERRS_AGAIN: Final = 0.1
"""The same of an honest error."""
HINTS: Final[dict[str, tuple[str, ...]]] = {
    "hard_copy": ("paper", "print", "hard copy", "sheet"),
    "mail_out": ("e-mail", "email", "mailed", "by mail"),
    "hidden_in_document": ("hidden", "holds more", "embedded", "steganograph"),
    "usb_copy": ("usb", "stick", "disk", "removable"),
    "remote_malware": ("malware", "ransom", "encrypted", "beacon", "remote access"),
    "sensor_tampered": ("tamper", "interfered", "covered", "sensor"),
    "tailgating": ("tailgat", "followed in"),
}
"""Words of whoever described an effect that speak for a route: the describer has seen the thing."""
UNTOLD: Final = {"hard_copy": 0.3}
"""How often whoever found something outside leaves unsaid what would speak for the route: that it is of paper."""
HINTED: Final = 5.0
