"""The form of a rule of one's own: the keys of a shipped law, as somebody types them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from bartizan.engines.clocks import Law
from bartizan.engines.clocks.law import BUSINESS_DAYS, DAYS, HOURS, MONTHS, UNDUE_DELAY

_NUMBER = re.compile(r"(?P<ask>.+\?)\s*(?P<how>at least|at most)\s+(?P<number>\d{1,9})")
LONGEST_NAME = 56
Words = Annotated[str, Field(max_length=300)]
Unit = Literal["hours", "days", "business days", "months", "without undue delay"]
assert set(Unit.__args__) == {HOURS, DAYS, BUSINESS_DAYS, MONTHS, UNDUE_DELAY}  # type: ignore[attr-defined]


class OwnRule(BaseModel):
    """What is asked for; ``body_of`` makes the law's keys of it."""

    name: Words = Field(description="A few words for the list of clocks, such as: Arkade, trial partner.")
    law: Words = Field(description="The state's law or the contract, such as: Contract with Arkade of 3 March 2026.")
    article: Words = Field(description="The article or clause, such as: clause 14.3.")
    whom: Words = Field(title="Whom to tell")
    trigger: Words = Field(description="What starts the clock, as a sentence that follows “when”.")
    unit: Unit = Field("hours", title="Counted in")
    length: int | None = Field(None, ge=1, le=10_000, description="How many of them; nothing for without undue delay.")
    source: Words = Field(description="Where it is written, so that counsel can look it up.")
    as_of: Words = Field(description="The day on which somebody last read it there, such as 2026-11-01.")
    url: Words = Field("", title="Address of the source")
    zone: Words = Field("site", description="Whose clock counts: “site”, or a zone such as America/New_York.")
    day_ends: Words = Field("", title="The last day ends at", description="Such as 17:30; empty: at 24:00.")
    counts_trigger_day: bool = Field(default=False, title="The day of the trigger is the first day")
    rolls: bool = Field(default=False, title="A last day that is no business day moves to the next one")
    country: Words = Field("", description="Two letters, for business days: DE, NL, US.")
    state: Words = Field("", description="Where its holidays are its own: BY, CA.")
    closed: list[str] = Field(default=[], title="Also closed", description="Days such as 2026-12-24.")
    after: Words = Field("", title="Starts once this is met", description="The name of another rule, such as gdpr-33.")
    questions: list[str] = Field(
        default=[],
        title="Applies if all of these are answered with yes",
        description="For a number write: How many people are concerned? at least 500.",
    )
    hold_clause: Words = Field("", description="The clause that lets law enforcement delay it; empty: none does.")
    hold_who: Words = Field("", title="Who may ask for a hold")
    hold_why: Words = Field("", title="On which grounds")
    hold_days: int | None = Field(None, ge=1, le=10_000, description="For how many days at most, from the statement.")
    notes: list[str] = Field(default=[], description="How you read it, and why.")


FIELDS: Mapping[str, str] = {
    "calendar": "country",
    "facts": "questions",
    "hold": "hold_clause",
    "no_hold": "hold_clause",
}
"""Which field of the form a key of the law is asked for in, where it is another."""


def body_of(rule: str, typed: OwnRule) -> dict[str, Any]:
    """As engines.clocks.law_of reads it. ``rule``: its id."""
    same = ("name", "law", "article", "whom", "trigger", "unit", "source", "as_of", "zone")
    body: dict[str, Any] = {"id": rule} | {key: getattr(typed, key) for key in same}
    if typed.length is not None and typed.unit != UNDUE_DELAY:
        body["length"] = typed.length
    for key in ("url", "day_ends", "after", "counts_trigger_day", "rolls", "notes"):
        if value := getattr(typed, key):
            body[key] = value
    if typed.country or typed.state or typed.closed:
        body["calendar"] = {"country": typed.country, "state": typed.state, "closed": typed.closed}
    if typed.questions:
        body["facts"] = [_fact(words) for words in typed.questions]
    if typed.hold_clause:
        form = {"form": "written"} | ({"longest": [typed.hold_days]} if typed.hold_days else {})
        body["hold"] = {"clause": typed.hold_clause, "who": typed.hold_who, "why": typed.hold_why, "forms": [form]}
    else:
        body["no_hold"] = f"{typed.article} names none."
    return body


def _fact(words: str) -> dict[str, Any]:
    if found := _NUMBER.fullmatch(words.strip().rstrip(".")):
        key = found["how"].replace(" ", "_")
        other = f"“{found['ask']}” was not answered with {found['how']} {found['number']}"
        return {"id": _name(found["ask"]), "ask": found["ask"], key: int(found["number"]), "otherwise": other}
    return {"id": _name(words), "ask": words, "must": True, "otherwise": f"“{words}” was answered with no"}


def _name(words: str) -> str:
    """The same question asks for the same answer, whichever rule asks it; others never share one."""
    name = "-".join(re.findall(r"[a-z0-9]+", words.lower()))
    if len(name) <= LONGEST_NAME and name and words.isascii():
        return name
    return f"{name[: LONGEST_NAME - 9]}-{sha256(words.encode()).hexdigest()[:8]}".strip("-").replace("--", "-")


def typed_of(law: Law) -> dict[str, Any]:
    """What the form shows of a rule that there is."""
    body = dict(law.raw or {})
    kept = {name: body[name] for name in OwnRule.model_fields if name in body and name != "questions"}
    calendar = body.get("calendar") or {}
    hold = body.get("hold") or {}
    longest = [days for form in hold.get("forms", ()) for days in form.get("longest", ())]
    return kept | {
        **{name: calendar.get(name, "") for name in ("country", "state")},
        "closed": calendar.get("closed", []),
        "questions": [_asked(fact) for fact in body.get("facts", ())],
        **{f"hold_{name}": hold.get(name, "") for name in ("clause", "who", "why")},
        "hold_days": longest[0] if longest else None,
    }


def _asked(fact: Mapping[str, Any]) -> str:
    for key in ("at_least", "at_most"):
        if key in fact:
            return f"{fact['ask']} {key.replace('_', ' ')} {fact[key]}"
    return str(fact["ask"])


def rule_name(words: str) -> str:
    """An id from a rule's name: ``Arkade, trial partner`` is ``own-arkade-trial-partner``."""
    return f"own-{_name(words)}"
