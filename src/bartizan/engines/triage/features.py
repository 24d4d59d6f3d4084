"""What a text has of the lexicon, as named figures that a weight can be learned for, and the words that gave each."""

from __future__ import annotations

from bartizan.engines.triage.lexicon import INSIDER, SIGNS, STRONG, THINGS, WEAK, WRONG, Table
from bartizan.engines.triage.plain import plain_place, plain_type
from bartizan.engines.triage.reading import Reading

Features = dict[str, float]
_LONG_ENOUGH = 250
_CARRIERS = {"posted": "letter", "posted wrongly": "letter", "sent": "mailbox", "sent wrongly": "mailbox"}


def features(reading: Reading) -> Features:
    """Named figures between 0 and 2, most of them absent (that is, 0); the same for the same text, always."""
    deed, thing = deed_of(reading), thing_of(reading)
    found: Features = {f"deed={deed}": 2.0, f"thing={thing}": 2.0, f"{deed} {thing}": 1.0}
    found |= {f"plainly={label}": 2.0 for label in (plain_type(deed), plain_place(deed, thing)) if label}
    found[f"earliest={_earliest(reading)}"] = 1.0
    for name in _present(THINGS, _scope_of_things(reading)):
        found[f"among={name}"] = 0.7
    for mark, table in (("deed", STRONG + WEAK), ("thing", THINGS), ("sign", SIGNS)):
        found |= {f"{mark} first:{name}": 0.5 for name in _present(table, reading.first)}
        found |= {f"{mark}:{name}": 0.5 for name in _present(table, reading.told)}
        found |= {f"{mark} after:{name}": 0.3 for name in _present(table, reading.afterwards)}
    if len(reading.told) + len(reading.afterwards) < _LONG_ENOUGH:
        found["short"] = 1.0
    return found


def deed_of(reading: Reading) -> str:
    """The deed in one word of ours: the first strong word in reading order of trust, else the first weak one."""
    strong = next(((name, scope) for scope in _scopes(reading) for name in _present(STRONG, scope)), None)
    weak = next(((name, scope) for scope in _scopes(reading) for name in _present(WEAK, scope)), None)
    if strong is None and weak is None:
        return "none"
    name, scope = strong or weak or ("none", "")
    return _finer(name, scope, reading)


def _finer(name: str, scope: str, reading: Reading) -> str:
    if name == "stolen" and "lost" in _present(STRONG, scope):
        return "stolen or lost"
    if name == "disposed" and "stolen" in _present(STRONG, scope):
        return "disposed and stolen"
    if name == "lost" and "stolen" in _present(STRONG, reading.told):
        return "lost, perhaps stolen"
    if name in {"sent", "posted"}:
        return f"{name} wrongly" if WRONG.search(reading.told) else name
    if name in {"fraud", "overstepped"} and INSIDER.search(scope):
        return f"{name} by one of us"
    return name


def thing_of(reading: Reading) -> str:
    """The thing in one word of ours: what carried it where something was sent, else the first in order of trust."""
    found = _present(THINGS, _scope_of_things(reading))
    carrier = _CARRIERS.get(deed_of(reading), "")
    return carrier if carrier in found else next(iter(found), "none")


def _earliest(reading: Reading) -> str:
    scope = _scope_of_things(reading)
    places = [(match.start(), name) for name, pattern in THINGS if (match := pattern.search(scope))]
    return min(places, default=(0, "none"))[1]


def _scope_of_things(reading: Reading) -> str:
    return next((scope for scope in _scopes(reading) if _present(THINGS, scope)), "")


def _scopes(reading: Reading) -> tuple[str, str]:
    return reading.first, reading.told


def _present(table: Table, text: str) -> list[str]:
    return [name for name, pattern in table if pattern.search(text)]


def words_of(reading: Reading, name: str) -> str:
    """The words of the text that made the feature called ``name``, as they stand there; empty if it stands for none."""
    mark, _, rest = name.partition(":")
    if not rest:
        mark, _, rest = name.partition("=")
    tables = {"deed": STRONG + WEAK, "thing": THINGS, "among": THINGS, "earliest": THINGS, "sign": SIGNS}
    table = tables.get(mark.split(" ")[0])
    if table is None:
        return ""
    text = reading.afterwards if mark.endswith("after") else reading.told
    base = rest.split(" ")[0].rstrip(",") if mark == "deed" else rest
    match = next((pattern.search(text) for found, pattern in table if found in {rest, base}), None)
    return match.group(0) if match else ""
