"""What is done with sources, their counters and lights, states on the map, troubles, retention and holds."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.db.transaction import atomic
from django.utils import timezone
from pydantic import ValidationError as SettingsError

from bartizan.connectors import Health, installed
from bartizan.core import preferences
from bartizan.core.actions import digest_of, publish_live, record
from bartizan.core.models import User
from bartizan.engines.observe import moment
from bartizan.estate.models import Device, Portal
from bartizan.watch import told
from bartizan.watch.decisions import Silence
from bartizan.watch.models import LegalHold, Retention, RuleSwitch, Source, Trouble
from bartizan.watch.tally import Tally

SKEW_STEP = 0.05


@atomic
def save_source(name: str, connector: str, settings: Mapping[str, Any], by: User | None) -> Source:
    """Make or change a source; the watch process takes it up within seconds."""
    kinds = installed()
    if connector not in {*kinds, "http", "import"}:
        raise ValidationError(
            f"There is no connector “{connector}”. Those on this machine: {', '.join(sorted(kinds))}."
        )
    clean: dict[str, Any] = {}
    if connector in kinds:
        try:
            clean = preferences.stored(kinds[connector].Settings.model_validate(dict(settings)))
        except SettingsError as error:
            raise ValidationError(
                {str(e["loc"][0] if e["loc"] else "settings"): e["msg"] for e in error.errors()}
            ) from error
    new = {"connector": connector, "settings": clean, "silent_after": preferences.get(Silence).after_minutes * 60}
    source, is_new = Source.objects.get_or_create(name=name, defaults=new)
    before = source.settings
    source.connector, source.settings = connector, clean
    source.full_clean(exclude=["settings"])
    source.save(update_fields=["connector", "settings"])
    record(by, "added" if is_new else "changed", f"source:{name}", before=masked(before), after=masked(clean))
    return source


def masked(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Stored settings fit for the audit: secrets are named, not shown."""
    return {name: preferences.MASK if preferences.is_sealed(value) else value for name, value in settings.items()}


@atomic
def switch_source(source: Source, on: bool, by: User) -> None:
    source.is_enabled = on
    source.state, source.state_words = ("waiting", "Starting.") if on else ("off", f"Switched off by {by}.")
    source.state_at = timezone.now()
    source.save(update_fields=["is_enabled", "state", "state_words", "state_at"])
    record(by, "switched on" if on else "switched off", f"source:{source.name}")


@atomic
def new_token(source: Source, by: User | None) -> str:
    """A fresh token for a source that sends over HTTP; shown once, the old one stops at once."""
    token = secrets.token_urlsafe(32)
    source.token_digest = digest_of(token)
    source.save(update_fields=["token_digest"])
    record(by, "made a token for", f"source:{source.name}")
    return token


@atomic
def remove_source(source: Source, by: User) -> None:
    """The source goes; what it sent stays in the lake."""
    record(by, "removed", f"source:{source.name}", settings=masked(source.settings))
    source.delete()


@atomic
def switch_rule(rule: str, *, on: bool, level: int | None, reason: str, by: User) -> None:
    """Switch a rule on or off, or give it another level. Off needs a reason."""
    if not on and not reason.strip():
        raise ValidationError("Say why the rule is switched off.")
    RuleSwitch.objects.update_or_create(
        rule=rule, defaults={"is_enabled": on, "level": level, "reason": reason.strip()}
    )
    record(by, "switched on" if on else "switched off", f"rule:{rule}", level=level, reason=reason.strip())


@atomic
def first_sources() -> None:
    """Out of the box: this machine's own journal (or log files, where it has none), and a syslog receiver."""
    save_source("this-machine", "journald", {}, None)
    save_source("syslog", "syslog", {}, None)


# -- what the line reports


@atomic
def count(tally: Tally) -> None:
    """Add what was counted since the last time to each source; an unknown sender gets a row of its own."""
    for name, n in tally.received.items():
        source, _ = Source.objects.get_or_create(name=name[:60], defaults={"connector": "import"})
        latest = moment(tally.latest[name])
        Source.objects.filter(pk=source.pk).update(
            received=F("received") + n,
            unknown=F("unknown") + tally.unknown.get(name, 0),
            late=F("late") + tally.late.get(name, 0),
            last_event_at=max(latest, source.last_event_at) if source.last_event_at else latest,
        )
        if source.state not in {"ok", "off"} and source.connector in {"http", "import"}:
            _light(source, Health("ok", ""))
    for name, n in tally.duplicates.items():
        Source.objects.filter(name=name).update(duplicates=F("duplicates") + n)


@atomic
def keep_skews(skews: Mapping[str, float]) -> None:
    """By how much each source's clock is ahead of ours; changes under a twentieth of a second are not worth a write."""
    for source in Source.objects.filter(name__in=skews):
        if source.skew_seconds is None or abs(source.skew_seconds - skews[source.name]) > SKEW_STEP:
            Source.objects.filter(pk=source.pk).update(skew_seconds=skews[source.name])


@atomic
def light(lights: Mapping[str, Health]) -> None:
    """Write what each connector says of itself."""
    for source in Source.objects.filter(name__in=lights, is_enabled=True):
        health = lights[source.name]
        if (source.state, source.state_words) != (health.state, health.words[:400]) and not _is_silence(source, health):
            _light(source, health)


def _is_silence(source: Source, health: Health) -> bool:
    """A connector that is well does not put out the light that says nothing has come for long."""
    return health.state == "ok" and source.state == "trouble" and _is_silent(source, timezone.now())


def _is_silent(source: Source, now: datetime) -> bool:
    heard = source.last_event_at
    return heard is not None and source.silent_after > 0 and now - heard > timedelta(seconds=source.silent_after)


def _light(source: Source, health: Health) -> None:
    was = source.state
    source.state, source.state_words, source.state_at = health.state, health.words[:400], timezone.now()
    source.save(update_fields=["state", "state_words", "state_at"])
    publish_live("source", {"name": source.name, "state": source.state, "words": source.state_words})
    if source.state == "trouble" != was:
        told.source_in_trouble(source)


@atomic
def find_silent(now: datetime) -> int:
    """A source that used to speak and has not for its time gets a light that says so; how many are silent."""
    silent = [s for s in Source.objects.filter(is_enabled=True).exclude(connector="import") if _is_silent(s, now)]
    for source in silent:
        if source.state != "trouble":
            assert source.last_event_at is not None
            _light(
                source,
                Health(
                    "trouble", f"Nothing came since {source.last_event_at:%d %b %H:%M} UTC; check that it still sends."
                ),
            )
    return len(silent)


@atomic
def show_states(doors: Mapping[str, tuple[str, int]], devices: Mapping[str, tuple[str, int]]) -> None:
    """Doors and devices on the map take the state that their last event says; an older event changes nothing."""
    for code, (state, us) in doors.items():
        newer = Q(state_at=None) | Q(state_at__lte=moment(us))
        if Portal.objects.filter(newer, code=code).update(state=state, state_at=moment(us)):
            publish_live("door", {"code": code, "state": state})
    for reference, (state, us) in devices.items():
        newer = Q(state_at=None) | Q(state_at__lte=moment(us))
        code = reference.partition(":")[2] or reference
        if Device.objects.filter(newer, code__in=(code, reference)).update(state=state, state_at=moment(us)):
            publish_live("device", {"code": code, "state": state})


@atomic
def note_trouble(part: str, words: str) -> None:
    """Health says it in words, once, with how often."""
    open_ = Trouble.objects.filter(part=part, ended_at=None).first()
    if open_ is None:
        Trouble.objects.create(part=part, words=words)
        told.trouble_noted(part, words)
        return
    open_.words, open_.last_at, open_.count = words, timezone.now(), open_.count + 1
    open_.save(update_fields=["words", "last_at", "count"])


@atomic
def well_again(part: str) -> None:
    Trouble.objects.filter(part=part, ended_at=None).update(ended_at=timezone.now())


@atomic
def set_retention(kind: str, days: int | None, by: User) -> None:
    """How long events of a kind (or its beginning) are kept; without days the rule goes and 400 days hold."""
    before = Retention.objects.filter(kind=kind).values_list("days", flat=True).first()
    if days is None:
        Retention.objects.filter(kind=kind).delete()
    elif days < 1:
        raise ValidationError("Keep events for at least one day.")
    else:
        Retention.objects.update_or_create(kind=kind, defaults={"days": days})
    record(by, "set retention", f"retention:{kind or 'all'}", before=before, after=days)


@atomic
def place_hold(
    reason: str, since: datetime | None, until: datetime | None, filters: Mapping[str, str], by: User | None
) -> LegalHold:
    if not reason.strip():
        raise ValidationError("Say which matter the hold is for.")
    if since and until and since >= until:
        raise ValidationError("The hold must end after it begins.")
    hold = LegalHold.objects.create(reason=reason.strip(), since=since, until=until, filters=dict(filters), made_by=by)
    record(by, "placed a legal hold", f"hold:{hold.pk}", reason=hold.reason, filters=hold.filters)
    return hold


@atomic
def end_hold(hold: LegalHold, by: User) -> None:
    hold.ended_at = timezone.now()
    hold.save(update_fields=["ended_at"])
    record(by, "ended a legal hold", f"hold:{hold.pk}")
