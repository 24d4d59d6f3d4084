"""A rule made of one event: the fields that somebody chose, as they stood in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from bartizan.engines.observe import KINDS

UNFIT: Final = frozenset(
    {"id", "time", "received", "raw", "summary", "class_uid", "rules", "clock", "level", "source", "data", "facts"}
    | {"TimeCreated", "SystemTime", "EventRecordID", "RecordNumber", "MESSAGE_ID"}
)
"""What is another in every event, or says nothing of what happened."""
LONGEST: Final = 200


def fields_of(event: Mapping[str, Any]) -> dict[str, str | int | float | bool]:
    """What of a judged event a rule could match, the kind first: plain values that are not empty. Names with a bar or a
    dot are left out: in Sigma they mean something else."""
    flat = {
        **_plain(event.get("data") or {}),
        **_plain(event.get("facts") or {}),
        **_plain({name: value for name, value in event.items() if name not in UNFIT}),
    }
    return {"kind": flat.pop("kind", ""), **dict(sorted(flat.items()))}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        str(name): value
        for name, value in values.items()
        if isinstance(value, str | int | float | bool) and value != "" and len(str(value)) <= LONGEST
        if not {"|", "."} & {*str(name)}
    }


def judged(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event of the lake as the judge had it before rules: its own fields and facts beside Bartizan's."""
    own = {name: value for name, value in event.items() if name not in ("data", "facts") and value not in ("", None)}
    return {**(event.get("data") or {}), **(event.get("facts") or {}), **own}


def draft(event: Mapping[str, Any], chosen: Sequence[str], *, uid: str, title: str, level: str, case: str) -> str:
    """A Sigma rule in YAML whose one selection is the chosen fields, and the event as the example it must fire on."""
    there = fields_of(event)
    selection = {name: there[name] for name in chosen if name in there}
    kind = KINDS.get(str(there["kind"]))
    domain = str(event.get("domain") or (kind.domain if kind else ""))
    example = {"kind": there["kind"], **selection}
    body = {
        "title": title,
        "id": uid,
        "status": "experimental",
        "description": f"Made from an event of case {case}.",
        "logsource": {"product": "bartizan"} | ({"category": domain} if domain else {}),
        "detection": {"selection": {name: _exact(value) for name, value in selection.items()},
                      "condition": "selection"},
        "level": level,
        "bartizan": {"response": ["Look at the case in the description: it began like this."], "positive": [example]},
    }  # fmt: skip
    return yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=110)


def _exact(value: Any) -> Any:
    """Stars, question marks and backslashes as themselves."""
    if not isinstance(value, str):
        return value
    return value.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")
