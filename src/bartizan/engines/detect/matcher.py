"""Single-event rules at the speed of a log: the plan for an event's log source, its fields, the rules that they
wake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from bartizan.engines.detect.events import flatten, is_nested, lookup
from bartizan.engines.detect.index import FieldIndex
from bartizan.engines.detect.keywords import KeywordSieve
from bartizan.engines.detect.logsource import AUDITED_NAMES, AUDITED_PROCESS, SECURITY
from bartizan.engines.detect.plan import MANY, OTHER, Candidate, Key, Plan, Residual, key_values
from bartizan.engines.detect.predicates import Fields
from bartizan.engines.detect.rule import Hit
from bartizan.engines.detect.values import fold, joined, leaves
from bartizan.engines.observe import KINDS

CACHE_BYTES: Final = 96 * 2**20
_LONG: Final = 4_096
_ENTRY: Final = 150  # what a kept value costs beside its characters, measured
_KEYS: Final = 20_000
Residuals = tuple[Residual, ...]


class Budget:
    """Room for kept values over all fields; when it is used up all are forgotten and filled again by what comes."""

    __slots__ = ("caches", "left", "size")

    def __init__(self, size: int) -> None:
        self.size = self.left = size
        self.caches: list[dict[str, Residuals]] = []

    def take(self, cost: int) -> None:
        self.left -= cost
        if self.left < 0:
            for cache in self.caches:
                cache.clear()
            self.left = self.size - cost


class Woken(dict[str, Residuals]):
    """Of one field, for one log source: which rules a value wakes; looked up once for each value."""

    __slots__ = ("awaken", "budget", "field", "residuals")

    def __init__(
        self, field: str, awaken: Callable[[str], set[int]], residuals: Mapping[int, Residual], budget: Budget
    ) -> None:
        super().__init__()
        self.field = field
        self.awaken = awaken
        self.residuals = residuals
        self.budget = budget
        budget.caches.append(self)

    def __missing__(self, value: str) -> Residuals:
        residuals = self.residuals
        found = tuple([residuals[rule] for rule in self.awaken(value) if rule in residuals])
        if self.budget.size and len(value) < _LONG:
            if found:
                alone = Fields({self.field: value})
                found = tuple([residual for residual in found if residual.possible(self.field, alone)])
            self.budget.take(len(value) + _ENTRY)
            self[value] = found
        return found

    def of(self, value: Any) -> Residuals:
        """Of a value that is no text: a list's elements are looked at one by one, but judged together later."""
        rules = {rule: None for text in set(leaves(value)) for rule in self.awaken(text)}
        return tuple(self.residuals[rule] for rule in rules if rule in self.residuals)


class Lookups:
    """A plan with its fields in the order in which they are asked."""

    __slots__ = ("always", "direct", "everything", "renames", "resolved")

    def __init__(
        self, plan: Plan, fields: Mapping[str, FieldIndex], budget: Budget, renames: Mapping[str, str] | None
    ) -> None:
        self.always = plan.always
        self.renames = renames
        wanted = [(name, Woken(name, index.awaken, plan.residuals, budget)) for name, index in fields.items() if name]
        self.direct = tuple((name, woken) for name, woken in wanted if not _indirect(name))
        self.resolved = tuple((name, woken) for name, woken in wanted if _indirect(name))
        self.everything = Woken("", fields[""].awaken, plan.residuals, Budget(0)) if "" in fields else None

    def looked_up(self, event: Mapping[str, Any], seen: Residuals) -> Residuals:
        """``seen``, and what fields add that do not simply stand in the event under their name."""
        for name, woken in self.resolved:
            value = lookup(event, name)
            if value is not None:
                seen += woken.of(value)
        return seen


def _indirect(name: str) -> bool:
    return "." in name or name == "Computer"


class Matcher:
    """Single-event rules: which of them does an event fit?"""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        fields: Mapping[str, FieldIndex],
        guarded: Mapping[int, Sequence[str]],
        cache_bytes: int,
    ) -> None:
        """``guarded``: numbers of the candidates that have guards, and the fields that these look at."""
        self._candidates = candidates
        self._fields = fields
        self._guarded = guarded
        self._budget = Budget(cache_bytes)
        self._known: dict[str, set[str]] = {"Channel": set(), "EventID": set(), "Provider_Name": set()}
        for candidate in candidates:
            key_values(candidate.node, self._known)
            self._known["Channel"].update(candidate.scope.channels or ())
            self._known["EventID"].update(candidate.scope.ids or ())
            if candidate.scope.audited:
                self._known["Channel"].add(fold(SECURITY))
                self._known["EventID"].add(AUDITED_PROCESS)
        everything = fields.get("")
        self._sieve = KeywordSieve(text for _kind, text in everything.patterns) if everything else None
        self._plans: dict[Key, Lookups] = {}
        self._by_raw: dict[tuple[Any, ...], Lookups] = {}

    def match(self, event: Mapping[str, Any], line: bytes = b"") -> list[Hit]:
        """``line``: the event as JSON, where it came so; it spares most events the search for keywords."""
        get = event.get
        try:
            plan = self._by_raw[get("Channel"), get("EventID"), get("Provider_Name"), get("SourceName"), get("domain")]
        except (KeyError, TypeError):  # not met before, or a list or an object where a name is expected
            if is_nested(event):
                return self.match(flatten(event), line)
            plan = self._plan(event)
        if plan.renames is not None:
            event = _renamed(event, plan.renames)
            get = event.get
        woken = plan.always
        for field, found in plan.direct:
            value = get(field)
            if value is not None:
                residuals = found[value] if value.__class__ is str else found.of(value)
                if residuals:
                    woken = woken + residuals if woken else residuals
        if plan.resolved:
            woken = plan.looked_up(event, woken)
        if plan.everything is not None and not (line and self._sieve and not self._sieve.may_hold(line)):
            woken = woken + plan.everything[joined(event)]
        return _hits(event, woken) if woken else []

    def _plan(self, event: Mapping[str, Any]) -> Lookups:
        key = self._key(event)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._planned(key)
        # One without a channel may be nested, or Bartizan's without a domain: such an event is looked at each time.
        raw = tuple(event.get(name) for name in ("Channel", "EventID", "Provider_Name", "SourceName", "domain"))
        if raw[0] is not None and not any(isinstance(part, (bool, list, dict)) for part in raw):
            if len(self._by_raw) >= _KEYS:
                self._by_raw.clear()
            self._by_raw[raw] = plan
        return plan

    def _key(self, event: Mapping[str, Any]) -> Key:
        domain = event.get("domain")
        if not isinstance(domain, str):
            kind = KINDS.get(str(event.get("kind")))
            domain = kind.domain if kind else "" if event.get("kind") is not None else None
        channel, event_id, provider = (
            self._key_value(event, field) for field in ("Channel", "EventID", "Provider_Name")
        )
        return Key(channel, event_id, provider, domain)

    def _key_value(self, event: Mapping[str, Any], field: str) -> str | None:
        texts = set(leaves(lookup(event, field)))
        if not texts:
            return None
        folded = fold(texts.pop())
        if texts:
            return MANY
        return folded if folded in self._known[field] else OTHER

    def _planned(self, key: Key) -> Lookups:
        plan = Plan(key, self._candidates, self._guarded)
        wanted = {field for number in plan.residuals for field in self._guarded[number]}
        audited = any(candidate.scope.audited for candidate in self._candidates)
        is_audit = audited and key.event_id == AUDITED_PROCESS
        fields = {name: self._fields[name] for name in sorted(wanted)}
        return Lookups(plan, fields, self._budget, AUDITED_NAMES if is_audit else None)


def _renamed(event: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    """``event`` with rules' names beside its own; names that it has already stay as they are."""
    return {**{ours: event[theirs] for ours, theirs in names.items() if theirs in event}, **event}


def _hits(event: Mapping[str, Any], woken: Residuals) -> list[Hit]:
    fields = Fields(event)
    hits: list[Hit] = []
    for residual in woken:
        if residual.holds(fields) and residual.hit not in hits:
            hits.append(residual.hit)
    return hits
