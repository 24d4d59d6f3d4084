"""Answers: what of all that is kept a user may see and matches the words.

**Who sees what.** The index knows nothing of roles and reaches. For each kind the database takes the records of
``visible_to(user, …)`` whose keys are among the index's matches, in one statement: so nothing is ever shown that is not
visible, nothing visible is crowded out by 50,000 others that match too, and a change of a reach, or of whose a record
is, holds at once, because no copy of it lies in the index. The matches of a kind are a range of numbers that FTS5
walks at some five million a second, so that even the commonest word costs a few milliseconds a kind.

**In which order.** Four steps, each asked only while there are fewer hits than wanted: what is called exactly so (by
code or name), what begins so, what has the words in its code or name, what says them anywhere. Within a step kinds
take turns.

**Of others.** What a record says of another one, such as the name of a laptop's holder, is searched and shown only for
a user from whom no record of that other kind is hidden: a hit tells nothing that the record's own page would not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import EmptyResultSet
from django.db import connection

from bartizan.core.access import may, rule_of, sees_all, visible_to
from bartizan.core.registers import manager_of, open_parts
from bartizan.core.search import kept, words
from bartizan.core.search.fresh import follow
from bartizan.core.search.kinds import Kind, Listing, Thing, kinds, listings, values_at
from bartizan.web.palette import Found

COUNTED = 1000
"""Matches are counted up to here: more is “1,000+”."""
IN_A_GROUP = 5
IN_PALETTE = 11
MOST = 100
_HERE = "\ue001"
"""Stands in a prepared statement where the expression goes."""


@dataclass(frozen=True, slots=True)
class Hit:
    icon: str
    name: str
    about: str
    kind: str
    """Of what it is one, in words: ``People``."""
    url: str
    query: words.Query

    @property
    def name_marked(self) -> list[tuple[str, bool]]:
        """The name in pieces, and whether each was looked for."""
        return words.marked(self.name, self.query)

    @property
    def about_marked(self) -> list[tuple[str, bool]]:
        return words.marked(self.about, self.query)


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind."""

    name: str
    title: str
    icon: str
    count: int
    hits: Sequence[Hit]

    @property
    def count_words(self) -> str:
        return f"{self.count:,}" if self.count < COUNTED else f"{COUNTED:,}+"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a hit comes in the answer, and what it is."""

    step: int
    turn: int
    of: int
    key: Any


def search(user: Any, asked: str, limit: int = 12, kind: str = "") -> list[Hit]:
    """The best hits, of one kind when it is given. Raises Unavailable where there is no index."""
    query = words.query(asked)
    if query is None:
        return []
    kept.require_kept()
    follow()
    all_kinds = [each for each in kinds() if kind in ("", each.name) and _may_find(user, each)]
    all_lists = [each for each in listings() if kind in ("", each.name)]
    places = [*_things(user, query, all_lists, limit), *_records(user, query, all_kinds, limit)]
    places.sort(key=lambda place: (place.step, place.turn, place.of))
    return list(_hits(user, query, places[:limit], all_kinds, all_lists))


def groups(user: Any, asked: str) -> list[Group]:
    """What matches, by kind, each with its first hits; empty kinds are left out."""
    query = words.query(asked)
    if query is None:
        return []
    kept.require_kept()
    follow()
    every = query.steps[-1]
    numbers: dict[Kind | Listing, int] = {}
    open_kinds = [each for each in kinds() if _may_find(user, each)]
    for kind in kept.with_matches(every, open_kinds):
        numbers[kind] = len(_Visible(user, kind, COUNTED)(_last_step(user, kind, query)))
    for listing in listings():
        numbers[listing] = sum(query.step_of(t.kept_name, t.kept_body) is not None for t in listing.things(user))
    return [
        Group(of.name, of.title, of.icon, number, search(user, asked, IN_A_GROUP, of.name))
        for of, number in numbers.items()
        if number
    ]


def find(user: Any, asked: str) -> list[Found]:
    """For the palette: the best hits, and the way to all of them."""
    if not kept.is_kept():
        return []
    hits = [Found(hit.icon, hit.name, hit.about or hit.kind, hit.url) for hit in search(user, asked, IN_PALETTE)]
    everything = Found("search", f"All results for “{asked}”", "", f"/search?{urlencode({'q': asked})}")
    return [*hits, everything] if hits else []


def _may_find(user: Any, kind: Kind) -> bool:
    rule = rule_of(kind.model)
    return may(user, kind.needs) and (may(user, rule.see) or rule.own is not None)


def _last_step(user: Any, kind: Kind, query: words.Query) -> str:
    return query.steps[-1] if _sees_others(user, kind) else query.own


def _sees_others(user: Any, kind: Kind) -> bool:
    return all(sees_all(user, model) for model in kind.other_models)


class _Visible:
    """The keys of one kind's records that the user may see and that match: made once, asked once a step.

    Django takes longer to write such a statement than SQLite to answer it, so the expression alone changes.
    """

    def __init__(self, user: Any, kind: Kind, limit: int) -> None:
        order = "-pk" if kind.is_latest_first else "pk"
        seen = visible_to(user, manager_of(kind.model).order_by(order))
        asked = seen.filter(pk__in=kept.matches(kind, _HERE)).values_list("pk", flat=True).distinct()[:limit]
        try:
            self._sql, self._parameters = asked.query.sql_with_params()
        except EmptyResultSet:
            self._sql, self._parameters = "", ()

    def __call__(self, expression: str) -> list[int]:
        if not self._sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self._sql, [expression if each == _HERE else each for each in self._parameters])
            return [pk for (pk,) in cursor.fetchall()]


def _records(user: Any, query: words.Query, among: Sequence[Kind], limit: int) -> Iterator[_Place]:
    """Step by step, until there are enough."""
    left = kept.with_matches(query.steps[-1], among)
    visible: dict[str, _Visible] = {}
    known: dict[str, set[int]] = {kind.name: set() for kind in left}
    for step, expression in enumerate(query.steps):
        is_last = step == len(query.steps) - 1
        for kind in left if is_last else kept.with_matches(expression, left):
            if kind.name not in visible:
                visible[kind.name] = _Visible(user, kind, limit * len(query.steps))
            asked = _last_step(user, kind, query) if is_last else expression
            fresh = [pk for pk in visible[kind.name](asked) if pk not in known[kind.name]][:limit]
            known[kind.name].update(fresh)
            yield from (_Place(step, turn, among.index(kind), pk) for turn, pk in enumerate(fresh))
        if sum(map(len, known.values())) >= limit:
            return


def _things(user: Any, query: words.Query, among: Sequence[Listing], limit: int) -> Iterator[_Place]:
    for number, listing in enumerate(among):
        turns: dict[int, int] = {}
        for thing in listing.things(user):
            step = query.step_of(thing.kept_name, thing.kept_body)
            if step is not None and turns.get(step, 0) < limit:
                turns[step] = turns.get(step, 0) + 1
                yield _Place(step, turns[step], -number - 1, thing)


def _hits(
    user: Any, query: words.Query, places: Sequence[_Place], among: Sequence[Kind], lists: Sequence[Listing]
) -> Iterator[Hit]:
    """In their places; the records themselves are fetched a kind at a time."""
    rows = {
        of: _open_to(user, among[of].rows([place.key for place in places if place.of == of]))
        for of in {place.of for place in places if place.of >= 0}
    }
    paths = {of: among[of].paths if _sees_others(user, among[of]) else among[of].own_paths for of in rows}
    for place in places:
        if place.of < 0:
            thing: Thing = place.key
            yield Hit(thing.icon, thing.name, thing.about, lists[-place.of - 1].title, thing.url, query)
        elif row := rows[place.of].get(place.key):
            kind = among[place.of]
            about = _about(kind, row, query, paths[place.of])
            yield Hit(kind.icon, kind.shown(row), about, kind.title, kind.url(row), query)


def _open_to(user: Any, rows: Mapping[int, Any]) -> dict[int, Any]:
    """The records without what they say of others that are not open to the user."""
    return dict(zip(rows, open_parts(user, rows.values()), strict=True))


def _about(kind: Kind, row: Any, query: words.Query, paths: Sequence[str]) -> str:
    """What the record is; and, when neither that nor its name shows why it was found, the value that does."""
    about = kind.about(row)
    said = f"{kind.shown(row)} {about}"
    hidden = [p for p in query.phrases if not words.says(said, words.Query((p,)))]
    if not hidden:
        return about
    values = dict.fromkeys(value for path in paths for value in values_at(row, path))
    why = [value for value in values if words.says(value, words.Query(tuple(hidden)))]
    return ", ".join(filter(None, (about, *why[:2])))
