"""A dossier as a STIX 2.1 bundle: the house, the incident, the technique that was used, what was observed, a report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import stix2
from stix2.exceptions import STIXError

from bartizan.engines.packets.dossier import Dossier, Thing, Way
from bartizan.engines.packets.identity import identity
from bartizan.engines.packets.veris import summary

__all__ = ["STIXError", "as_stix"]

_ATTACK: Final = "https://attack.mitre.org/techniques/"
# TLP 2.0 as STIX 2.1's own marking definitions of TLP 1: amber to an authority, red within the house.
_MARKING: Final = {"authority": stix2.TLP_AMBER, "regulator": stix2.TLP_AMBER, "house": stix2.TLP_RED}


def as_stix(dossier: Dossier) -> bytes:
    """The bundle as JSON with sorted keys. Nobody is an object in it: a person is in the facts alone, if at all."""
    found = list(_objects(dossier))
    bundle = stix2.Bundle(id=f"bundle--{identity(dossier, f'bundle {dossier.number}')}", objects=found)
    return (str(bundle.serialize(sort_keys=True, indent=1)) + "\n").encode()


def _objects(dossier: Dossier) -> Iterator[Any]:
    house = stix2.Identity(
        id=f"identity--{identity(dossier, 'house')}",
        name=dossier.house,
        identity_class="organization",
        **_dated(dossier),
    )
    usual = {"created_by_ref": house.id, "object_marking_refs": [_MARKING[dossier.level].id], **_dated(dossier)}
    incident = _incident(dossier, usual)
    told: list[Any] = [house, _MARKING[dossier.level], incident]
    pattern = _pattern(dossier, dossier.way, usual) if dossier.way else None
    files = [_file(one) for one in dossier.things if one.form != "thing"]
    observed = _observed(dossier, files, usual) if files else None
    if pattern is not None:
        told += [pattern, _sighting(dossier, pattern, observed, usual)]
    told += list({one.id: one for one in files}.values())
    told += [observed] if observed is not None else []
    yield from told
    yield stix2.Report(
        id=f"report--{identity(dossier, f'report {dossier.number}')}",
        name=f"Case {dossier.case}, packet {dossier.number}",
        description=summary(dossier),
        report_types=["attack-pattern" if pattern is not None else "threat-report"],
        published=dossier.made_at,
        object_refs=[one.id for one in told if one.type != "marking-definition"],
        **usual,
    )


def _dated(dossier: Dossier) -> dict[str, Any]:
    return {"created": dossier.made_at, "modified": dossier.made_at}


def _incident(dossier: Dossier, usual: dict[str, Any]) -> Any:
    """STIX 2.1, 4.7: an incident is a stub of a name and a description; when it was stands at the sighting."""
    return stix2.Incident(
        id=f"incident--{identity(dossier, 'incident')}",
        name=f"Case {dossier.case}",
        description=" ".join(f"{one.title}: {one.words.rstrip('.')}." for one in dossier.facts),
        external_references=[{"source_name": dossier.house, "external_id": dossier.case}],
        **usual,
    )


def _pattern(dossier: Dossier, way: Way, usual: dict[str, Any]) -> Any:
    told: dict[str, Any] = {}
    if way.technique:
        address = _ATTACK + way.technique.replace(".", "/") + "/"
        told["external_references"] = [
            {"source_name": "mitre-attack", "external_id": way.technique, "url": address},
        ]
    return stix2.AttackPattern(
        id=f"attack-pattern--{identity(dossier, f'way {way.technique} {way.words}')}",
        name=way.words,
        confidence=min(99, round(way.probability * 100)),
        **told,
        **usual,
    )


def _file(thing: Thing) -> Any:
    """Its identity follows from its digest (STIX 2.1, 3.4), so that the same content is the same object anywhere."""
    return stix2.File(name=f"{thing.number} {thing.name}", hashes={"SHA-256": thing.digest}, size=thing.size)


def _observed(dossier: Dossier, files: list[Any], usual: dict[str, Any]) -> Any:
    return stix2.ObservedData(
        id=f"observed-data--{identity(dossier, 'exhibits')}",
        first_observed=dossier.first_at,
        last_observed=max(dossier.first_at, dossier.last_at),
        number_observed=1,
        object_refs=sorted({one.id for one in files}),
        **usual,
    )


def _sighting(dossier: Dossier, pattern: Any, observed: Any, usual: dict[str, Any]) -> Any:
    return stix2.Sighting(
        id=f"sighting--{identity(dossier, 'sighting')}",
        sighting_of_ref=pattern.id,
        first_seen=dossier.first_at,
        last_seen=max(dossier.first_at, dossier.last_at),
        where_sighted_refs=[f"identity--{identity(dossier, 'house')}"],
        observed_data_refs=[observed.id] if observed is not None else None,
        **usual,
    )
