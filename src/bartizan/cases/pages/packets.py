"""What leaves the house about a case: its fact sheet, and the packets that were made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from bartizan.cases.dossier import LEVEL_OF
from bartizan.cases.fact_sheet import FactSheet, fact_sheet
from bartizan.cases.findings import Findings
from bartizan.cases.models import Case, Exhibit, Packet
from bartizan.cases.models.packet import KINDS
from bartizan.cases.queries.gate import gate_of
from bartizan.cases.queries.packet import opens_annex, packets
from bartizan.cases.queries.retention import is_over, kept_with, reason_to_keep
from bartizan.core.models import User

LEVELS: Final = {
    "authority": "everything but the names of witnesses and of whom the evidence does not name",
    "regulator": "no person, no exhibit",
    "house": "no person, no witness, no exhibit",
}
LINES: Final[Mapping[str, tuple[str, ...]]] = {
    "witnesses": ("name", "what they can say", "exhibit"),
    "not_examined": ("what", "why not", "what it could change"),
    "signers": ("name", "as what"),
    "preserve": (),
    "players": (),
    "asks": (),
}
"""Fields of the form in which each line is one entry, and the parts of a line, with a stroke between."""
_NAMES: Final = ("signers", "witnesses")
"""Names are typed anew for each packet: a page masks them, and a number in place of a name signs nothing."""
SINGLE: Final = ("for_whom", "their_reference", "reported_says")


@dataclass(frozen=True, slots=True)
class Row:
    """One packet in the list."""

    packet: Packet
    word: str
    level: str
    is_over: bool
    """Its day is over, and it is kept."""

    @property
    def digest(self) -> str:
        """In groups of eight, to be compared by eye."""
        whole = self.packet.digest
        return " ".join(whole[n : n + 8] for n in range(0, len(whole), 8))


def content(user: User, case: Case, _known: Findings | None = None, _zone: Any = None) -> dict[str, Any]:
    """What the tab shows as it opens."""
    return page(user, case)


def page(
    user: User, case: Case, *, fact: str = "", makes: bool = False, typed: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The tab. ``fact``: whose form is open. ``makes``: the form of a new packet is open, with what was ``typed``."""
    sheet = fact_sheet(case)
    made, now = list(packets(user, case)), timezone.now()
    told: dict[str, Any] = {
        "sheet": sheet,
        "known": sum(one.is_known for one in sheet.facts),
        "open_fact": fact,
        "makes": makes,
        "opens_annex": opens_annex(user, case),
        "packets": [Row(one, KINDS[one.kind], LEVELS[one.level], is_over(one, now)) for one in made],
        "kept_because": reason_to_keep(case, now) if any(is_over(one, now) for one in made) else "",
    }
    return told | (_form(case, made, sheet, typed) if makes else {})


def _form(case: Case, made: list[Packet], sheet: FactSheet, typed: Mapping[str, str] | None) -> dict[str, Any]:
    """What the form of a packet begins with: what was typed, else what was said for the last packet."""
    digital = Exhibit.objects.filter(custody__case=case, form__in=("file", "events")).exclude(file=None)
    return {
        "kinds": [(key, word, LEVELS[LEVEL_OF[key]]) for key, word in KINDS.items()],
        "form": dict(typed) if typed is not None else _begun(case, made, sheet),
        "gate_is_open": gate_of(case).is_open,
        "digital": digital.count(),
    }


def _begun(case: Case, made: list[Packet], sheet: FactSheet) -> dict[str, str]:
    last: Mapping[str, Any] = made[0].told if made else {}
    lead = (case.lead.get_full_name() or case.lead.username) if case.lead else ""
    told = {name: _lines(last.get(name) or ()) for name in LINES if name not in _NAMES}
    told["signers"] = f"{lead} | led the inquiry" if lead else ""
    offence, reference = sheet.of("offence"), str(last.get("their_reference") or "")
    told["offence"] = offence.words if offence.is_known else ""
    keep_until = kept_with(case, timezone.now().date()).isoformat()
    return told | {"kind": "police", "copies": "1", "their_reference": reference, "keep_until": keep_until}


def _lines(kept: Any) -> str:
    return "\n".join(one if isinstance(one, str) else " | ".join(filter(None, one)) for one in kept)


def count(user: User, case: Case) -> int:
    """How many there are."""
    return packets(user, case).count()
