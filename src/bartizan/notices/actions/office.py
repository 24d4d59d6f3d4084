"""What the office decides: its webhooks, who is on call, and what tells whom."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db.transaction import atomic

from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.notices.actions.channels import sealed
from bartizan.notices.models import LEVELS, Channel, Choice, Duty
from bartizan.notices.outgoing import parts_of
from bartizan.notices.queries import choice_of
from bartizan.notices.triggers import PERSONAL, named

LONGEST_DUTY = timedelta(days=366)
YEARS = range(2000, 3000)
"""Far from where a calendar ends: every zone can show them."""


@atomic
def add_webhook(by: User, name: str, address: str) -> tuple[Channel, str]:
    """A webhook of the office, and its secret, which is shown once."""
    name, address = name.strip(), address.strip()
    if not name:
        raise ValidationError({"name": "Say what it is for, such as chat of the guards."})
    _check_address(address)
    secret = secrets.token_urlsafe(32)
    channel = Channel.objects.create(kind="webhook", name=name[:80], address=address, keys=sealed({"secret": secret}))
    record(by, "added a webhook", f"webhook:{channel.pk}", name=channel.name, host=urlsplit(address).hostname)
    return channel, secret


def _check_address(address: str) -> None:
    parts = parts_of(address)
    if parts is None:
        raise ValidationError({"address": "An address looks like https://chat.example.org/hook."})
    if parts.username or parts.password:
        raise ValidationError(
            {"address": "Leave name and password out of the address; the signature proves who sends."}
        )


@atomic
def choose(
    trigger: str, by: User, *, is_on: bool, least: int, kinds: Collection[str], webhooks: Collection[int]
) -> Choice:
    """What the office wants told of a trigger, and on which channels."""
    declared = named(trigger)
    if declared is None:
        raise ValidationError("There is no such trigger.")
    if declared.is_private and (not is_on or webhooks):
        raise ValidationError("What concerns an account is told to its owner, always and to nobody else.")
    if least not in dict(LEVELS):
        raise ValidationError("Choose one of the levels.")
    wanted = {"is_on": is_on, "least": least, "kinds": [kind for kind in PERSONAL if kind in kinds]}
    before = _told(choice_of(trigger))
    choice, _ = Choice.objects.update_or_create(trigger=trigger, defaults=wanted)
    choice.webhooks.set(Channel.objects.filter(user=None, kind="webhook", pk__in=webhooks))
    record(by, "chose what is told", f"trigger:{trigger}", before=before, after=_told(choice))
    return choice


def _told(choice: Choice) -> dict[str, Any]:
    webhooks = choice.webhooks.order_by("pk").values_list("pk", flat=True) if choice.pk else ()
    return {"is_on": choice.is_on, "least": choice.least, "kinds": choice.kinds, "webhooks": list(webhooks)}


@atomic
def add_duty(
    by: User, user: User, starts_at: datetime, ends_at: datetime, *, place: int, least: int, note: str = ""
) -> Duty:
    """``user`` is on call. Several may be at the same time, in the order of their places."""
    if starts_at.year not in YEARS:
        raise ValidationError({"starts_at": f"Choose a day from {YEARS.start} on; the year has four digits."})
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": "It must end after it begins."})
    if ends_at - starts_at > LONGEST_DUTY:
        raise ValidationError({"ends_at": "A year is the longest."})
    if not 1 <= place <= 9:
        raise ValidationError({"place": "Places go from 1, who is told first, to 9."})
    if least not in dict(LEVELS):
        raise ValidationError({"least": "Choose one of the levels."})
    duty = Duty.objects.create(
        user=user, starts_at=starts_at, ends_at=ends_at, place=place, least=least, note=note.strip()[:120]
    )
    told = {"starts": starts_at.isoformat(), "ends": ends_at.isoformat(), "place": place, "least": least}
    record(by, "put on call", f"officer:{user.username}", after=told)
    return duty


@atomic
def remove_duty(duty: Duty, by: User) -> None:
    record(by, "took off call", f"officer:{duty.user.username}", before={"starts": duty.starts_at.isoformat()})
    duty.delete()
