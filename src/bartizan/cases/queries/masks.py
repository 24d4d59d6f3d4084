"""A case's people as one reader may see them: P1, P2 … while the gate is shut, with what would unmask them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from bartizan.cases.models import Alias, Case, ChargeStep, Override, Reading, Unmasking
from bartizan.cases.queries.gate import gate_of
from bartizan.core.access import roles_with
from bartizan.core.models import User
from bartizan.engines.context import Estate
from bartizan.engines.pinpoint.who.masks import Identifiers, Masks
from bartizan.estate import queries as estate
from bartizan.watch.models import Alarm

SOMEBODY: Final = "somebody"
"""Where nobody has been given a number yet: a list of cases gives none."""


@dataclass(frozen=True, slots=True)
class Veil:
    """Who is masked in some cases, for one reader. ``None`` reads as somebody to whom nothing is shown."""

    known: Identifiers
    numbers: Mapping[int, Mapping[str, str]]
    """Of each case by its key: staff number to ``P1``."""
    named: Mapping[int, frozenset[str]]
    behind: Mapping[int, frozenset[str]]
    kept: frozenset[str] = field(default=frozenset())

    def of(
        self, case: Case, *, says_names: bool = False, keeps_officers: bool = False, tells_numbers: bool = True
    ) -> Masks:
        """``tells_numbers``: not where the reader has said whom he means: the number would say who it is."""
        behind = self.behind.get(case.pk, frozenset())
        numbers = self.numbers.get(case.pk, {})
        if not tells_numbers:
            numbers = {person: number for person, number in numbers.items() if person in behind}
        return Masks(
            self.known,
            lambda person: numbers.get(person, SOMEBODY),
            named=self.named.get(case.pk, ()),
            behind=behind,
            kept=self.kept if keeps_officers else (),
            says_names=says_names,
        )

    def unnumbered(self, case: Case, people: Iterable[str]) -> list[str]:
        """Those of ``people`` who have no number in the case yet, each once and in their order."""
        numbers = self.numbers.get(case.pk, {})
        return [person for person in dict.fromkeys(people) if person and person not in numbers]


def veil(user: User | None, cases: Collection[Case], known: Identifiers | None = None) -> Veil:
    """Five questions for any number of cases, and two more for each in which somebody may have been named."""
    keys = [case.pk for case in cases]
    numbers: dict[int, dict[str, str]] = defaultdict(dict)
    for case, person, number in Alias.objects.filter(case__in=keys).values_list("case", "person", "number"):
        numbers[case][person] = f"P{number}"
    behind: dict[int, set[str]] = defaultdict(set)
    if user is not None:
        looked = Unmasking.objects.filter(alias__case__in=keys, by=user)
        for case, person in looked.values_list("alias__case", "alias__person"):
            behind[case].add(person)
    return Veil(
        known or identifiers(),
        numbers,
        _named(cases),
        {case: frozenset(people) for case, people in behind.items()},
        frozenset(_officers()),
    )


class _Kept(NamedTuple):
    at: float
    revision: str
    estate: Estate
    known: Identifiers


_kept: _Kept | None = None
FRESH: Final = 0.25
"""Seconds for which it is not asked again whether the estate changed: a search asks for each of its hits."""


def identifiers() -> Identifiers:
    """What names people in the estate as it is now, read anew when it has changed."""
    return _known().known


def estate_now() -> Estate:
    """The estate as it is now, for a page: ten thousand people are not read again for each."""
    return _known().estate


def _known() -> _Kept:
    global _kept  # noqa: PLW0603  one answer a process
    now = time.monotonic()
    if _kept is None or now - _kept.at > FRESH:
        revision = estate.revision()
        if _kept and _kept.revision == revision:
            _kept = _kept._replace(at=now)
        else:
            read = estate.snapshot()
            _kept = _Kept(now, revision, read, Identifiers(read))
    return _kept


def forget() -> None:
    """Read it anew at the next question."""
    global _kept  # noqa: PLW0603  one answer a process
    _kept = None


def _named(cases: Collection[Case]) -> dict[int, frozenset[str]]:
    """Whom the gate names, and against whom it was decided while it did: that stands whatever is found later."""
    keys = [case.pk for case in cases]
    decided: dict[int, set[str]] = defaultdict(set)
    steps = ChargeStep.objects.filter(charge__case__in=keys, kind="decision")
    for key, person in steps.values_list("charge__case", "charge__person"):
        decided[key].add(person)
    signed = set(Reading.objects.filter(case__in=keys, agrees=True).values_list("case", flat=True))
    signed |= set(Override.objects.filter(case__in=keys, ended_at=None).values_list("case", flat=True))
    for case in cases:
        if case.pk in signed and (gate := gate_of(case)).is_open:
            decided[case.pk].add(gate.person)
    return {key: frozenset(people) for key, people in decided.items()}


def _officers() -> set[str]:
    """Names of those who work on cases: what they do there is said with their names."""
    able = User.objects.filter(is_active=True, role__in=roles_with("see cases"))
    return {user.get_full_name() for user in able} - {""}


def for_anybody(case: Case, text: str) -> str:
    """Words of a case where it is not known who reads them, or for many: nobody is shown but whom the gate names."""
    return veil(None, [case]).of(case).text(text)


def cases_of(alarms: Collection[int]) -> dict[int, list[Case]]:
    """The cases to which alarms belong, by the alarm's key; one question where none belongs to any."""
    links = list(Case.alarms.through.objects.filter(alarm__in=alarms).order_by("case").values_list("alarm", "case"))
    known = Case.objects.defer("pinpoint").in_bulk({case for _, case in links}) if links else {}
    found: dict[int, list[Case]] = defaultdict(list)
    for alarm, case in links:
        found[alarm].append(known[case])
    return found


def numbered(numbers: Collection[str]) -> list[Case]:
    """Cases by their numbers, for masking: also those that the reader may not see."""
    return list(Case.objects.defer("pinpoint").filter(number__in=numbers).order_by("pk")) if numbers else []


def alarms_for_anybody(alarms: Sequence[Alarm]) -> Callable[[Alarm, str], str]:
    """The same of words about alarms: the cases to which they belong say who is masked."""
    belong = cases_of([alarm.pk for alarm in alarms])
    if not belong:
        return lambda _alarm, words: words
    seen = veil(None, list({case.pk: case for cases in belong.values() for case in cases}.values()))

    def told(alarm: Alarm, words: str) -> str:
        for case in belong.get(alarm.pk, ()):
            words = seen.of(case).text(words)
        return words

    return told


def in_a_list(user: User, cases: Iterable[Case]) -> list[tuple[Case, str, str]]:
    """Each case with its headline and its few words, as ``user`` may read them."""
    found = list(cases)
    if not found:
        return []
    seen = veil(user, found)
    return [(case, seen.of(case).text(case.headline), seen.of(case).text(case.short)) for case in found]


def people_of(case: Case) -> list[str]:
    """Staff numbers in the case's verdict, the likeliest first: in this order they get their aliases."""
    told: Mapping[str, Any] = (case.pinpoint or {}).get("verdict") or {}
    found = [one.get("person") for part in ("people", "columns", "alibis", "collect") for one in told.get(part) or ()]
    return [str(person) for person in dict.fromkeys(found) if person]


def verdict_for(masks: Masks, case: Case) -> dict[str, Any]:
    """The verdict with everybody masked whom this reader may not see; empty while nothing is weighed."""
    told: dict[str, Any] = (case.pinpoint or {}).get("verdict") or {}
    shown: dict[str, Any] = masks.value(told)
    return shown


def aliases(case: Case) -> list[Alias]:
    return list(Alias.objects.filter(case=case).order_by("number"))


def looks(case: Case) -> list[Unmasking]:
    """Who looked behind whom, and why: the latest first."""
    return list(Unmasking.objects.filter(alias__case=case).select_related("alias", "by").order_by("-pk"))


def readings(case: Case) -> list[Reading]:
    return list(Reading.objects.filter(case=case).select_related("by").order_by("-pk"))


def waiting_override(case: Case) -> Override | None:
    """The override that stands or waits for the second signature."""
    return Override.objects.filter(case=case, ended_at=None).select_related("asked_by", "agreed_by").first()
