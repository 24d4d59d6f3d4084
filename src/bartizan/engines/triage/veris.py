"""From our kinds to the words of VERIS 1.4 (the Vocabulary for Event Recording and Incident Sharing).

The enumerations are VERIS's (action.*.variety, action.*.vector, asset.assets.variety); which of them a kind means is
ours. "Unknown" stands where a short report cannot say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Veris:
    action: str
    """``physical``, ``error``, ``misuse``, ``hacking``, ``malware``, ``social``, ``environmental`` or ``unknown``."""
    variety: str
    vector: str
    asset: str


_ACTIONS: Final = {
    "theft": ("physical", "Theft", "Unknown"),
    "loss": ("error", "Loss", "Carelessness"),
    "disclosure": ("error", "Misdelivery", "Carelessness"),
    "misuse": ("misuse", "Privilege abuse", "LAN access"),
    "attack": ("hacking", "Unknown", "Unknown"),
    "disposal": ("error", "Disposal error", "Carelessness"),
    "mail": ("social", "Phishing", "Email"),
    "door": ("error", "Malfunction", "Inadequate technology"),
    "person": ("physical", "Bypassed controls", "Victim grounds"),
    "threat": ("physical", "Assault", "Victim grounds"),
    "damage": ("environmental", "Other", ""),
}
# Words that say more than the kind does: kind, words, what they mean.
_FINER: Final = (
    ("attack", r"ransom", ("malware", "Ransomware", "Unknown")),
    ("attack", r"malware|virus|trojan|infected|malicious software", ("malware", "Unknown", "Unknown")),
    ("attack", r"spyware|key ?log", ("malware", "Spyware/Keylogger", "Unknown")),
    ("attack", r"logged in|log-?in|password|stolen cred", ("hacking", "Use of stolen creds", "Unknown")),
    (
        "disclosure",
        r"web ?site|internet|online|public|ftp|search engine",
        ("error", "Publishing error", "Carelessness"),
    ),
    ("theft", r"\b(?:car|vehicle|van|truck|boot|trunk)\b", ("physical", "Theft", "Personal vehicle")),
    ("theft", r"\b(?:home|residence|house|apartment|flat)\b", ("physical", "Theft", "Personal residence")),
    ("theft", r"train|bus\b|restaurant|caf.\b|airport|hotel|\bpub\b", ("physical", "Theft", "Public facility")),
    ("theft", r"office|desk|clinic|premises|facility|meeting room|building", ("physical", "Theft", "Victim work area")),
    ("mail", r"phone|call(?:ed|er)?\b", ("social", "Pretexting", "Phone")),
    ("mail", r"\bsms\b|text message", ("social", "Phishing", "SMS")),
    ("person", r"photo|pictur|looking into|watch", ("physical", "Surveillance", "Victim grounds")),
    ("door", r"propped|wedged|held open", ("misuse", "Unapproved workaround", "Physical access")),
    ("threat", r"blackmail|extort", ("social", "Extortion", "Unknown")),
    ("threat", r"threat|bomb", ("social", "Influence", "Unknown")),
    ("damage", r"flood", ("environmental", "Flood", "")),
    ("damage", r"water|leak", ("environmental", "Leak", "")),
    ("damage", r"fire|smoke", ("environmental", "Fire", "")),
)
_THINGS: Final = {
    "laptop": "U - Laptop",
    "desktop": "U - Desktop",
    "computer": "U - Desktop",
    "server": "S - Other",
    "stick": "M - Flash drive",
    "drive": "M - Disk drive",
    "tape": "M - Tapes",
    "disc": "M - Disk media",
    "phone": "U - Mobile phone",
    "film": "M - Documents",
    "page": "S - Web application",
    "mailbox": "S - Mail",
    "chart": "S - Database",
    "network": "N - Other",
    "letter": "M - Documents",
    "paper": "M - Documents",
    "records": "M - Documents",
}
_PLACES: Final = {
    "Laptop": "U - Laptop",
    "Desktop Computer": "U - Desktop",
    "Network Server": "S - Other",
    "Email": "S - Mail",
    "Electronic Medical Record": "S - Database",
    "Paper/Films": "M - Documents",
    "Other Portable Electronic Device": "M - Other",
}


def veris_of(kind: str, thing: str, place: str, text: str) -> Veris:
    """Kind, thing named and likeliest place (empty: not sure) in VERIS's words, as finely as the text allows."""
    action, variety, vector = _ACTIONS.get(kind, ("unknown", "Unknown", "Unknown"))
    for of, words, meaning in _FINER:
        if of == kind and re.search(words, text, re.IGNORECASE):
            action, variety, vector = meaning
            break
    return Veris(action, variety, vector, _asset(kind, thing, place, text))


def _asset(kind: str, thing: str, place: str, text: str) -> str:
    if kind == "door":
        return "N - Access reader" if re.search(r"reader|turnstile|lock", text, re.IGNORECASE) else "Unknown"
    if kind in {"person", "threat"}:
        return "P - Other employee"
    if kind == "mail":
        return "P - End-user or employee"
    if re.search(r"\bbadge|access card|id card|key ?card", text, re.IGNORECASE):
        return "M - Smart card"
    return _THINGS.get(thing) or _PLACES.get(place, "Unknown")
