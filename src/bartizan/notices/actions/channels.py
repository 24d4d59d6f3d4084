"""What people do with their own channels and quiet hours."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.core import vault
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.notices.models import LEVELS, Channel, Delivery, Duty, KnownAddress, QuietHours

MOST_CHANNELS = 20


def _checked_level(level: int) -> int:
    if level not in dict(LEVELS):
        raise ValidationError("Choose one of the levels.")
    return level


@atomic
def add_channel(
    user: User, kind: str, address: str, *, name: str = "", keys: Mapping[str, str] | None = None
) -> Channel:
    """A mail address or a browser of one's own. The same browser again takes its new keys, and is nobody else's."""
    address = address.strip()
    if kind == "mail":
        _check_mail(address)
    elif kind != "push":
        raise ValidationError("A person has mail addresses and browsers; a webhook belongs to the office.")
    else:
        _take_off(Channel.objects.filter(kind="push", address=address).exclude(user=user), user)
    channel = Channel.objects.filter(user=user, kind=kind, address=address).first()
    if channel is None and Channel.objects.filter(user=user).count() >= MOST_CHANNELS:
        raise ValidationError(f"{MOST_CHANNELS} channels are the most; remove one first.")
    if channel is not None and kind == "mail":
        raise ValidationError("This address is in the list already.")
    channel = channel or Channel(user=user, kind=kind, address=address)
    channel.name, channel.keys, channel.is_on = name.strip()[:80], sealed(keys or {}), True
    channel.failures, channel.next_at, channel.is_well, channel.said = 0, None, None, ""
    channel.save()
    record(user, "added a channel", f"officer:{user.username}", kind=kind, address=masked(channel))
    return channel


def _check_mail(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationError("A mail address looks like alice@example.org.") from None
    if not address.isascii():
        raise ValidationError("Write the address in plain letters; a domain with others has an xn-- form.")


@atomic
def change_channel(channel: Channel, by: User, *, least: int, is_on: bool) -> None:
    before = {"least": channel.least, "is_on": channel.is_on}
    channel.least, channel.is_on = _checked_level(least), is_on
    if is_on and not before["is_on"]:
        channel.failures, channel.next_at = 0, None
    if not is_on:
        waiting = Delivery.objects.filter(channel=channel, state__in=("waiting", "held"))
        waiting.update(state="failed", ended_at=timezone.now(), said="The channel was switched off.")
    channel.save(update_fields=["least", "is_on", "failures", "next_at"])
    after = {"least": channel.least, "is_on": is_on}
    if before != after:
        record(by, "changed a channel", subject_of(channel), address=masked(channel), before=before, after=after)


@atomic
def remove_channel(channel: Channel, by: User | None) -> None:
    """What still waited for it is not sent."""
    record(by, "removed a channel", subject_of(channel), kind=channel.kind, address=masked(channel))
    channel.delete()


@atomic
def leave_browser(key: int, by: User | None) -> None:
    """Nothing is pushed any more to a browser whose owner signed out, or in which somebody else signed in."""
    _take_off(Channel.objects.filter(pk=key, kind="push"), by)


@atomic
def leave_other_browsers(user: User, but: int | None) -> None:
    """The account's sessions were ended; ``but`` is the channel of the browser whose session stays."""
    _take_off(Channel.objects.filter(user=user, kind="push").exclude(pk=but or 0), user)


def _take_off(channels: QuerySet[Channel], by: User | None) -> None:
    for channel in channels:
        remove_channel(channel, by)


@atomic
def set_quiet_hours(
    user: User, starts: time, ends: time, days: Collection[int], breaks: int, *, is_on: bool, zone: str
) -> QuietHours:
    """What is held back already is looked at again under the new hours."""
    if not set(days) <= set(range(7)):
        raise ValidationError("A day is one of Monday to Sunday.")
    if is_on and not days:
        raise ValidationError("Choose the days on which quiet hours begin, or switch them off.")
    told: dict[str, Any] = {"starts": starts, "ends": ends, "days": sorted(days), "is_on": is_on, "zone": zone}
    held = QuietHours.objects.filter(user=user).first()
    kept, _ = QuietHours.objects.update_or_create(user=user, defaults=told | {"breaks": _checked_level(breaks)})
    Delivery.objects.filter(channel__user=user, state="held").update(next_at=timezone.now())
    sides = ({"before": _shown(held)} if held else {}) | {"after": _shown(kept)}
    record(user, "set quiet hours", f"officer:{user.username}", **sides)
    return kept


def _shown(hours: QuietHours) -> dict[str, Any]:
    names = ("starts", "ends", "days", "is_on", "zone")
    return {name: str(getattr(hours, name)) for name in names} | {"breaks": hours.breaks}


@atomic
def forget_account(user: User) -> None:
    """An account that is switched off is reached nowhere, and its addresses are not kept."""
    for model in (Channel, QuietHours, KnownAddress):
        model._default_manager.filter(user=user).delete()
    Duty.objects.filter(user=user, ends_at__gt=timezone.now()).delete()


@atomic
def know_address(user: User, address: str) -> bool:
    """Whether the account signs in from there for the first time, having signed in from elsewhere before."""
    if not address:
        return False
    had_others = KnownAddress.objects.filter(user=user).exists()
    _, is_new = KnownAddress.objects.get_or_create(user=user, address=address[:45])
    return is_new and had_others


def sealed(keys: Mapping[str, str]) -> bytes:
    return vault.seal(json.dumps(dict(keys)).encode()) if keys else b""


def opened(channel: Channel) -> dict[str, str]:
    """A channel's secrets. Raises vault.VaultError when the key is another's."""
    keys: dict[str, str] = json.loads(vault.unseal(bytes(channel.keys))) if channel.keys else {}
    return keys


def subject_of(channel: Channel) -> str:
    return f"officer:{channel.user.username}" if channel.user else f"webhook:{channel.pk}"


def masked(channel: Channel) -> str:
    """An address fit for the audit, which keeps for ever: enough to tell it from others."""
    if channel.kind == "mail":
        own, _, domain = channel.address.rpartition("@")
        return f"{own[:1]}•••@{domain}"
    return channel.address.split("?")[0][:60] if channel.kind == "webhook" else "a browser"
