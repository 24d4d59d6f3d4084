"""What a sender may post to ``/api/observations``, decoded: Bartizan JSON, OCSF JSON, Windows events and Microsoft's
badging events as JSON.

A body is one JSON object, an array of them, or one a line (NDJSON). It is refused as a whole when a part of it is not
JSON at all, so that a sender that tries again does not store half of it twice. JSON that is not understood is kept,
as kind ``unknown`` with the text as received.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bartizan.connectors.parse_badging import badging_event
from bartizan.connectors.parse_ocsf import ocsf_event
from bartizan.connectors.parse_windows import windows_event
from bartizan.engines.observe import EPOCH, KINDS, Observation

RAW_LIMIT: Final = 1_000_000  # characters kept of a message that nobody understands
_OUTCOMES: Final = {
    **dict.fromkeys(("success", "ok", "granted", "accepted", "allowed", "true"), "success"),
    **dict.fromkeys(("failure", "failed", "denied", "refused", "rejected", "blocked", "false"), "failure"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong with which line of a body, and what its sender can do."""

    line: int
    what: str
    todo: str


class ObservationIn(BaseModel):
    """One observation as a sender writes it. Fields that are not named here are kept in ``data``."""

    model_config = ConfigDict(extra="allow", coerce_numbers_to_str=True)

    kind: str = Field(description="What happened: a kind from the list in the documentation, such as door.granted.")
    at: str | int | float | None = Field(
        default=None,
        description="When it happened: ISO 8601 (UTC when it names no zone) or a number of seconds, milliseconds or "
        "microseconds since 1970. Left out: when it was received.",
    )
    time: str | int | float | None = Field(default=None, description="Another name for at.")
    id: str = Field(default="", description="The sender's own identity of this record: sent again, it is stored once.")
    actor: str = Field(default="", description="Who or what acted, as kind:name, such as badge:4417 or user:m.vos.")
    place: str = Field(default="", description="Where, such as portal:ML-2-014, zone:ML-2.14 or site:ML.")
    device: str = Field(default="", description="What saw it, such as reader:ML-2-R14, camera:C05 or host:ML-WS-214.")
    asset: str = Field(default="", description="What was acted upon, such as file:/srv/lab/v7.step.")
    outcome: str = Field(default="", description="success or failure, or nothing.")
    data: dict[str, Any] = Field(default_factory=dict, description="The sender's own fields under their own names.")
    raw: str = Field(default="", description="The message as the sender itself received it.")


def observations_from_json(
    source: str, body: bytes, content_type: str, received: datetime | None = None
) -> tuple[list[Observation], list[Problem]]:
    """The observations in ``body``. Problems without any observation mean that the body must be refused (422);
    problems beside observations name the entries that were kept as ``unknown``.
    """
    received = received or datetime.now(UTC)
    entries, refused = _entries(body, content_type)
    if refused:
        return [], refused
    if not entries:
        return [], [Problem(1, "the body holds no observation", "send a JSON object, an array or one object a line")]
    observations, problems = [], []
    for line, entry in entries:
        observation, problem = read_entry(source, entry, received)
        observations.append(observation)
        if problem:
            problems.append(Problem(line, *problem))
    return observations, problems


def _entries(body: bytes, content_type: str) -> tuple[list[tuple[int, Any]], list[Problem]]:
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    by_line = "ndjson" in content_type or "jsonl" in content_type or "json-seq" in content_type
    if not by_line:
        try:
            whole = orjson.loads(body) if body else []
        except orjson.JSONDecodeError as error:
            # Senders of one object a line often call it application/json.
            if b"\n" not in body:
                return [], [_not_json(1, error)]
        else:
            return list(enumerate(whole if isinstance(whole, list) else [whole], 1)), []
    return _lines(body)


def _lines(body: bytes) -> tuple[list[tuple[int, Any]], list[Problem]]:
    entries, problems = [], []
    for number, line in enumerate(body.split(b"\n"), 1):
        text = line.strip(b" \t\r\x1e")
        if not text:
            continue
        try:
            entries.append((number, orjson.loads(text)))
        except orjson.JSONDecodeError as error:
            problems.append(_not_json(number, error))
    return entries, problems


def _not_json(line: int, error: orjson.JSONDecodeError) -> Problem:
    return Problem(line, f"not JSON: {error}", "nothing of this request was stored; mend the line and send all again")


def read_entry(source: str, entry: Any, received: datetime) -> tuple[Observation, tuple[str, str] | None]:
    """One parsed entry as an observation, with what was not understood of it and what to do about that."""
    if not isinstance(entry, Mapping):
        return _unknown(source, entry, received, "an observation is a JSON object")
    if "class_uid" in entry:
        return _from_ocsf(source, entry, received)
    if "kind" in entry:
        return _from_bartizan(source, entry, received)
    if "AccessStatus" in entry:
        return _from_badging(source, entry, received)
    windows = windows_event(entry)
    if windows:
        at = windows.at or received
        observation = Observation(at, source, windows.kind, windows.actor, "", windows.device, windows.asset)
        return _with(observation, windows.outcome, windows.data, windows.key), None
    return _unknown(
        source,
        entry,
        received,
        "it names no kind (Bartizan), class_uid (OCSF), EventID (Windows) or AccessStatus (badging)",
    )


def _with(seen: Observation, outcome: str, data: Mapping[str, Any], key: str) -> Observation:
    return Observation(
        seen.at, seen.source, seen.kind, seen.actor, seen.place, seen.device, seen.asset, outcome, data, "", key
    )


def _from_bartizan(
    source: str, entry: Mapping[str, Any], received: datetime
) -> tuple[Observation, tuple[str, str] | None]:
    try:
        read = ObservationIn.model_validate(entry)
        written = read.at if read.at is not None else read.time
        at = received if written is None else read_time(written)
    except (ValidationError, ValueError) as error:
        return _unknown(source, entry, received, _words(error))
    if read.kind not in KINDS:
        return _unknown(source, entry, at, f"there is no kind '{read.kind}'", read.id)
    data = {**(read.model_extra or {}), **read.data}
    outcome = _OUTCOMES.get(read.outcome.lower(), "")
    if read.outcome and not outcome:
        data["outcome_as_sent"] = read.outcome
    seen = (read.actor, read.place, read.device, read.asset)
    return Observation(at, source, read.kind, *seen, outcome, data, read.raw, read.id), None


def _from_ocsf(source: str, entry: Mapping[str, Any], received: datetime) -> tuple[Observation, tuple[str, str] | None]:
    parts = ocsf_event(entry)
    if parts is None:
        return _unknown(source, entry, received, f"Bartizan has no kind for OCSF class {entry['class_uid']}")
    try:
        at = read_time(parts.time) if parts.time is not None else received
    except ValueError as error:
        return _unknown(source, entry, received, str(error))
    seen = (parts.actor, parts.place, parts.device, parts.asset)
    return Observation(at, source, parts.kind, *seen, parts.outcome, dict(entry), "", parts.key), None


def _from_badging(
    source: str, entry: Mapping[str, Any], received: datetime
) -> tuple[Observation, tuple[str, str] | None]:
    parts = badging_event(entry)
    if parts is None:
        why = "a badging event needs UserId, AssetId, EventTime, and Success or Failed as AccessStatus"
        return _unknown(source, entry, received, why)
    try:
        at = read_time(parts.time)
    except ValueError as error:
        return _unknown(source, entry, received, str(error))
    seen = Observation(at, source, parts.kind, parts.actor, parts.place)
    return _with(seen, parts.outcome, dict(entry), parts.key), None


def _unknown(
    source: str, entry: Any, at: datetime, why: str, key: str = ""
) -> tuple[Observation, tuple[str, str] | None]:
    text = orjson.dumps(entry).decode()
    observation = Observation(at, source, "unknown", data={"why": why}, raw=text[:RAW_LIMIT], key=key)
    return observation, (why, "it was kept as kind unknown; see the list of kinds and fields in the documentation")


def _words(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())


def read_time(written: str | float) -> datetime:
    """An aware time from ISO 8601 (UTC when it names no zone) or a number since 1970 whose size tells its unit."""
    if isinstance(written, str):
        return _time_in_words(written.strip())
    for limit, unit in ((1e11, 1_000_000), (1e14, 1_000), (1e17, 1)):
        if abs(written) < limit:
            try:
                return EPOCH + timedelta(microseconds=round(written * unit))
            except OverflowError:
                break
    raise ValueError(f"{written} is no time in seconds, milliseconds or microseconds since 1970")


def _time_in_words(text: str) -> datetime:
    if len(text) > 8 and text.lstrip("-").replace(".", "", 1).isdigit():
        return read_time(float(text) if "." in text else int(text))
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text[:60]}' is not a time that is understood; write it as 2026-03-01T08:15:00Z") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
