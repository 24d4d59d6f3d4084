"""What the estate's registers show of states, values, and of other records as lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache
from time import monotonic
from typing import Any

from django.db.models import Model, Q, QuerySet, Sum
from django.db.models.functions import Now, TruncDate
from django.db.models.signals import post_save
from django.utils import timezone

from bartizan.core.access import visible_to
from bartizan.core.registers import open_parts
from bartizan.core.values import Line, Reference, State
from bartizan.estate import models

PORTAL_STATES = {
    "locked": State("Locked", "lock"),
    "closed": State("Closed", "door"),
    "open": State("Open", "unlock"),
    "forced": State("Forced", "door", level=4),
    "held": State("Held open", "door", level=2),
}
DEVICE_TROUBLE = {"offline": 2, "silent": 2, "tamper": 3, "covered": 3, "fault": 2, "battery": 1}
DEVICE_ICONS = {"detector": "motion", "firewall": "net"}
LEFT = Q(left_on__lt=TruncDate(Now()))
"""People whose last day is over."""
LINES = 40
"""Of one section; the register has the others."""


def portal_state(portal: models.Portal) -> State | None:
    return PORTAL_STATES.get(portal.state)


def device_state(device: models.Device) -> State | None:
    """In words; only one that needs somebody takes a colour."""
    if device.state in ("", "unknown"):
        return None
    return State(device.state.capitalize(), device_icon(device), DEVICE_TROUBLE.get(device.state, 0))


def device_icon(device: models.Device) -> str:
    return DEVICE_ICONS.get(device.kind, device.kind)


def person_status(person: models.Person) -> State:
    today = timezone.now().date()
    return State(f"Left {person.left_on:%d %b %Y}") if person.left_on and person.left_on < today else State("Employed")


def current_holder(badge: models.Badge) -> Reference | State:
    last = _last_issue(badge)
    if last is None:
        return State("never issued")
    if last.ended_at is None:
        return Reference(f"person:{last.person.code}", last.person.name)
    return State(f"{last.end or 'ended'}, was {last.person.name}")


def last_holder(badge: models.Badge) -> list[Model]:
    last = _last_issue(badge)
    return [last.person] if last else []


def _last_issue(badge: models.Badge) -> models.BadgeIssue | None:
    """From the issues that were fetched with the list."""
    return max(badge.issues.all(), key=lambda issue: issue.issued_at, default=None)


def _ended(issue: models.BadgeIssue) -> str:
    why = f" ({issue.reason})" if issue.reason else ""
    return f", {issue.end or 'ended'} {issue.ended_at:%d %b %Y}{why}" if issue.ended_at else ", held now"


def people_in(user: Any, department: models.Department) -> Iterable[Line]:
    rows = visible_to(user, department.person_set.exclude(LEFT).order_by("name"))
    return [Line(None, "team", p.name, f"person:{p.code}") for p in rows[:LINES]]


def badge_history(user: Any, person: models.Person) -> Iterable[Line]:
    rows = visible_to(user, person.badge_issues.select_related("badge").order_by("-issued_at"))
    return [_issue(i, "badge", f"Badge {i.badge.number}", f"badge:{i.badge.number}") for i in rows]


def holders(user: Any, badge: models.Badge) -> Iterable[Line]:
    rows = visible_to(user, badge.issues.select_related("person").order_by("-issued_at"))
    return [_issue(i, "team", i.person.name, f"person:{i.person.code}") for i in rows]


def _issue(issue: models.BadgeIssue, icon: str, words: str, reference: str) -> Line:
    return Line(issue.issued_at, icon, f"{words}{_ended(issue)}", reference, is_current=not issue.ended_at)


def lines(icon: str, kind: str, *paths: str, key: str = "code") -> Callable[[Any, Any], Iterable[Line]]:
    """A section of what refers to the record through one of the relations ``paths``, by what each is called."""

    def found(user: Any, row: Model) -> Iterable[Line]:
        rows: QuerySet[Any] = getattr(row, paths[0]).all()
        for path in paths[1:]:
            rows = rows | getattr(row, path).all()
        return [
            Line(None, icon, _called(one), f"{kind}:{getattr(one, key)}")
            for one in visible_to(user, rows.distinct().order_by(key))[:LINES]
        ]

    return found


def _called(row: Any) -> str:
    code, name = getattr(row, "code", ""), str(row)
    return f"{code} {name}" if code and isinstance(row, models.Portal | models.Zone | models.Property) else name


def devices_in(user: Any, row: Any) -> Iterable[Line]:
    rows = visible_to(user, row.device_set.all() if isinstance(row, models.Zone) else row.devices.all())
    return [Line(d.state_at, device_icon(d), d.name, f"{d.kind}:{d.code}") for d in rows.order_by("code")[:LINES]]


def accounts_of(user: Any, person: models.Person) -> Iterable[Line]:
    rows = visible_to(user, person.user_accounts.order_by("name"))
    return [
        Line(a.disabled_at, "login", f"{a.name}{', disabled' if a.disabled_at else ''}", f"user:{a.name}") for a in rows
    ]


def copies_of(user: Any, asset: models.IntellectualProperty) -> Iterable[Line]:
    rows = visible_to(user, asset.copies.select_related("zone", "host", "keeper").order_by("number"))
    return [Line(None, "file", f"{c.number}, {whereabouts(c)}", f"copy:{c.number}") for c in open_parts(user, rows)]


def whereabouts(copy: models.Copy) -> str:
    """Where one copy is: ``file on ml-files-01, /srv/v7``, or that it is gone."""
    if copy.destroyed_on:
        return f"destroyed {copy.destroyed_on:%d %b %Y}"
    on = f"on {copy.host.name}" if copy.host else ""
    at = f"in {copy.zone.name}" if copy.zone else ""
    kept = f"kept by {copy.keeper.name}" if copy.keeper else ""
    return ", ".join(filter(None, (f"{copy.get_form_display().lower()} {on or at}".strip(), copy.where, kept)))


def place_of(thing: models.Property) -> Any:
    return thing.zone or thing.site


def places_of(thing: models.Property) -> list[Model]:
    return [place] if (place := place_of(thing)) else []


def gone(thing: models.Property) -> State | None:
    return State(f"Gone since {thing.gone_on:%d %b %Y}") if thing.gone_on else None


def plan_link(floor: models.Floor) -> Iterable[tuple[str, Any]]:
    yield "Picture", floor.picture.name if floor.picture else "none: drawn from its zones; upload one on the map"


def classed(asset: models.IntellectualProperty) -> State:
    """Always with its word; the secret ones with a lock."""
    return State(asset.get_classification_display(), "lock" if asset.classification >= 3 else "")


def readers(asset: models.IntellectualProperty) -> str:
    return ", ".join(map(str, readers_of(asset))) or "whoever sees its department"


def readers_of(asset: models.IntellectualProperty) -> list[Model]:
    return [*asset.readers.all(), *asset.reader_departments.all()]


def money(amount: Decimal | None) -> str | None:
    """With the organisation's currency: ``12,400 EUR``."""
    if amount is None:
        return None
    return f"{amount:,.0f} {currency()}" if amount == int(amount) else f"{amount:,.2f} {currency()}"


def worth(rows: QuerySet[Any]) -> str:
    """What the listed property is worth that is still here: narrowed to a department or a site, what that has."""
    here = models.Property.objects.filter(pk__in=rows.order_by().values("pk"), gone_on=None)
    return f"worth {money(here.aggregate(sum=Sum('value'))['sum'] or Decimal())}"


def currency() -> str:
    return _currency(int(monotonic() / 5))


@lru_cache(maxsize=1)
def _currency(_moment: int) -> str:
    """Asked every five seconds: another process may have changed it."""
    return models.Organisation.objects.values_list("currency", flat=True).first() or "EUR"


def _forget(**_about: Any) -> None:
    _currency.cache_clear()


post_save.connect(_forget, sender=models.Organisation)
