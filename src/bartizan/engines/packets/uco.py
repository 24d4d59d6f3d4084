"""A dossier as CASE/UCO 1.5 JSON-LD: the investigation, its exhibits with their hashes, and who had them when.

Cyber-investigation Analysis Standard Expression, https://caseontology.org. Every exhibit is a ProvenanceRecord with its
exhibit number; every step of custody is an InvestigativeAction that was informed by the one before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from bartizan.engines.packets.dossier import Dossier, Hand, Thing
from bartizan.engines.packets.identity import identity, utc

_UCO: Final = "https://ontology.unifiedcyberontology.org/uco/"
_CONTEXT: Final = {
    "kb": "urn:bartizan:",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": f"{_UCO}action/",
    "uco-core": f"{_UCO}core/",
    "uco-identity": f"{_UCO}identity/",
    "uco-location": f"{_UCO}location/",
    "uco-observable": f"{_UCO}observable/",
    "uco-types": f"{_UCO}types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
Node = dict[str, Any]


def as_case(dossier: Dossier) -> bytes:
    """The graph as JSON-LD with sorted keys."""
    told = {"@context": _CONTEXT, "@graph": [*_frame(dossier), *_exhibits(dossier)]}
    return (json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _id(dossier: Dossier, kind: str, name: str = "") -> str:
    return f"kb:{kind}-{identity(dossier, f'{kind} {name}')}"


def _ref(dossier: Dossier, kind: str, name: str = "") -> Node:
    return {"@id": _id(dossier, kind, name)}


def _time(at: Any) -> Node:
    return {"@type": "xsd:dateTime", "@value": utc(at)}


def _frame(dossier: Dossier) -> Iterator[Node]:
    """The bundle, the house, and the investigation with the facts as its description."""
    records = [_ref(dossier, "provenance-record", one.number) for one in dossier.things]
    yield {
        "@id": _id(dossier, "organization"), "@type": "uco-identity:Organization", "uco-core:name": dossier.house,
    }  # fmt: skip
    investigation: Node = {
        "@id": _id(dossier, "investigation"),
        "@type": "case-investigation:Investigation",
        "uco-core:name": f"Case {dossier.case}",
        "uco-core:description": [f"{one.title}: {one.words}" for one in dossier.facts],
        "case-investigation:investigationForm": "incident",
        "case-investigation:investigationStatus": dossier.state,
        "uco-core:startTime": _time(dossier.opened_at),
        "uco-core:createdBy": _ref(dossier, "organization"),
        "uco-core:object": [*records, *_steps(dossier), *_rows(dossier)] or [_ref(dossier, "organization")],
    }
    if (offence := dossier.fact("offence")).is_settled:
        investigation["case-investigation:focus"] = offence.words
    yield investigation
    for number, row in enumerate(dossier.rows, 1):
        yield {
            "@id": _id(dossier, "event", str(number)),
            "@type": "uco-core:Event",
            "uco-core:startTime": _time(row.at),
            "uco-core:description": row.words,
            "uco-core:tag": "recorded" if row.is_recorded else "inferred",
        }


def _rows(dossier: Dossier) -> list[Node]:
    return [_ref(dossier, "event", str(number)) for number in range(1, len(dossier.rows) + 1)]


def _steps(dossier: Dossier) -> list[Node]:
    return [_ref(dossier, "action", str(hand.number)) for one in dossier.things for hand in one.hands]


def _exhibits(dossier: Dossier) -> Iterator[Node]:
    places = sorted({hand.place for one in dossier.things for hand in one.hands if hand.place})
    hands = sorted({name for one in dossier.things for hand in one.hands for name in (hand.giver, hand.taker) if name})
    for place in places:
        yield {"@id": _id(dossier, "location", place), "@type": "uco-location:Location", "uco-core:name": place}
    for name in hands:
        yield {"@id": _id(dossier, "identity", name), "@type": "uco-identity:Identity", "uco-core:name": name}
    for thing in dossier.things:
        yield _record(dossier, thing)
        yield _object(dossier, thing)
        for before, hand in zip((None, *thing.hands[:-1]), thing.hands, strict=True):
            yield _action(dossier, thing, hand, before)


def _record(dossier: Dossier, thing: Thing) -> Node:
    return {
        "@id": _id(dossier, "provenance-record", thing.number),
        "@type": "case-investigation:ProvenanceRecord",
        "case-investigation:exhibitNumber": thing.number,
        "uco-core:name": thing.name,
        "uco-core:description": ", ".join(filter(None, (thing.what, thing.where, thing.seal and f"seal {thing.seal}")))
        or thing.name,
        "uco-core:object": [_ref(dossier, "object", thing.number)],
    }


def _object(dossier: Dossier, thing: Thing) -> Node:
    """Digital content is a file with its hash; a thing is an item, and its last custody link stands in its record."""
    node: Node = {"@id": _id(dossier, "object", thing.number), "uco-core:name": thing.name}
    if thing.form == "thing":
        return node | {"@type": "uco-core:Item", "uco-core:description": f"last custody link SHA-256 {thing.digest}"}
    hashed = {
        "@id": _id(dossier, "hash", thing.number),
        "@type": "uco-types:Hash",
        "uco-types:hashMethod": "SHA256",
        "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": thing.digest.upper()},
    }
    content: Node = {
        "@id": _id(dossier, "content-data-facet", thing.number),
        "@type": "uco-observable:ContentDataFacet",
        "uco-observable:hash": [hashed],
        "uco-observable:sizeInBytes": {"@type": "xsd:integer", "@value": str(thing.size)},
    }
    named: Node = {
        "@id": _id(dossier, "file-facet", thing.number),
        "@type": "uco-observable:FileFacet",
        "uco-observable:fileName": thing.file.rpartition("/")[2] or thing.name,
    }
    if thing.media_type:
        content["uco-observable:mimeType"] = thing.media_type
    return node | {"@type": "uco-observable:File", "uco-core:hasFacet": [content, named]}


def _action(dossier: Dossier, thing: Thing, hand: Hand, before: Hand | None) -> Node:
    told = (hand.why, hand.how, hand.changes and f"changed: {hand.changes}", *hand.signed)
    node: Node = {
        "@id": _id(dossier, "action", str(hand.number)),
        "@type": "case-investigation:InvestigativeAction",
        "uco-core:name": f"{thing.number} {hand.deed}",
        "uco-core:description": [*filter(None, told), f"custody link {hand.number}, SHA-256 {hand.digest}"],
        "uco-action:startTime": _time(hand.at),
        "uco-action:endTime": _time(hand.at),
        "uco-action:performer": _ref(dossier, "identity", hand.taker),
        "uco-action:object": [_ref(dossier, "object", thing.number)],
        "uco-action:result": [_ref(dossier, "provenance-record", thing.number)],
    }
    if hand.giver:
        node["uco-action:participant"] = [_ref(dossier, "identity", hand.giver)]
    if hand.place:
        node["uco-action:location"] = [_ref(dossier, "location", hand.place)]
    if before is not None:
        node["case-investigation:wasInformedBy"] = [_ref(dossier, "action", str(before.number))]
    return node
