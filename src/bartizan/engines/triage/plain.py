"""What a plain reading would call it, in the regulator's labels: the deed's own type, the thing's own place.

One voice among the figures that weights are learned for. It keeps the rare labels (loss, disposal) from drowning where
the training data are contradictory: there, letters sent to wrong addresses are as often "Theft" as "Disclosure".
"""

from __future__ import annotations

from typing import Final

_DISCLOSURE: Final = "Unauthorized Access/Disclosure"
_HACKING: Final = "Hacking/IT Incident"
_TYPES: Final = {
    "stolen": "Theft",
    "stolen or lost": "Theft",
    "disposed and stolen": "Theft",
    "fraud": "Theft",
    "lost": "Loss",
    "lost, perhaps stolen": "Loss",
    "damaged": "Loss",
    "disposed": "Improper Disposal",
    "hacked": _HACKING,
    "phished": _HACKING,
}
_PORTABLE: Final = "Other Portable Electronic Device"
_PLACES: Final = {
    "laptop": "Laptop",
    "server": "Network Server",
    "page": "Network Server",
    "network": "Network Server",
    "desktop": "Desktop Computer",
    "computer": "Desktop Computer",
    "stick": _PORTABLE,
    "drive": _PORTABLE,
    "phone": _PORTABLE,
    "disc": _PORTABLE,
    "tape": "Other",
    "camera": "Other",
    "mailbox": "Email",
    "chart": "Electronic Medical Record",
    "film": "Paper/Films",
    "letter": "Paper/Films",
    "paper": "Paper/Films",
}
# Where no thing is named, or only "records": things that can be carried off are paper, what is looked up is a chart.
_PLACES_BY_DEED: Final = {
    "stolen": "Paper/Films",
    "lost": "Paper/Films",
    "lost, perhaps stolen": "Paper/Films",
    "disposed": "Paper/Films",
    "hacked": "Network Server",
    "phished": "Email",
    "overstepped": "Electronic Medical Record",
    "overstepped by one of us": "Electronic Medical Record",
    "fraud by one of us": "Electronic Medical Record",
    "leaver": "Electronic Medical Record",
}


def plain_type(deed: str) -> str:
    """The breach type of a deed (``features.deed_of``); empty when no deed is named."""
    return "" if deed == "none" else _TYPES.get(deed, _DISCLOSURE)


def plain_place(deed: str, thing: str) -> str:
    """Where the information was, by the thing or else by the deed; empty when neither tells."""
    return _PLACES.get(thing, "") or _PLACES_BY_DEED.get(deed, "")
