"""Rules that the office writes itself: read, and tried on events that are in the lake, before they are kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from bartizan.engines import detect
from bartizan.engines.detect.draft import judged
from bartizan.engines.observe import microseconds
from bartizan.watch import rulebook
from bartizan.watch.lake import Asked, Window
from bartizan.watch.lake.columns import WHOLE
from bartizan.watch.lake.filters import Condition, all_of, condition_of
from bartizan.watch.lake.queries import page

PACK: Final = "own"
LONGEST: Final = 20_000
MOST: Final = 60_000
"""Events of the past on which a rule is tried, the latest: a page must answer within seconds."""
AT_ONCE: Final = 5_000


class RuleError(ValueError):
    """A text that is no rule as it stands; says what to mend."""


@dataclass(frozen=True, slots=True)
class Tried:
    looked_at: int
    fired: int
    """Findings; repeats of one alarm are one finding each."""
    since: datetime | None
    """The oldest event that was looked at, where not all of them were."""


def read(text: str) -> detect.Rule:
    """The one rule of ``text``, whose own examples hold. Raises RuleError in words."""
    if len(text) > LONGEST:
        raise RuleError(f"The rule is longer than {LONGEST} letters.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rule.yml"
        path.write_text(text, encoding="utf-8")
        rules, problems = detect.load_rules([path])
    if problems:
        raise RuleError(f"The rule {problems[0].what}.")
    if len(rules) != 1:
        raise RuleError("One rule is expected; write others on their own.")
    if rules[0].correlation:
        raise RuleError("A rule over several others is written as a file; see bartizan rules add.")
    if failed := detect.run_examples(rules):
        raise RuleError(f"{failed[0].what[:1].upper()}{failed[0].what[1:]}. {failed[0].advice}.")
    return rules[0]


def try_on(rule: detect.Rule, events: Sequence[Mapping[str, Any]]) -> int:
    """On how many of the lake's ``events`` the rule fires."""
    detector = detect.compile_rules([rule])
    return _fired(detector, events)


def _fired(detector: detect.Detector, events: Sequence[Mapping[str, Any]]) -> int:
    flat = [{**judged(event), "time": microseconds(event["time"])} for event in events]
    return sum(any(detector.match(each)) for each in flat)


def try_on_past(rule: detect.Rule, lake: Asked, window: Window) -> Tried:
    """How often the rule would have fired in ``window``, on the latest ``MOST`` events of its domain."""
    detector = detect.compile_rules([rule])
    source = rule.logsource
    filters = {"domain": source.category} if source.product == "bartizan" and source.category else {}
    looked_at, fired, oldest = 0, 0, None
    for events in _latest(lake, condition_of(window, filters)):
        looked_at, fired, oldest = looked_at + len(events), fired + _fired(detector, events), events[-1]["time"]
    return Tried(looked_at, fired, oldest if looked_at >= MOST else None)


def _latest(lake: Asked, wanted: Condition) -> Iterator[list[dict[str, Any]]]:
    """What fits, the latest first, so many at once, and no more than ``MOST``."""
    beyond: list[Condition] = []
    for _ in range(MOST // AT_ONCE):
        found = page(lake, [all_of([wanted, *beyond])], AT_ONCE, descends=True, is_short=True, columns=WHOLE)
        if not found:
            return
        yield found
        time, identity = found[-1]["time"], found[-1]["id"]
        beyond = [("time < ? OR (time = ? AND id < ?::UUID)", [time, time, identity])]


def file_of(rule: detect.Rule) -> Path:
    """Where a rule of the office's own lies, in the rule book's folder."""
    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in rule.title.lower())
    short = "-".join(filter(None, name.split("-")))[:60] or "rule"
    return rulebook.theirs() / PACK / f"{short}-{rule.uid[:8]}.yml"


def is_taken(uid: str) -> bool:
    """Whether another rule of the book has this id."""
    rules, _ = detect.load_rules([rulebook.OURS, rulebook.theirs()], Path(settings.DATA) / "cache")
    return any(rule.uid == uid for rule in rules)
