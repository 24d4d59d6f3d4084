"""The bench on which a charge is heard: what is shown, told, weighed and decided, and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from bartizan.cases.actions.measure import IF_WON, targets_of
from bartizan.cases.house_book import house as house_now
from bartizan.cases.models import Case, Charge, Measure, PastSanction
from bartizan.cases.pages import bench_proof
from bartizan.cases.pages.strip import strip_of
from bartizan.cases.queries import sanction as queries
from bartizan.cases.queries.gate import gate_of
from bartizan.cases.queries.retention import why_kept
from bartizan.core.models import User
from bartizan.core.queries import officers
from bartizan.engines import sanctions
from bartizan.engines.sanctions import FACTORS, House, HouseError, Standing, Step
from bartizan.engines.sanctions.letter import Hole, letter_of
from bartizan.estate.models import Person
from bartizan.watch.shown import zone_of

DEEDS: Final[Mapping[str, str]] = {
    "proof": "Enter proof",
    "notice": "Give notice",
    "reply": "Keep a reply",
    "weighing": "Weigh",
    "proposal": "Propose",
    "decision": "Decide",
    "letter": "Letter received",
    "appeal": "Lodge an appeal",
    "ruling": "Decide the appeal",
    "withdrawal": "Withdraw the charge",
}
JUDGES: Final = ("weighing", "proposal", "decision", "ruling")
"""What only somebody may do who did not investigate."""


@dataclass(frozen=True, slots=True)
class Deed:
    kind: str
    words: str
    why_not: str
    """Why it is closed, in a sentence; empty: it is open to the one who looks."""


def content(user: User, case: Case, chosen: str = "", asked: str = "", ticked: Collection[str] = ()) -> dict[str, Any]:
    """What the tab shows: the bench of one charge, or why none can be brought. ``ticked``: exhibits, in a form."""
    try:
        house = house_now()
    except HouseError as error:
        return {"house_trouble": str(error)}
    found = list(queries.charges(user, case))
    charge = next((one for one in found if str(one.number) == chosen), found[-1] if found else None)
    gate = gate_of(case)
    told: dict[str, Any] = {
        "house": house,
        "charges": found,
        "charge": charge,
        "ended": queries.ended_charges(user, case),
        "case_gate": gate,
        "named": _name(gate.person) if gate.is_open else "",
        "asked": asked,
        "standards": sanctions.STANDARDS,
        "past_number": PastSanction.objects.count(),
    }
    if charge is None or asked == "charge":
        told |= {
            "investigators": [one for one in officers(user, "work cases") if one not in (case.lead, case.opened_by)]
        }
    if charge is not None:
        told |= _of(user, charge, house, gate.by if gate.opens_for(charge.person) else "")
    told["asked"] = asked if _is_open(asked, told) else ""
    if charge is not None:
        form = ticked if told["asked"] == "proof" else None
        told |= bench_proof.shown(user, case, told["stand"].proofs.values(), form)
    return told


def _is_open(asked: str, told: Mapping[str, Any]) -> bool:
    """Whether the form that is asked for may be filled in now, by this user."""
    if asked == "charge":
        return bool(told["case_gate"].is_open)
    if asked == "measure":
        return bool(told.get("sorts"))
    return any(deed.kind == asked and not deed.why_not for deed in told.get("deeds", ()))


def _of(user: User, charge: Charge, house: House, gate: str) -> dict[str, Any]:
    log = queries.log_of(charge)
    now = sanctions.standing(log)
    names = _names(log, now)
    out = queries.out_of(charge, now)
    deeds = _deeds(user, out, now, house)
    third = [one for one in queries.third_people(user, out) if one.username not in now.judged and one != user]
    return (
        _found(user, charge, now, house, gate, names)
        | _compared(charge, now, house, log, names)
        | {
            "stand": now,
            "person": _name(charge.person) if gate or now.decision else "",
            "deeds": deeds,
            "shut": _shut(deeds),
            "standard": sanctions.STANDARDS[now.charge.standard] if now.charge else "",
            "roles": _roles(out, now, names),
            "thirds": third,
            "letter": _letter(charge, now, house),
            "measures": _measures(charge, now, house),
            "sorts": _sorts(charge, now, house),
            "clocks": _clocks(now, house),
            "zone_now": timezone.now(),
            "lookers": queries.lookers(charge),
            "kept_because": why_kept(charge, timezone.now()),
            "outcomes": house.ladder,
            "replies": sanctions.REPLIES,
            "least_reply": timezone.now() + timedelta(days=house.reply_days),
        }
    )


def _found(
    user: User, charge: Charge, now: Standing, house: House, gate: str, names: Mapping[str, str]
) -> dict[str, Any]:
    """What the top of the bench says, and what was told and heard."""
    at = timezone.now().astimezone(zone_of(user, charge.case.site))
    conditions = sanctions.conditions(now, house, gate=gate, at=at)
    lacking = [one for one in conditions if not one.is_met]
    return {
        "lead_words": _headline(now, house, len(lacking), len(conditions)),
        "conditions": [
            (c.words, c.is_met, names.get(c.note, c.note)) for c in sorted(conditions, key=lambda one: one.is_met)
        ],
        "is_blocked": now.decision is None and bool(lacking),
        "events": _heard(now),
        "rows": _grid(now),
        "weighed_by": names.get(now.weighing.by, "") if now.weighing else "",
    }


def _compared(
    charge: Charge, now: Standing, house: House, log: tuple[Step, ...], names: Mapping[str, str]
) -> dict[str, Any]:
    likes = sanctions.alike(queries.as_comparable(charge, log), queries.comparables(charge))
    return {
        "likes": [(one, house.name_of(one.past.outcome)) for one in likes],
        "strip": strip_of(house, likes, now.proposal.outcome if now.proposal else ""),
        "span": sanctions.span_of(likes, house),
        "outside": _outside(now, house, names),
    }


def _name(person: str) -> str:
    return Person.objects.filter(code=person).values_list("name", flat=True).first() or person


def _names(log: Sequence[Step], now: Standing) -> dict[str, str]:
    accounts = {step.by for step in log} | set(now.kept_out)
    accounts |= {now.decision.appeal_to} if now.decision else set()
    return {u.username: u.get_full_name() or u.username for u in User.objects.filter(username__in=accounts)}


def _headline(now: Standing, house: House, lacking: int, every: int) -> str:
    if now.withdrawn:
        return "The charge was withdrawn."
    if now.ruling:
        if not now.outcome:
            return "The appeal was won: no sanction stands."
        return f"The appeal was {sanctions.RESULTS[now.ruling.result]}: {house.name_of(now.outcome)} stands."
    if now.decision:
        state = "an appeal is lodged" if now.appeal else "no appeal is lodged"
        return f"Decided: {house.name_of(now.outcome)}; {state}."
    if lacking:
        return f"Cannot be decided yet: {lacking} of {every} conditions {'is' if lacking == 1 else 'are'} not met."
    return "Can be decided, by somebody who did not investigate."


def _deeds(user: User, out: Mapping[str, str], now: Standing, house: House) -> list[Deed]:
    found = []
    for kind, words in DEEDS.items():
        lacking = sanctions.missing(kind, now, house)
        if kind in ("appeal", "ruling", "letter") and lacking and now.decision is None:
            continue
        if lacking and "already" in lacking[0]:
            continue
        why = lacking[0] if lacking else ""
        if not why and kind in JUDGES and (did := out.get(user.username)):
            why = f"You cannot: you are the one who {did}." if kind != "ruling" else f"You cannot hear it: {did}."
        found.append(Deed(kind, words, why))
    return found


def _shut(deeds: Sequence[Deed]) -> list[tuple[str, str]]:
    """The closed steps by why they are closed, so that nobody has to point at a button to know."""
    found: dict[str, list[str]] = {}
    for one in deeds:
        if one.why_not:
            found.setdefault(one.why_not, []).append(one.words)
    return [(", ".join(words), why) for why, words in found.items()]


def _heard(now: Standing) -> list[tuple[bool, str, str, datetime | None]]:
    """Told and heard, in order: whether it is done, what, more, and when."""
    notice = now.notice
    if notice is None:
        return [(False, "Notice of the charge", "not given", None), (False, "File opened", "with the notice", None)]
    rows: list[tuple[bool, str, str, datetime | None]] = [
        (True, "Notice of the charge", f"may come with: {notice.companion}", notice.at),
        (
            True,
            "File opened",
            notice.file_access + (f"; withheld: {notice.withheld}" if notice.withheld else ""),
            notice.at,
        ),
    ]
    for one in now.replies:
        more = f"{one.words}{f' (with {one.companion})' if one.companion else ''}"
        rows.append((True, f"{sanctions.REPLIES[one.how].capitalize()}", more, one.at))
    if not now.replies:
        rows.append((False, "Reply", "none yet; time runs until", notice.reply_by))
    if notice.hear_at and not any(one.how in ("heard", "waived", "none") for one in now.replies):
        rows.append((False, "To be heard", "not yet", notice.hear_at))
    return rows


def _grid(now: Standing) -> list[tuple[Any, Any]]:
    weights = {one.factor: one for one in now.weighing.weights} if now.weighing else {}
    return [(factor, weights.get(factor.number)) for factor in FACTORS]


def _outside(now: Standing, house: House, names: Mapping[str, str]) -> dict[str, Any] | None:
    """The note on a proposal beyond what like cases came to."""
    made = now.proposal
    if made is None or not (made.mildest and made.harshest) or not house.knows(made.outcome):
        return None
    rank = house.rank(made.outcome)
    low, high = (house.rank(end) if house.knows(end) else rank for end in (made.mildest, made.harshest))
    if low <= rank <= high:
        return None
    way = "harsher" if rank > high else "milder"
    words = f"{house.name_of(made.outcome)} ({names.get(made.by, made.by)}) is {way} than every like case."
    return {"words": words, "because": made.outside_because}


def _roles(out: Mapping[str, str], now: Standing, names: Mapping[str, str]) -> dict[str, Any]:
    people = {u.username: u.get_full_name() or u.username for u in User.objects.filter(username__in=out)}
    decides = now.decision.by if now.decision else (now.weighing.by if now.weighing else "")
    own = now.charge.own if now.charge else ()
    return {
        "investigated": sorted((people.get(who, who), why) for who, why in out.items() if who not in own),
        "decides": names.get(decides, ""),
        "decided": [f"{why}" for who, why in now.judged.items() if who == decides],
        "hears": names.get(now.decision.appeal_to, "") if now.decision else "",
        "heard": now.ruling is not None,
    }


def _letter(charge: Charge, now: Standing, house: House) -> dict[str, Any]:
    letter = letter_of(now, queries.letter_facts(charge), house, queries.names_of(now))
    pieces = [[(isinstance(p, Hole), p.words if isinstance(p, Hole) else p) for p in one] for one in letter.paragraphs]
    return {"paragraphs": pieces, "is_draft": letter.is_draft, "pdf": charge.letter_pdf, "docx": charge.letter_docx}


def _measures(charge: Charge, now: Standing, house: House) -> list[dict[str, Any]]:
    lacking = sanctions.missing("carrying", now, house)
    rows = []
    for one in charge.measures.select_related("task").order_by("number"):
        is_due = f"measure {one.number}" in now.to_undo
        rows.append({
            "measure": one, "icon": ICONS[one.sort], "if_won": IF_WON[one.sort],
            "can_carry": one.state == "planned" and not lacking, "why_not": lacking[0] if lacking else "",
            "can_undo": is_due,
        })  # fmt: skip
    return rows


ICONS: Final = {
    "badge": "badge", "accounts": "login", "access": "door", "training": "idea", "payroll": "team", "record": "file",
}  # fmt: skip


def _sorts(charge: Charge, now: Standing, house: House) -> list[dict[str, Any]]:
    """The measures that the outcome allows, and the person's badges and user accounts to choose from."""
    key = now.outcome or (now.proposal.outcome if now.proposal and not now.ruling else "")
    if not key or not house.knows(key):
        return []
    targets = targets_of(charge)
    allowed = house.outcome(key).measures
    return [{"key": k, "name": n, "targets": targets.get(k, [])} for k, n in Measure.SORTS if k in allowed]


def _clocks(now: Standing, house: House) -> list[tuple[str, str, datetime | None]]:
    """What runs, what starts it, and when it ends."""
    until = now.appeal_until(house)
    starts = f"{house.appeal_days} days, from the day on which the letter is received"
    return [
        ("Reply", f"at least {house.reply_days} days from the notice", now.notice.reply_by if now.notice else None),
        ("Appeal", "decided" if now.ruling else "lodged" if now.appeal else starts, None if now.appeal else until),
        ("Carry out what cannot be undone", "when the time to appeal has passed or the appeal is decided",
         now.ruling.at if now.ruling else (None if now.appeal else until)),
    ]  # fmt: skip
