"""One interview: its plan, what is held back, the account in claims, the notes, rights, versions and signatures."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.utils import timezone

from bartizan.cases.models import AccountClaim, Case, Interview, StatementVersion
from bartizan.cases.pages import interviews as listing
from bartizan.cases.pages import masking
from bartizan.cases.queries import interview as queries
from bartizan.cases.queries.gate import gate_of
from bartizan.cases.queries.masks import estate_now
from bartizan.cases.queries.retention import why_kept
from bartizan.cases.wording import figure, plain, strength
from bartizan.core.access import may
from bartizan.core.models import User
from bartizan.engines import interviews as engine
from bartizan.engines.context import Estate
from bartizan.engines.interviews import Standing
from bartizan.engines.interviews.claims import OUTSIDE
from bartizan.engines.interviews.weight import weight
from bartizan.estate import queries as estate

STEPS: Final = ("plan", "engage", "free", "clarify", "put", "close", "evaluate")
_NUMBERS: Final = {"plan": 1, "engage": 2, "free": 3, "clarify": 3, "put": 3, "close": 4, "evaluate": 5}
"""The five of PEACE; the account has three parts."""
_HINTS: Final = {
    "plan": "open questions, what to hold back, who may be there",
    "engage": "rights, notices and the answer on recording",
    "free": "not interrupted",
    "clarify": "open questions, then closed ones",
    "put": "only what they have had the chance to say",
    "close": "read back, sign, say what happens next",
    "evaluate": "the account, and the interviewer",
}
DEEDS: Final = {
    "begin": "Begin",
    "consent": "Answer on recording",
    "free": "Begin the free account",
    "clarify": "Clarify",
    "put": "Put the records",
    "claim": "Enter a claim",
    "version": "Make a version",
    "close": "Close and read back",
    "readback": "Read back",
    "sign": "Sign",
    "refuse": "Signing refused",
    "record": "Keep a recording",
    "finish": "End of the interview",
    "evaluate": "Evaluate",
    "end": "End early",
}
FORMS: Final = (
    "begin", "consent", "claim", "version", "readback", "sign", "refuse", "record", "evaluate", "end", "ask", "amend",
    "hand", "hold",
)  # fmt: skip
"""What asks for words first; the rest is one button."""
_AROUND: Final = timedelta(hours=12)
"""Beside a claim's time: the records of coming before and going after are often hours away."""
ICONS: Final = {"confirmed": "confirmed", "contradicted": "contradicted", "unchecked": "unchecked"}


@dataclass(frozen=True, slots=True)
class Deed:
    kind: str
    words: str
    has_form: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Row:
    """One claim as the table shows it."""

    claim: AccountClaim
    icon: str
    where: str
    found: str
    would: str
    ratio: str
    weighs: str
    events: str
    """Where the events behind it are: the timeline of the claim's time; an event's id is put at its end."""


def content(
    user: User, case: Case, interview: Interview, asked: str = "", chosen: str = "", line: str = ""
) -> dict[str, Any]:
    """What the tab shows of one interview. ``asked``: the form that is open; ``chosen``: the claim that it is about;
    ``line``: that of the notes which becomes one."""
    try:
        now = queries.standing_of(interview)
    except ValidationError as error:
        return listing.listed(user, case) | {"rules_trouble": " ".join(error.messages)}
    able = may(user, "work cases") and not (user.person and user.person == interview.person)
    claims = list(interview.claims.order_by("number"))
    zones = listing.zone_names(user)
    notes = list(interview.notes.select_related("by").order_by("number"))
    return {
        "veil": masking.veil_of(user, case),  # first: by their numbers people are named in what follows
        "interview": interview,
        "heard": queries.called(interview),
        "stand": now,
        "able": able,
        "chosen": next((one for one in claims if str(one.number) == chosen), None),
        "gate_words": _gate_words(case, interview),
        "notes": notes,
        "said": next((one for one in notes if str(one.number) == line), None),
        "speakers": speakers(interview),
        "next_asks": listing.asks(user, case, queries.interviews(user, case)),
        "has_verdict": bool((case.pinpoint or {}).get("verdict")),
        "lookers": queries.lookers(interview),
        "kept_because": why_kept(interview, timezone.now()),
        **_plan(interview, now, zones),
        **_account(user, case, claims, zones),
        **_papers(interview, now),
        **_able(interview, now, asked, able=able),
        **(_form(user) if asked in ("claim", "amend", "hand") else {}),
    }


def _able(interview: Interview, now: Standing, asked: str, *, able: bool) -> dict[str, Any]:
    """What may be done now by who looks."""
    deeds = _deeds(interview, now) if able else []
    return {
        "deeds": deeds,
        "has_closed": any(one.why_not for one in deeds),
        "next_deed": next((one for one in deeds if not one.why_not and one.kind in _FORWARD), None),
        "asked": asked if able and (asked == "hand" or _is_open(asked, deeds)) else "",
        "may_claim": able and not engine.missing("claim", now),
        "may_note": able and not engine.missing("note", now),
        "may_release": able and not engine.missing("release", now, reason="said"),
        "needs_reason": now.stage == "free",
    }


_FORWARD: Final = ("begin", "free", "clarify", "put", "close", "readback", "finish", "evaluate")


def _deeds(interview: Interview, now: Standing) -> list[Deed]:
    gate = queries.gate_for(interview)
    found = []
    for kind, words in DEEDS.items():
        part = "heard" if "heard" not in now.signed and not now.is_refused else "interviewer"
        lacking = engine.missing(kind, now, gate=gate, part=part)
        if now.is_over and kind != "evaluate":
            continue
        if lacking and kind in _FORWARD and _stage_after(kind) <= _place(now.stage):
            continue
        found.append(Deed(kind, words, kind in FORMS, lacking[0] if lacking else ""))
    return found


def _place(stage: str) -> int:
    return STEPS.index(stage) if stage in STEPS else len(STEPS)


def _stage_after(kind: str) -> int:
    return _place({"begin": "engage", "readback": "evaluate", "finish": "evaluate", "evaluate": "done"}.get(kind, kind))


def _is_open(asked: str, deeds: list[Deed]) -> bool:
    if asked in ("ask", "hold"):
        return bool(deeds)
    kind = "claim" if asked == "amend" else asked
    return asked in FORMS and any(one.kind == kind and not one.why_not for one in deeds)


def _gate_words(case: Case, interview: Interview) -> str:
    if interview.heard_as != "subject":
        return ""
    gate = gate_of(case)
    now = "it is open" if gate.opens_for(interview.person) else "it has shut since: new evidence needs a new signature"
    how = {"evidence": "by the evidence", "override": "by an override of two people"}.get(interview.gate_by)
    if not how:
        return "The gate must be open for them before it begins."
    return f"The gate was open when it began, {how}; {now}."


def _plan(interview: Interview, now: Standing, zones: Mapping[str, str]) -> dict[str, Any]:
    began = {one.stage: one for one in interview.steps.order_by("pk")}
    order = [one for one in began.values() if one.stage in STEPS]
    rows = []
    for stage in STEPS:
        step = began.get(stage)
        state = "here" if stage == now.stage else "done" if step else "later"
        later = next((one for one in order if _place(one.stage) > _place(stage)), None)
        ended = later.at if later and state == "done" else None
        rows.append({"number": _NUMBERS[stage], "name": engine.STAGES[stage], "hint": _HINTS[stage], "state": state,
                     "since": step.at if step else None, "until": ended})  # fmt: skip
    held = list(interview.held.order_by("pk"))
    questions = list(interview.questions.order_by("pk"))
    return {
        "steps": rows,
        "ending": began.get(now.stage) if now.is_over else None,
        "evaluation": began.get("done"),
        "questions": questions,
        "next_question": next((one for one in questions if one.asked_at is None), None),
        "held": [(one, plain(one.what, zones)) for one in held],
    }


def _account(user: User, case: Case, claims: list[AccountClaim], zones: Mapping[str, str]) -> dict[str, Any]:
    verdict, known = (case.pinpoint or {}).get("verdict") or {}, estate_now()
    about = {claim.about for claim in claims} - {""}
    people = dict(estate.people(user).filter(code__in=about).values_list("code", "name")) if about else {}
    interview = claims[0].interview if claims else None
    return {
        "claims": [_row(claim, known, verdict, zones, people.get(claim.about, claim.about)) for claim in claims],
        "claim_words": listing.verdict_words(one.verdict for one in claims),
        "before_after": _before_after(case, interview) if interview else "",
    }


def _row(claim: AccountClaim, known: Estate, verdict: Any, zones: Mapping[str, str], about: str) -> Row:
    is_elsewhere = claim.is_by_hand and claim.verdict == "confirmed"
    found = weight(queries.as_claim(claim), claim.verdict, known, verdict, is_checked=is_elsewhere)
    place = "outside the buildings" if claim.place == OUTSIDE else plain(claim.place or claim.thing, zones)
    return Row(
        claim,
        ICONS[claim.verdict],
        ", ".join(filter(None, (place, f"about {about}" if about else ""))),
        plain(claim.found, zones),
        plain(claim.would, zones),
        f"{'×' if found.nats > 0 else '÷'}{_e(found.nats)}" if found.nats else "×1",
        found.words or f"{strength(found.nats)} {'for' if found.nats > 0 else 'against'}",
        _timeline(claim),
    )


def _timeline(claim: AccountClaim) -> str:
    if claim.since is None or claim.until is None:
        return ""
    window = (("from", claim.since - _AROUND), ("to", claim.until + _AROUND))
    told = [(key, at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")) for key, at in window]
    return f"/timeline?{urlencode([*told, ('case', claim.interview.case.number), ('rows', 'all')])}&event="


def _e(nats: float) -> str:
    ratio = math.exp(abs(nats))
    return f"{ratio:.1f}".removesuffix(".0") if ratio < 10 else f"{ratio:.0f}"


def _before_after(case: Case, interview: Interview) -> str:
    """The leading explanation when the account began, and what the case's verdict has it at now."""
    before = interview.before
    if not before:
        return "nothing was weighed when the account began"
    words = plain(str(before.get("words", "")), {})
    was = figure(float(before.get("probability") or 0))
    share = queries.share_now(case, before)
    digest = str(((case.pinpoint or {}).get("verdict") or {}).get("result_digest") or "")
    if digest == before.get("digest"):
        return f"{words}: {was} before; not weighed again since; once a claim weighs it takes up to two minutes"
    now = "no longer among the leading ones" if share is None else f"{figure(share)} now"
    return f"{words}: {was} before, {now}"


def _papers(interview: Interview, now: Standing) -> dict[str, Any]:
    rules = queries.rules_for(interview)
    given = {one.key: one for one in interview.rights.select_related("by")}
    versions = list(interview.versions.select_related("by").order_by("-number"))
    version = queries.newest_version(interview)
    signs = {one.part: one for one in version.signatures.all()} if version else {}
    return {
        "rules": rules,
        "rights": [(right, given.get(right.key)) for right in rules.of(interview.heard_as)],
        "rights_given": len(given),
        "versions": versions,
        "changes": changes(versions[1], versions[0]) if len(versions) > 1 else [],
        "newest": version,
        "signatures": [(part, signs.get(part)) for part in ("heard", "companion", "interviewer")],
        "signed_number": sum(1 for one in signs.values()) + bool(version and version.read_back_at),
        "recordings": list(interview.recordings.order_by("pk")),
        "may_right": not now.is_over and not engine.missing("right", now, gate=queries.gate_for(interview)),
    }


_WORD: Final = re.compile(r"\s+|\S+")
_KEPT: Final = 8
"""Words of what is the same that are shown on either side of a change."""


def changes(before: StatementVersion, after: StatementVersion) -> list[tuple[str, str]]:
    """``same``, ``del`` and ``ins`` with their words; long stretches that are the same are cut short."""
    a, b = _WORD.findall(before.text), _WORD.findall(after.text)
    found: list[tuple[str, str]] = []
    for kind, i, j, k, n in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", _short(a[i:j])))
            continue
        found += [("del", "".join(a[i:j]))] * (j > i) + [("ins", "".join(b[k:n]))] * (n > k)
    return found if any(kind != "same" for kind, _ in found) else []


def _short(words: list[str]) -> str:
    return (
        "".join(words) if len(words) <= 4 * _KEPT else f"{''.join(words[: 2 * _KEPT])} … {''.join(words[-2 * _KEPT :])}"
    )


def speakers(interview: Interview) -> dict[str, str]:
    """Who may be speaking, by a key: on the page a name may be masked, in the notes it is the name that stands."""
    asks, notes = ((one.get_full_name() or one.username) if one else "" for one in (interview.asks, interview.notes_by))
    told = {"heard": queries.called(interview), "asks": asks, "notes": notes, "companion": interview.companion}
    return {key: name for key, name in {**told, "interpreter": interview.interpreter}.items() if name}


def _form(user: User) -> dict[str, Any]:
    return {
        "kinds": engine.KINDS,
        "places": [("", "choose"), (OUTSIDE, "outside the buildings")]
        + [(f"site:{one.code}", f"anywhere at {one.name}") for one in estate.sites(user)]
        + [(f"zone:{one.code}", f"{one.name} ({one.code})") for one in estate.zones(user).order_by("site", "code")],
    }
