"""Where, how, who or nobody: the verdict of a case as a page tells it, masked for whoever reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from bartizan.cases.models import Case
from bartizan.cases.pages.alibis import strips
from bartizan.cases.pages.masking import veil_of
from bartizan.cases.pages.matrix import Matrix, figure, matrix, plain
from bartizan.cases.queries import gate as gates
from bartizan.cases.queries import masks as seen
from bartizan.core.models import User
from bartizan.engines.pinpoint.inquiry import ROUTES
from bartizan.engines.pinpoint.who.gate import LEAST
from bartizan.engines.pinpoint.who.masks import Masks
from bartizan.engines.pinpoint.words import sureness, window
from bartizan.estate import queries as estate

DEEDS: Final[Mapping[str, str]] = {
    "sign": "Sign as second reader",
    "look": "Look behind a number",
    "override": "Ask for an override",
    "agree": "Agree to the override",
    "end": "End the override",
}
CLASSES: Final = {
    "insider": "person", "credential": "stolen, lent or copied credential", "outsider": "outsider",
    "malware": "malware", "error": "honest error", "none": "unknown person or cause",
}  # fmt: skip
LEADERS: Final = 4
"""Of how many persons it is told what each family of evidence carries."""
_SAME: Final = 0.01
"""What changes a probability by less than this changes nothing that anybody would act on."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One answer of several, with its probability in words, in a figure and as a length of 100."""

    key: str
    words: str
    more: str
    probability: float
    is_first: bool

    @property
    def length(self) -> float:
        return round(self.probability * 100, 1)

    @property
    def sureness(self) -> str:
        return sureness(self.probability)

    @property
    def figure(self) -> str:
        return figure(self.probability)


@dataclass(frozen=True, slots=True)
class Deed:
    kind: str
    words: str
    why_not: str
    """Why it is closed to the one who looks, in a sentence; empty: it is open."""


def content(user: User, case: Case, zone: tzinfo, link: Callable[[str], str], asked: str = "") -> dict[str, Any]:
    """What the tab shows. ``link`` gives the address of an event; ``asked``: the form that is open."""
    veil = veil_of(user, case)
    masks = veil.of(case, says_names=True)
    told = seen.verdict_for(masks, case)
    context: dict[str, Any] = {
        "veil": veil,
        "asked": asked,
        "deeds": deeds(user, case),
        "aliases": [(alias, masks.person(alias.person)) for alias in seen.aliases(case)],
        "looks": seen.looks(case),
        "readings": seen.readings(case),
        "override": seen.waiting_override(case),
        **bench(case, masks, told),
    }
    if (override := context["override"]) is not None:
        context["override_for"] = masks.person(override.person)
    return context | (answer(user, case, told, zone, link) if told else {})


def bench(case: Case, masks: Masks, told: Mapping[str, Any]) -> dict[str, Any]:
    """The gate: one sentence, what it means, and its conditions, those that are not met first."""
    gate = gates.gate_of(case)
    found = sorted(gate.conditions, key=lambda one: one.is_met)
    first = next(iter(told.get("people") or ()), None)
    now = figure(float(first["probability"])) if first else ""
    name = masks.person(gate.person) if gate.is_open else ""
    if gate.by == "evidence":
        words = f"Named: {name}. {now}, where {LEAST:.2f} is needed."
    elif gate.by == "override":
        words = f"Opened for {name}, by an override of two people."
    else:
        words = "Not identifiable from this evidence."
    return {
        "gate": gate,
        "gate_words": words,
        "gate_name": name,
        "conditions": [(masks.text(one.words), one.is_met, masks.text(one.note)) for one in found],
        "strongest": now,
        "least": f"{LEAST:.2f}",
    }


def deeds(user: User, case: Case) -> list[Deed]:
    """What can be done at the gate, and why the rest is closed to this reader."""
    waits = seen.waiting_override(case)
    found = [
        Deed("sign", DEEDS["sign"], _not_sign(user, case)),
        Deed("look", DEEDS["look"], "" if seen.aliases(case) else "Nobody has a number in this case yet."),
    ]
    if waits is None:
        why = "" if seen.aliases(case) else "Nobody has a number in this case yet."
        return [*found, Deed("override", DEEDS["override"], why)]
    if waits.agreed_at is None:
        own = "You asked for it: a second person must agree." if waits.asked_by == user else ""
        found.append(Deed("agree", DEEDS["agree"], own))
    return [*found, Deed("end", DEEDS["end"] if waits.agreed_at else "Refuse or take back the override", "")]


def _not_sign(user: User, case: Case) -> str:
    if user in (case.lead, case.opened_by):
        return "You lead or opened the case: you are its first reader. A colleague signs as the second."
    told = (case.pinpoint or {}).get("gate") or {}
    return "" if told.get("digest") else "There is no result to sign yet."


def answer(user: User, case: Case, told: Mapping[str, Any], zone: tzinfo, link: Callable[[str], str]) -> dict[str, Any]:
    zones = _zones(user, told)
    columns = told["columns"]
    wanted = [_wanted(case, one, zones) for one in told["collect"]]
    return {
        "verdict": told,
        # The gate above says whether anybody is named, with what the engine cannot know: signatures and overrides.
        "headline": plain(str(told["headline"]).removesuffix(f"{told['gate']['words']}.").strip(), zones),
        "explanations": [
            _bar(one["key"], one["words"], f"{CLASSES[one['cls']]}, {_route(one)}", one, columns)
            for one in sorted(columns, key=lambda one: -one["probability"])
        ],
        "places": [_bar("", one["words"], "", one, told["places"]) for one in told["places"][:5]],
        "ways": [_way(one, told["routes"]) for one in told["routes"][:5]],
        "ways_left": max(0, len(told["routes"]) - 5),
        "doers": [_bar("", one["words"], "", one, told["doers"]) for one in told["doers"]],
        "matrix": _matrix(told, zones, zone, link),
        "families": _families(told["people"][:LEADERS]),
        "alibis": strips(told, zones, zone),
        "contradictions": [plain(words, zones) for words in told["contradictions"]],
        "collect": wanted,
        "best_next": next((one["words"] for one in wanted), ""),
        "not_known": told["not_known"],
        "breach": window(int(told["since"]), int(told["until"]), zone),
    }


def _matrix(told: Mapping[str, Any], zones: Mapping[str, str], zone: tzinfo, link: Callable[[str], str]) -> Matrix:
    return matrix(told["columns"], told["items"], zones, zone, link)


def _route(column: Mapping[str, Any]) -> str:
    words = ROUTES.get(column["route"], "route not known")
    return words[:1].lower() + words[1:]


def _bar(key: str, words: str, more: str, one: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> Bar:
    share = float(one["probability"])
    return Bar(key, words, more, share, is_first=share >= max(float(other["probability"]) for other in others))


def _way(one: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> Bar:
    parts = [f"VERIS {one['action']}, {one['vector']}", f"ATT&CK {one['technique']}" if one["technique"] else ""]
    return _bar("", one["words"], "; ".join(filter(None, parts)), one, others)


def _families(people: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What remains of each leader when one family of evidence is left out; what it rests on comes first."""
    weight = {
        family: max(abs(float(one["probability"]) - float(one["without"][family])) for one in people)
        for family in (people[0]["without"] if people else ())
    }
    order = sorted(weight, key=lambda family: (-weight[family], family))
    names = [family for family in order if weight[family] >= _SAME]
    rows = [
        {
            "person": one["person"],
            "figure": figure(float(one["probability"])),
            "families": one["families"],
            "cells": [_without(one, family) for family in names],
        }
        for one in people
    ]
    return {"names": names, "rows": rows, "rest": [family for family in order if family not in names]}


def _without(one: Mapping[str, Any], family: str) -> tuple[str, str]:
    """The figure, and what leaving the family out does to it."""
    whole, left = float(one["probability"]), float(one["without"][family])
    if abs(whole - left) < _SAME:
        return figure(left), "the same"
    return figure(left), "falls" if left < whole else "rises"


def _wanted(case: Case, one: Mapping[str, Any], zones: Mapping[str, str]) -> dict[str, Any]:
    words = plain(one["words"], zones)
    gain = float(one["gain"])
    size = "much" if gain >= 0.5 else "something" if gain >= 0.1 else "a little"
    return {
        "words": words,
        "family": one["family"],
        "bits": f"{gain:.2f}" if gain >= 0.01 else "< 0.01",
        "size": size,
        "opens": figure(float(one["opens"])) if float(one["opens"]) else "",
        "until": one["until"],
    }


def _zones(user: User, told: Mapping[str, Any]) -> dict[str, str]:
    """Names of the zones, for those that the verdict speaks of by code."""
    return dict(estate.zones(user).values_list("code", "name"))
