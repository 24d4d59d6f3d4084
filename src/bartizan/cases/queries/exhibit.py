"""Exhibits and their custody: what people may read, and a case's whole book for an examination."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from bartizan.cases.custody import from_json
from bartizan.cases.models import Case, Custody, CustodyCheck, Exhibit, Handover, MissingThing, TimeStamp
from bartizan.cases.queries.case import case_rule
from bartizan.core import files
from bartizan.core.access import visible_to
from bartizan.core.health import Condition, watch_over
from bartizan.core.models import AuditEntry
from bartizan.engines import custody as engine
from bartizan.watch.queries import Reader

VERBS: Final = {
    "taken in": "took in exhibit",
    "sealed": "sealed exhibit",
    "seal read": "read seal of exhibit",
    "handed over": "handed over exhibit",
    "returned": "took back exhibit",
    "given back": "gave back exhibit",
    "copy given": "gave copy of exhibit",
    "looked at": "looked at exhibit",
}
"""What the audit calls each deed; each such line notes the link's number and digest."""


OF_A_LINK: Final = (
    "number", "step", "deed", "at", "written_at", "giver", "giver_ref", "taker", "taker_ref", "place", "why", "how",
    "seal_state", "seal_found", "seal_left", "changes", "changes_by", "content", "record", "previous", "digest",
)  # fmt: skip


case_rule(Custody)
for each in (Exhibit, Handover, TimeStamp, CustodyCheck, MissingThing):
    case_rule(each, "custody__case")


def exhibits(user: Reader, case: Case) -> QuerySet[Exhibit]:
    return visible_to(user, Exhibit.objects.filter(custody__case=case).select_related("custody__case", "file"))


def links_of(exhibit: Exhibit) -> list[engine.Link]:
    return [as_link(one, exhibit.case.number, exhibit.number) for one in exhibit.links.order_by("number")]


def open_break(links: list[engine.Link]) -> engine.Fault | None:
    """The seal that differs or is broken and was not put on anew since."""
    sealed = max((link.number for link in links if link.deed == "sealed"), default=0)
    return next((one for one in engine.seal_breaks(links) if one.number > sealed), None)


def is_ended(links: list[engine.Link]) -> bool:
    """Whether it was given back to its owner."""
    return bool(links) and links[-1].deed == "given back"


def fields_of(exhibit: Exhibit, case: str) -> Mapping[str, Any]:
    """What describes an exhibit and never changes, for ``record_digest``."""
    names = (
        "number",
        "form",
        "name",
        "what",
        "found_at",
        "found_where",
        "found_by",
        "path",
        "source",
        "digest",
        "size",
    )
    kept = exhibit.file
    told = {"name": kept.name, "digest": kept.digest, "size": kept.size} if kept else None
    return {name: getattr(exhibit, name) for name in names} | {"case": case, "file": told}


def as_link(one: Handover, case: str, exhibit: str) -> engine.Link:
    told = {name: getattr(one, name) for name in OF_A_LINK}
    return engine.Link(case=case, exhibit=exhibit, signatures=_signatures(one), **told)


def _signatures(one: Handover) -> tuple[engine.Signature, ...]:
    """What was edited into something else is shown as such by the digest that no longer fits."""
    try:
        return from_json(one.signatures)
    except (ValueError, KeyError, TypeError):
        return ()


def book_of(case: Case, found: Mapping[str, str] | None = None) -> engine.Book:
    """All that a case keeps of its custody. ``found``: by exhibit the SHA-256 of the contents that were read."""
    custody = Custody.objects.filter(case=case).first()
    rows = Exhibit.objects.filter(custody__case=case).select_related("file").order_by("pk")
    links = Handover.objects.filter(custody__case=case).select_related("exhibit").order_by("number", "pk")
    stamps = TimeStamp.objects.filter(custody__case=case).order_by("number", "pk")
    return engine.Book(
        case.number,
        [as_link(one, case.number, one.exhibit.number) for one in links],
        [_exhibit(row, case.number, found or {}) for row in rows],
        _head(custody) if custody else None,
        [as_stamp(one) for one in stamps],
        noted(case.number),
    )


def _head(custody: Custody) -> engine.Head:
    return engine.Head(custody.number, custody.digest, custody.stamps, custody.is_practice, custody.seal)


def _exhibit(row: Exhibit, case: str, found: Mapping[str, str]) -> engine.Exhibit:
    now = engine.Now(row.holder, row.holder_ref, row.place, row.seal, row.steps)
    record = engine.record_digest(fields_of(row, case))
    return engine.Exhibit(row.number, record, row.digest, now, found.get(row.number))


def as_stamp(one: TimeStamp) -> engine.Stamp:
    return engine.Stamp(one.number, one.digest, one.at, bytes(one.token), one.trusted, one.seal)


def noted(case: str) -> list[engine.Anchor]:
    """What the audit, a chain of its own, knows of the case's links. Of a demo that came and went it knows older ones,
    which prove nothing."""
    lines = AuditEntry.objects.filter(subject=f"case:{case}", verb__in=VERBS.values()).order_by("pk")
    found = []
    for at, detail in lines.values_list("at", "detail"):
        number, digest = detail.get("link"), detail.get("digest")
        if isinstance(number, int) and isinstance(digest, str) and not detail.get("practice"):
            found.append(engine.Anchor(number, digest, f"the audit of {at:%d %b %Y %H:%M} UTC"))
    return found


@dataclass(frozen=True, slots=True)
class Stamping:
    """How the time stamps of a case stand."""

    last: TimeStamp | None
    is_due: bool
    """Links were added since."""
    trouble: str
    tried_at: datetime | None


def stamping(custody: Custody) -> Stamping:
    last = custody.timestamps.order_by("-number").first()
    is_due = custody.number > (last.number if last else 0)
    return Stamping(last, is_due, custody.trouble, custody.tried_at)


def with_evidence() -> QuerySet[Case]:
    """Cases that have a custody, or of which the audit knows one."""
    return Case.objects.filter(Q(custody__isnull=False) | Q(number__in=_known())).order_by("number")


def gone_cases() -> list[str]:
    """Numbers of cases of whose evidence the audit knows and that are not there any more."""
    return sorted(_known() - set(Case.objects.values_list("number", flat=True)))


def _known() -> set[str]:
    lines = AuditEntry.objects.filter(verb__in=VERBS.values()).values_list("subject", "detail")
    return {subject.partition(":")[2] for subject, detail in lines if not detail.get("practice")}


def _is_exhibit(reference: str) -> str:
    """Content of an exhibit stays as long as the exhibit does."""
    kind, _, number = reference.partition(":")
    is_kept = kind == "exhibit" and Exhibit.objects.filter(custody__case__number=number).exists()
    return f"Case {number} has exhibits." if is_kept else ""


files.keeps(_is_exhibit)


def _look() -> Condition:
    """How the evidence was when its contents were last read."""
    latest: dict[int, bool] = {}
    ended = CustodyCheck.objects.exclude(ended_at=None).order_by("ended_at")
    for custody, faults in ended.values_list("custody", "faults"):
        latest[custody] = not faults
    wrong = len(latest) - sum(latest.values())
    words = (
        f"The evidence of {wrong} case{'s' if wrong != 1 else ''} is not as it was kept. Open its tab Evidence, or run "
        "`bartizan evidence verify`."
    )
    return Condition(
        "evidence",
        "Evidence",
        words if wrong else "As it was kept, when it was last read." if latest else "Not read yet, or there is none.",
        is_well=not wrong,
        url="/cases",
    )


watch_over("evidence", _look)
