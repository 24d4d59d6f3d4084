"""The interviews of a case: planned, held, and their claims checked against the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from bartizan.cases.findings import Findings
from bartizan.cases.models import Case, Interview, StatementVersion
from bartizan.cases.pages import masking
from bartizan.cases.pages.signing import colleagues
from bartizan.cases.queries import interview as queries
from bartizan.cases.queries.gate import gate_of
from bartizan.cases.queries.retention import KEPT_FOR, is_over, reason_to_keep
from bartizan.cases.rights_book import rules
from bartizan.cases.wording import figure, plain
from bartizan.core.access import may
from bartizan.core.models import User
from bartizan.engines import interviews as engine
from bartizan.engines.interviews import Rules
from bartizan.estate import queries as estate

_STATES: Final = {"plan": "planned", "done": "done", "ended": "ended early", "evaluate": "to be evaluated"}


@dataclass(frozen=True, slots=True)
class Line:
    """One interview in the list."""

    interview: Interview
    who: str
    state: str
    counts: str
    signed: str
    kept_because: str
    """Why it is kept though its day is over; empty: it is not over."""


def content(user: User, case: Case, _known: Findings, _zone: Any) -> dict[str, Any]:
    return listed(user, case)


def count(user: User, case: Case) -> int:
    """Those that are not over."""
    return queries.interviews(user, case).exclude(stage__in=("done", "ended")).count()


def listed(user: User, case: Case, asked: str = "") -> dict[str, Any]:
    """The list, whom to ask next, and the form for planning one. ``asked`` is ``plan`` while it is open."""
    found = list(queries.interviews(user, case))
    known, trouble = _rules()
    is_able = may(user, "work cases")
    veil = masking.veil_of(user, case)  # first: by their numbers people are named in what follows
    told: dict[str, Any] = {
        "veil": veil,
        "lines": _lines(case, found),
        "ended": queries.ended_interviews(user, case),
        "next_asks": asks(user, case, found),
        "has_verdict": bool((case.pinpoint or {}).get("verdict")),
        "rules_trouble": trouble,
        "asked": asked if is_able and asked == "plan" else "",
        "interview": None,
        "who": "",
    }
    if told["asked"]:
        told |= plan_form(user, case, known)
    return told


def lines(user: User, case: Case) -> list[Line]:
    return _lines(case, list(queries.interviews(user, case)))


def plan_form(user: User, case: Case, known: Mapping[str, Rules]) -> dict[str, Any]:
    return {
        "rule_books": sorted(known.values(), key=lambda one: (one.id != "HOUSE", one.name)),
        "heard_as": engine.HEARD_AS,
        "askers": colleagues(user, case),
        "keep_until": (timezone.now() + KEPT_FOR).date(),
        "closed_case": case.state == "closed",
    }


def _rules() -> tuple[Mapping[str, Rules], str]:
    try:
        return rules(), ""
    except ValidationError as error:
        return {}, " ".join(error.messages)


def _lines(case: Case, found: Sequence[Interview]) -> list[Line]:
    """However many they are, a handful of questions."""
    versions = StatementVersion.objects.defer("text").prefetch_related("signatures")
    prefetch_related_objects(found, "claims", Prefetch("versions", versions))
    now, names = timezone.now(), queries.all_called(found)
    reason = reason_to_keep(case, now) if any(is_over(one, now) for one in found) else ""
    return [_line(one, names[one.pk], reason if is_over(one, now) else "") for one in found]


def _line(one: Interview, who: str, kept_because: str) -> Line:
    """Its claims and versions have been read."""
    version = max(one.versions.all(), key=lambda each: each.number, default=None)
    signs = version.signatures.all() if version else ()
    heard = next((sign for sign in signs if sign.part == "heard"), None)
    signed = (
        "not signed" if heard is None else "refused" if heard.is_refusal else f"V{version.number if version else 0}"
    )
    state = _STATES.get(one.stage) or one.get_stage_display()
    return Line(one, who, state, verdict_words(claim.verdict for claim in one.claims.all()), signed, kept_because)


def verdict_words(verdicts: Iterable[str]) -> str:
    """``8: 3 confirmed, 2 contradicted, 3 cannot be checked``."""
    rows = list(verdicts)
    if not rows:
        return "none yet"
    words = {"confirmed": "confirmed", "contradicted": "contradicted", "unchecked": "cannot be checked"}
    counts = [f"{rows.count(key)} {said}" for key, said in words.items() if key in rows]
    return f"{len(rows)}: {', '.join(counts)}"


def asks(user: User, case: Case, found: Iterable[Interview]) -> list[dict[str, Any]]:
    """Whom to ask next, most to be gained first: in words, as what, and the number by which a form names them."""
    verdict = (case.pinpoint or {}).get("verdict") or {}
    gate = gate_of(case)
    heard = [one.person for one in found if one.person and one.stage != "ended"]
    rows = engine.ask_next(verdict, named=gate.person, heard=heard)
    numbers = queries.numbers_of(case)
    zones = zone_names(user) if rows else {}
    return [
        {
            "words": plain(row.words, zones),
            "heard_as": engine.HEARD_AS[row.heard_as].lower(),
            "as": row.heard_as,
            "number": numbers.get(row.person, ""),
            "gain": f"{row.gain:.2f} bit",
            "opens": figure(row.opens),
        }
        for row in rows
    ]


def zone_names(user: User) -> dict[str, str]:
    return dict(estate.zones(user).values_list("code", "name"))
