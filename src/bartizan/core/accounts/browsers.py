"""A browser's own lengthy name in two words, for somebody who looks through the sessions of an account."""

from __future__ import annotations

from typing import Final

BROWSERS: Final = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_words(told: str) -> str:
    """Such as “Firefox on Windows”; what is not known is said to be."""
    browser = next((name for mark, name in BROWSERS if mark in told), "Safari" if "Safari/" in told else "")
    system = next((name for mark, name in SYSTEMS if mark in told), "")
    return " on ".join(filter(None, (browser, system))) or "Browser not known"
