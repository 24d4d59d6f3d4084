"""The kinds in which an office sorts reports, those that the training data lack among them, by rules of our own."""

from __future__ import annotations

import re
from typing import Final

NOT_SURE: Final = "not sure"
KINDS: Final = {
    "theft": "A theft",
    "loss": "A loss",
    "disclosure": "Something shown or sent to the wrong people",
    "misuse": "Access used beyond what the work needs",
    "attack": "An attack on computers",
    "disposal": "Something thrown away that should have been destroyed",
    "mail": "A suspicious message or call",
    "door": "A door or a lock",
    "person": "A suspicious person",
    "threat": "A threat or violence",
    "damage": "Damage by fire, water or weather",
    NOT_SURE: "Not sure",
}
"""Kind to the words that a page shows."""


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# In the order in which they are asked; what happened to people comes before what happened to things.
RULES: Final = (
    (
        "threat",
        _rule(
            r"threat(?:en|s\b|ened)\w*|\bbomb\b|\bweapon|\bknife\b|\bgun\b|assault\w*|attacked (?:me|him"
            r"|her|a colleague)|\bpunch\w*|hit (?:me|him|her)\b|harass\w*|stalk\w*|blackmail\w*|violen\w+"
        ),
    ),
    (
        "mail",
        _rule(
            r"(?:strange|suspicious|odd|weird|fake|dubious|unexpected|funny) (?:e-?mail|mail|message|text"
            r"|sms|link|attachment|call)\w*|(?:e-?mail|message|text|caller|call|sms)\b.{0,60}\b(?:ask\w*"
            r"|want\w*|demand\w*)\b.{0,40}\b(?:password|login|code|bank|gift ?card|transfer|money|pin)\w*"
            r"|phone\w* (?:me )?(?:and|to) ask\w*.{0,40}(?:password|code)|phish\w*|clicked (?:on )?(?:a"
            r"|the) link|opened (?:an|the) attachment|pretend\w* to be (?:from )?(?:it|the bank"
            r"|the director|the boss|support)"
        ),
    ),
    (
        "person",
        _rule(
            r"(?:strang(?:e|er)s?|unknown|suspicious|unfamiliar) (?:man|woman|person|people|visitor|guy"
            r"|men|women)\b|\bstrangers?\b|tailgat\w*|(?:somebody|someone|a man|a woman"
            r"|people) (?:i (?:do not|don't) know |without a badge |with no badge )?(?:follow\w*|slipp\w*"
            r"|walk\w*|wander\w*|loiter\w*|hang\w*|is|was|has been)\b.{0,40}(?:behind (?:me|us)"
            r"|without (?:a )?badge|no badge|car park|corridor|stairwell|looking into|taking (?:photo"
            r"|picture)s|photograph\w*|loiter\w*)|loiter\w*|(?:taking|took) (?:photo|picture)s of (?:the"
            r"|our)|without (?:a|any) badge"
        ),
    ),
    (
        "door",
        _rule(
            r"\b(?:doors?|gates?|turnstiles?|locks?|shutters?|barriers?|hatch|fence"
            r"|window)\b.{0,60}\b(?:does(?: not|n't)|do(?: not|n't)|did(?: not|n't)|will not|won't|cannot"
            r"|can't|not|open|broken|propped|wedged|jammed|stuck|unlocked|damaged|hole|ajar|faulty"
            r"|loose)\b|\b(?:broken|propped|wedged|jammed|stuck|unlocked|damaged|open"
            r"|faulty)\b.{0,30}\b(?:doors?|gates?|turnstiles?|locks?|shutters?|barriers?|fence|window)\b"
            r"|hole in the fence|card reader .{0,40}(?:not|broken|dead|loose)"
        ),
    ),
)
# A theft or loss is told as such even when a door or a car window stands in the same sentence.
BEFORE_DOORS: Final = frozenset({"stolen", "stolen or lost", "disposed", "hacked"})
OF_DEEDS: Final = {
    "stolen": "theft",
    "stolen or lost": "theft",
    "disposed and stolen": "theft",
    "lost": "loss",
    "lost, perhaps stolen": "theft",
    "disposed": "disposal",
    "hacked": "attack",
    "phished": "mail",
    "published": "disclosure",
    "sent wrongly": "disclosure",
    "posted wrongly": "disclosure",
    "mistaken": "disclosure",
    "fraud by one of us": "misuse",
    "leaver": "misuse",
    "overstepped by one of us": "misuse",
    "damaged": "damage",
}
OF_TYPES: Final = {
    "Theft": "theft",
    "Loss": "loss",
    "Unauthorized Access/Disclosure": "disclosure",
    "Hacking/IT Incident": "attack",
    "Improper Disposal": "disposal",
}
