"""Who may see what, and who may do what. Every query that serves a person begins with ``visible_to``.

A room says once for each of its models which permission shows it and what of it lies within a reach:

    rule(Zone, see="see places", change="change registers", within=along(site="site__code"))
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import reduce, wraps
from operator import or_
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from bartizan.core.roles import PERMISSIONS, Role

Record = TypeVar("Record", bound=Model)
View = TypeVar("View", bound=Callable[..., Any])

origin: ContextVar[str] = ContextVar("origin", default="")
"""From where the present request comes; empty outside of one. The audit keeps it."""
_process = ["command line"]


def acts_as(process: str) -> None:
    """What the audit calls this process where no request is answered: ``judge``, ``worker``, ``command line``."""
    _process[0] = process


def from_where() -> str:
    """The address of the request that is answered, or the name of this process."""
    return origin.get() or _process[0]


@dataclass(frozen=True, slots=True)
class Reach:
    """The sites and departments, by code, to which an account is limited; none: it is not limited."""

    sites: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        return not self.sites and not self.departments


Within = Callable[[Reach], Q]
Own = Callable[[Any], Q]


@dataclass(frozen=True, slots=True)
class Rule:
    see: str
    """The permission that shows it; empty: everybody who is signed in."""
    change: str
    """The permission that changes it; empty: nobody by hand."""
    within: Within | None
    """The part of it that lies within a reach; nothing: it is the same everywhere."""
    own: Own | None
    """What of it a user sees whatever the role, such as the own badge."""
    except_for: Own | None = None
    """What of it stays hidden from a user whatever the role and reach, such as a secret whose readers are named."""


_rules: dict[type[Model], Rule] = {}


def rule(
    model: type[Model],
    *,
    see: str,
    change: str = "",
    within: Within | None = None,
    own: Own | None = None,
    except_for: Own | None = None,
) -> None:
    """Say who may see and change ``model``. Raises KeyError for a permission that there is not."""
    for name in filter(None, (see, change)):
        PERMISSIONS[name]
    _rules[model] = Rule(see, change, within, own, except_for)


def rule_of(model: type[Model]) -> Rule:
    """Raises LookupError for a model without a rule: nothing is shown by oversight."""
    try:
        return _rules[model]
    except KeyError:
        raise LookupError(f"Nobody said who may see {model.__name__}: declare it with access.rule().") from None


def along(site: str | tuple[str, ...] = (), department: str | tuple[str, ...] = ()) -> Within:
    """Within a reach when one of the paths leads to one of its codes; without a path that side does not limit."""

    def within(reach: Reach) -> Q:
        sides = ((reach.sites, site), (reach.departments, department))
        found = Q()
        for codes, paths in sides:
            each = (paths,) if isinstance(paths, str) else paths
            if codes and each:
                found &= reduce(or_, (Q(**{f"{path}__in": codes}) for path in each))
        return found

    return within


def visible_to(user: Any, records: QuerySet[Record]) -> QuerySet[Record]:
    """The part of ``records`` that ``user`` may see: what the role shows within the account's reach, and one's own."""
    if not (user.is_authenticated and user.is_active):
        return records.none()
    rule = rule_of(records.model)
    own = rule.own(user) if rule.own else None
    if not may(user, rule.see):
        return records.filter(own) if own else records.none()
    if rule.except_for:
        records = records.exclude(rule.except_for(user))
    reach = reach_of(user)
    if rule.within is None or reach.is_whole:
        return records
    kept = rule.within(reach)
    if not kept:
        return records  # shared: no side of this reach limits it
    return records.filter(kept | own) if own else records.filter(kept)


def covers(user: Any, record: Model) -> bool:
    """Whether one record is visible to ``user``, whoever asks."""
    return visible_to(user, type(record)._default_manager.filter(pk=record.pk)).exists()


def hidden_from(user: Any, model: type[Model], keys: Collection[Any]) -> set[Any]:
    """Which of the records of ``model`` with these keys are not visible to ``user``."""
    every = model._default_manager.all()
    seen = visible_to(user, every)
    if seen is every or not keys:
        return set()
    return set(keys) - set(seen.filter(pk__in=keys).values_list("pk", flat=True))


def sees_all(user: Any, model: type[Model]) -> bool:
    """Whether no record of ``model`` is hidden from ``user``, so that its names may stand where others are told of."""
    rule = rule_of(model)
    if not may(user, rule.see) or not (rule.within is None or reach_of(user).is_whole):
        return False
    return rule.except_for is None or not model._default_manager.filter(rule.except_for(user)).exists()


def may(user: Any, permission: str) -> bool:
    """Whether the user's role has ``permission``; empty is everybody's who is signed in."""
    if not (user.is_authenticated and user.is_active):
        return False
    return not permission or user.role in roles_with(permission)


def may_any(user: Any, permissions: Iterable[str]) -> bool:
    """Whether the user's role has one of them; of none at all everybody has one who is signed in."""
    wanted = list(permissions) or [""]
    return any(may(user, permission) for permission in wanted)


def works_here(user: Any) -> bool:
    """Whether the role has any permission of the office; without one there is only the own record to see."""
    return may_any(user, PERMISSIONS)


def may_change(user: Any, model: type[Model]) -> bool:
    """Whether the user may add, change and remove records of ``model`` (of those that are visible to the user)."""
    change = rule_of(model).change
    return bool(change) and may(user, change)


_decided: list[Callable[[], Mapping[str, frozenset[Role]]]] = []


def roles_from(decided: Callable[[], Mapping[str, frozenset[Role]]]) -> None:
    """core.role_book says here what the office decided; without it everything is as declared."""
    _decided[:] = [decided]


def roles_with(permission: str) -> frozenset[Role]:
    """Who has it: the officer always, the others as declared or as the office decided."""
    declared = PERMISSIONS[permission]
    decided = _decided[0]().get(permission) if _decided else None
    roles = (declared.roles if decided is None else decided) | {Role.OFFICER}
    return roles - {Role.AUDITOR} if declared.changes else roles


def reach_of(user: Any) -> Reach:
    """An officer's reach is always whole, so that somebody can mend everybody else's."""
    if user.role == Role.OFFICER:
        return Reach()
    return Reach(frozenset(user.sites), frozenset(user.departments))


def needs(*permissions: str) -> Callable[[View], View]:
    """Marks a page with the permission that it asks for, any one of several; without it the answer is 403.

    Empty: everybody signed in. A page may mark its deeds apart: ``needs`` on the function that changes something.
    """
    wanted = tuple(filter(None, permissions))
    for permission in wanted:
        PERMISSIONS[permission]

    def marked(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.user, *wanted)
            answer: HttpResponse = view(request, *args, **kwargs)
            return answer

        asked.permission = wanted[0] if wanted else ""  # type: ignore[attr-defined]
        asked.permissions = wanted  # type: ignore[attr-defined]  # read by the test that walks every route
        return asked  # type: ignore[return-value]  # the same signature as the view's

    return marked


def require(user: Any, *permissions: str) -> None:
    """Raises PermissionDenied, in words, unless the user may do one of them."""
    if may_any(user, permissions):
        return
    words = ", or ".join(PERMISSIONS[name].words for name in permissions if name) or "Signing in"
    raise PermissionDenied(f"Your role does not allow this: {words[0].lower()}{words[1:]}.")
