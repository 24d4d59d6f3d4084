"""Planning from the gaps of the evidence: whom to ask, what is unknown, what to ask openly, and what to hold back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from bartizan.engines.observe import moment
from bartizan.engines.pinpoint.units import HOUR
from bartizan.engines.pinpoint.words import clock, window

_MOST: Final = 5
_TELLS: Final = 0.25
"""Nats for the person from which an item is worth holding back."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody to be heard next. ``gain`` is the expected drop of uncertainty over who it was, in bits."""

    person: str
    heard_as: str
    words: str
    gain: float
    opens: float
    """The chance that somebody can then be named, or that the leader is cleared."""


@dataclass(frozen=True, slots=True)
class Topic:
    """An open question, and the gap that it closes."""

    words: str
    why: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Something that exists and is held back: ``until`` what has happened, and why. ``is_never``: it does not exist
    yet, and what is not known must not be hinted at."""

    what: str
    until: str
    why: str
    is_never: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    unknown: tuple[str, ...]
    questions: tuple[Topic, ...]
    held: tuple[Hold, ...]


def ask_next(verdict: Mapping[str, Any], *, named: str = "", heard: Sequence[str] = ()) -> tuple[Ask, ...]:
    """Whom to ask, most to be gained first. ``named`` is for whom the gate is open: nobody else is a subject, and they
    come last of what gains as much, so that witnesses have spoken before. ``heard`` have been asked already."""
    found = [
        Ask(person, "subject" if person == named else "witness", str(one.get("words", "")), _number(one, "gain"),
            _number(one, "opens"))
        for one in verdict.get("collect") or ()
        if one.get("family") == "statement" and (person := str(one.get("person") or "")) and person not in heard
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda ask: (-ask.gain, ask.heard_as == "subject", -ask.opens, ask.words)))


def plan(verdict: Mapping[str, Any], person: str, zone: tzinfo) -> Plan:
    """For hearing ``person`` (a staff number; empty for somebody of no staff). ``zone`` is the site's clock.

    Without a verdict only the questions that are always asked remain.
    """
    gaps = list(_gaps(verdict, person, zone))
    return Plan(
        tuple(words for words, _ in gaps), tuple(_questions(verdict, person, zone, gaps)), tuple(_held(verdict, person))
    )


def _gaps(verdict: Mapping[str, Any], person: str, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """What the doors' records leave open of the person around each effect: in words for the office, and as a question
    may say it, in whole hours, so that it tells nobody what a record says."""
    for one in verdict.get("alibis") or ():
        if one.get("person") != person or one.get("state") == "elsewhere":
            continue
        before, after = int(one.get("before") or 0), int(one.get("after") or 0)
        state = one.get("words", "")
        hours = (before // HOUR * HOUR, -(-after // HOUR) * HOUR)
        if before and after:
            yield f"Where they were {window(before, after, zone)}: {state}", f"from {window(*hours, zone)}"
        elif before:
            yield f"Where they were after {clock(before, zone)}: {state}", f"after {clock(hours[0], zone)}"
        else:
            yield f"Where they were at the time: {state}", "the whole time"


# By the leading route: what is asked openly about its means, without saying that it was used.
_BY_ROUTE: Final[Mapping[str, str]] = {
    "tailgating": "How do people come through the doors there when it is busy, or late?",
    "cloned_badge": "Where is your badge when you do not wear it, and who can get at it?",
    "lost_badge": "Which badges have you had, and what became of each?",
    "shared_password": "How do you and your colleagues share work when somebody is away?",
    "borrowed_workstation": "How do you leave your desk when you go, and who else works at it?",
    "usb_copy": "How do you use USB disks at work?",
    "mail_out": "How do you send large files to people outside?",
    "hidden_in_document": "Which documents did you work on, and to whom did they go?",
    "hard_copy": "What do you print, and what becomes of the paper?",
    "remote_malware": "Was there anything unusual about your machine in those days?",
    "sensor_tampered": "What did you notice about the cameras, detectors and doors there?",
    "contractor_hours": "Who was in the house at that hour, and for what work?",
}


_ALL: Final = "Tell me all that you know of it, from the beginning."


def _questions(
    verdict: Mapping[str, Any], person: str, zone: tzinfo, gaps: Sequence[tuple[str, str]]
) -> Iterator[Topic]:
    """Open ones first, from the whole day to the single gap; closed questions are the interviewer's own."""
    since = int(verdict.get("since") or 0)
    day = moment(since).astimezone(zone) if since else None
    told = f"Tell me all of {day:%A} {day.day} {day:%B}, from its beginning to its end." if day else _ALL
    yield Topic(told, "the free account; not interrupted")
    for _, span in dict.fromkeys(gaps):
        yield Topic(f"What did you do, and whom did you meet, {span}?", f"closes the gap {span}")
    if any(one.get("person") == person and one.get("cls") == "credential" for one in verdict.get("columns") or ()):
        yield Topic(
            "Who has had your badge, your password or your desk, and when?", "tells the person from the credential"
        )
    route = next((str(one.get("route")) for one in verdict.get("columns") or () if one.get("cls") != "none"), "")
    if route in _BY_ROUTE:
        yield Topic(_BY_ROUTE[route], "whether the leading way is usual work")
    yield Topic("Who else was there, and who could tell more?", "whom to ask next")
    yield Topic("Is there anything that I have not asked and should have?", "what nobody thought of")


# Until when an item of a family is held back, and why.
_UNTIL: Final[Mapping[str, tuple[str, str]]] = {
    "badge": ("they have said where they were", "an account that is right will place them without it"),
    "camera": ("they have said where they were, and what they wore and carried", "a picture shown early is remembered"),
    "biometric": ("they have said where they were", "an account that is right will place them without it"),
    "login": ("they have said who uses the machine and the user account", "it names the account, not the hand"),
    "host": ("they have said how they work with files and disks", "only who was there can tell it"),
    "flow": ("they have said what they sent, and to whom", "only who did it can tell it"),
    "document mark": ("they have said what became of each copy", "it may have been taken from them"),
    "statement": ("they have been asked openly about the same", "what one has said must not lead the other"),
    "physical trace": ("they have said what they touched, and when", "it may be older than the breach"),
}


def _held(verdict: Mapping[str, Any], person: str) -> Iterator[Hold]:
    """Items of the matrix that bear on the person, the strongest first; then what does not exist yet."""
    columns = [n for n, one in enumerate(verdict.get("columns") or ()) if one.get("person") == person]
    found: dict[str, list[Mapping[str, Any]]] = {}
    for item in verdict.get("items") or ():
        nats = [item["nats"][n] for n in columns if n < len(item.get("nats") or ())]
        if nats and max(nats) >= _TELLS and item.get("family") in _UNTIL and item.get("events"):
            found.setdefault(str(item["words"]), []).append(item)
    for words, items in list(found.items())[:_MOST]:
        until, why = _UNTIL[items[0]["family"]]
        yield Hold(f"{words}, {', '.join(_item(one) for one in items)}", until, why)
    for one in verdict.get("collect") or ():
        if one.get("family") != "statement":
            yield Hold(str(one.get("words", "")), "", _NEVER, is_never=True)


def _item(one: Mapping[str, Any]) -> str:
    return f"E{one['number']}"


_NEVER: Final = "no result yet; what is not known must not be hinted at"


def _number(one: Mapping[str, Any], key: str) -> float:
    value = one.get(key)
    return float(value) if isinstance(value, (int, float)) else 0.0
