"""A dossier as one incident of VERIS 1.4, the Vocabulary for Event Recording and Incident Sharing.

The enumerations below are VERIS's own, as far as this writer uses them: ``problems`` says where a record leaves them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bartizan.engines.packets.dossier import Dossier
from bartizan.engines.packets.identity import identity

VERSION: Final = "1.4.0"
VARIETIES: Final[Mapping[str, frozenset[str]]] = {
    "hacking": frozenset({"Use of stolen creds", "Unknown"}),
    "malware": frozenset({"Backdoor or C2", "Unknown"}),
    "misuse": frozenset(
        {"Data mishandling", "Email misuse", "Evade Defenses", "Password or Session Sharing", "Possession abuse",
         "Privilege abuse", "Unknown"}
    ),
    "physical": frozenset({"Bypassed controls", "Disabled controls", "Theft", "Unknown"}),
}  # fmt: skip
VECTORS: Final[Mapping[str, frozenset[str]]] = {
    "hacking": frozenset({"Physical access", "Unknown"}),
    "malware": frozenset({"Direct install", "Unknown"}),
    "misuse": frozenset({"LAN access", "Physical access", "Remote access", "Unknown"}),
    "physical": frozenset({"Victim secure area", "Victim work area", "Unknown"}),
}
ASSETS: Final = {"host": "U - Desktop or laptop", "door": "N - Access reader"}
CONFIDENCES: Final = ("High", "Medium", "Low", "None")
INCIDENTS: Final = ("Confirmed", "Suspected")
DISCLOSURES: Final = ("Yes", "Potentially", "No", "Unknown")
_SUMMARY: Final = ("what", "when", "where", "cause")


def as_veris(dossier: Dossier) -> bytes:
    """The incident as JSON. Nobody is named in it at any level: VERIS is for counting, not for accusing."""
    way = dossier.way
    record: dict[str, Any] = {
        "schema_version": VERSION,
        "incident_id": identity(dossier, "incident"),
        "source_id": dossier.house,
        "reference": f"case {dossier.case}",
        "security_incident": "Suspected",
        "confidence": _confidence(way.probability if way else 0.0),
        "summary": summary(dossier),
        "timeline": {"incident": _moment(dossier.first_at)},
        "victim": {
            "victim_id": dossier.house, "employee_count": "Unknown", "industry": "000000", "country": ["Unknown"],
        },
        "actor": _actor(way.actor if way else "none"),
        "action": _action(dossier),
        "asset": {"assets": [{"variety": ASSETS.get(way.device if way else "", "Unknown")}], "cloud": ["Unknown"]},
        "attribute": {"confidentiality": {"data_disclosure": _disclosed(dossier), "data": [{"variety": "Unknown"}]}},
        "discovery_method": {"internal": {"variety": ["Security alarm" if dossier.rows else "Unknown"]}},
        "plus": {"packet": dossier.number, "facts": dossier.facts_version},
    }  # fmt: skip
    if wrong := list(problems(record)):
        raise ValueError(f"The record leaves VERIS's words: {'; '.join(wrong)}")
    return (json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def problems(record: Mapping[str, Any]) -> Iterator[str]:
    """Where a record leaves the enumerations, or lacks what VERIS asks for."""
    for field in ("incident_id", "schema_version", "victim", "actor", "action", "asset", "attribute", "timeline"):
        if not record.get(field):
            yield f"{field} is missing"
    for field, allowed in (("security_incident", INCIDENTS), ("confidence", CONFIDENCES)):
        if record.get(field) not in allowed:
            yield f"{field} is “{record.get(field)}”"
    yield from _action_problems(record.get("action", {}))
    told = record.get("attribute", {}).get("confidentiality", {})
    if told.get("data_disclosure") not in DISCLOSURES:
        yield f"attribute.confidentiality.data_disclosure is “{told.get('data_disclosure')}”"
    for asset in record.get("asset", {}).get("assets", ()):
        if asset.get("variety") not in {*ASSETS.values(), "Unknown"}:
            yield f"asset is “{asset.get('variety')}”"


def _action_problems(actions: Mapping[str, Any]) -> Iterator[str]:
    for kind, told in actions.items():
        for field, words in (("variety", VARIETIES), ("vector", VECTORS)):
            wrong = set(told.get(field, ())) - words.get(kind, frozenset())
            if wrong and kind != "unknown":
                yield f"action.{kind}.{field} is {', '.join(sorted(wrong))}"


def summary(dossier: Dossier) -> str:
    known = [one.words.rstrip(".") for one in map(dossier.fact, _SUMMARY) if one.is_known]
    return ". ".join(known) + "."


def _confidence(probability: float) -> str:
    if probability >= 0.95:
        return "High"
    return "Medium" if probability >= 0.55 else "Low" if probability > 0 else "None"


def _moment(at: datetime) -> dict[str, Any]:
    plain = at.astimezone(UTC)
    return {"year": plain.year, "month": plain.month, "day": plain.day, "time": f"{plain:%H:%M:%SZ}"}


def _actor(cls: str) -> dict[str, Any]:
    usual = {"motive": ["Unknown"], "variety": ["Unknown"]}
    if cls in ("insider", "error", "credential"):
        return {"internal": usual}
    if cls in ("outsider", "malware"):
        return {"external": usual | {"country": ["Unknown"]}}
    return {"unknown": {"notes": "Nobody is identified by the evidence."}}


def _action(dossier: Dossier) -> dict[str, Any]:
    if dossier.way is None:
        return {"unknown": {"notes": "How it was done is not known yet."}}
    kind, _, variety = dossier.way.action.partition(".")
    return {kind: {"variety": [variety], "vector": [dossier.way.vector], "notes": dossier.way.words}}


def _disclosed(dossier: Dossier) -> str:
    """Said by the facts alone: what is not settled is not counted as disclosed."""
    taken = dossier.fact("taken")
    if not taken.is_settled or not taken.is_known:
        return "Unknown"
    return "No" if taken.words.casefold().startswith(("nothing", "none")) else "Potentially"
