"""Adds to each event what the estate and the events before it say about it."""

from __future__ import annotations

from typing import Any, Final

import orjson

from bartizan.engines.context.aliases import Aliases, bare_account
from bartizan.engines.context.estate import Estate, Person
from bartizan.engines.context.hours import SiteClock, is_out_of_hours
from bartizan.engines.context.logins import Logins
from bartizan.engines.context.origins import Origin, Origins, country, is_console, remote_address, reported_spot
from bartizan.engines.context.owners import Owners
from bartizan.engines.context.people import People, Who
from bartizan.engines.context.places import Placed, Places
from bartizan.engines.context.presence import CLOCK_TOLERANCE, Presence, Sighting, shortfall
from bartizan.engines.context.ways import Ways
from bartizan.engines.context.words import sentence
from bartizan.engines.observe import DOMAINS, KINDS, Kind

_STATE_VERSION: Final = 1
_FUTURE: Final = 300_000_000
"""A clock this far ahead (µs) of the time of receipt is wrong: its event must not move anybody."""
_UNKNOWN: Final = KINDS["unknown"]
_BADGED: Final = frozenset({"door.granted", "door.exit", "biometric.accepted"})
_PRESENTED: Final = _BADGED | {"door.denied", "door.passback"}
_BY_HAND: Final = frozenset({"host.usb", "document.copied"})
_SENSED: Final = frozenset(
    {"alarm.motion", "alarm.triggered", "camera.motion", "camera.person", "camera.entered", "camera.crossed"}
)
_LEAVING: Final = frozenset({"out", "exit", "outward", "leave"})


class Context:
    """Fed with events in the order in which they were received; their own times may be out of order."""

    def __init__(self, estate: Estate | None = None) -> None:
        self._presence = Presence()
        self._logins = Logins()
        self._clock = SiteClock()
        self.update(estate or Estate())

    def update(self, estate: Estate) -> None:
        """Take over changed records. What was seen of people and logins is kept."""
        self._estate = estate
        self._names = Aliases(estate)
        self._ways = Ways(estate)
        self._places = Places(estate, self._names)
        self._people = People(estate, self._names)
        self._origins = Origins(estate, self._names)
        self._owners = Owners(estate, self._ways, self._presence)

    @property
    def forgotten(self) -> dict[str, int]:
        """How many people and user accounts had to be forgotten because there were too many to remember."""
        return {"people": self._presence.forgotten, "accounts": self._logins.forgotten}

    def walking_seconds(self, zone_a: str, zone_b: str) -> float | None:
        return self._ways.seconds(zone_a, zone_b)

    def enrich(self, event: dict[str, Any]) -> dict[str, Any]:
        """Adds the facts to ``event`` itself and returns it. Never raises, however odd the event is."""
        kind = _text(event, "kind")
        about = KINDS.get(kind) or _guessed(kind)
        us = _time(event)
        data = event.get("data")
        data = data if type(data) is dict else {}
        leaving = kind == "door.exit" or (about.domain == "door" and _is_leaving(data))
        placed = self._places.of(_text(event, "place"), _text(event, "device"), leaving=leaving)
        who = self._people.behind(_text(event, "actor"), us)
        event["domain"] = about.domain
        event["class_uid"] = about.class_uid
        event.update(placed.facts)
        event.update(who.facts)
        origin = ""
        if about.domain == "login":
            origin = self._login(event, kind, data, us, placed, who)
        elif us is not None and kind in _PRESENTED:
            self._sighting(event, kind, us, placed, who, leaving=leaving)
        elif us is not None and kind in _BY_HAND and placed.host is not None and placed.host.kind == "workstation":
            self._owner(event, us, placed, who)
        elif us is not None and kind in _SENSED and placed.zone is not None:
            since = self._presence.seconds_since_entry(placed.zone.code, us)
            if since is not None:
                event["zone_entered_seconds"] = since
        if us is not None and placed.timezone:
            self._hours(event, us, placed, who.person)
        event["summary"] = sentence(event, kind, placed.where, origin)
        return event

    def _sighting(self, event: dict[str, Any], kind: str, us: int, placed: Placed, who: Who, *, leaving: bool) -> None:
        portal, zone = placed.portal, placed.zone
        if portal is not None and kind == "door.granted" and not leaving:
            self._ways.learn_reader(portal.code)
            if zone is not None and who.is_certain:
                self._presence.entered(zone.code, us)
        if who.person is None or zone is None or not who.is_certain:
            return
        stood = zone.code if portal is None else portal.inner if leaving else portal.outer
        here = Sighting(us, zone.code, stood, _text(event, "id"))
        before, after = self._presence.around(who.person.code, us)
        missing = shortfall(self._ways, before, after, here)
        if missing is not None and missing > CLOCK_TOLERANCE:
            event["travel_short_seconds"] = round(missing - CLOCK_TOLERANCE)
        if kind in _BADGED:
            self._presence.saw(who.person.code, here)

    def _login(
        self, event: dict[str, Any], kind: str, data: dict[str, Any], us: int | None, placed: Placed, who: Who
    ) -> str:
        """Login facts; returns where from in words."""
        remote = remote_address(data)
        console = is_console(data, kind, remote)
        event["login_way"] = "console" if console else "remote"
        host = placed.facts.get("host", "")
        origin = self._origins.address(remote) if remote else self._origins.console(placed.host, host)
        if remote:
            event["remote_address"] = remote
            event["origin_outside"] = origin.outside
        if us is None or kind not in ("login.success", "login.unlock"):
            return origin.words
        self._history(event, data, us, origin, is_service=who.facts.get("account_kind") == "service")
        if console:
            self._owner(event, us, placed, who)
        return origin.words

    def _history(
        self, event: dict[str, Any], data: dict[str, Any], us: int, origin: Origin, *, is_service: bool
    ) -> None:
        actor_kind, _, name = _text(event, "actor").partition(":")
        if actor_kind != "user" or not name:
            return
        where = country(data)
        spot = None if is_service else reported_spot(data) or origin.spot
        key = f"country:{where}" if where else origin.key
        event.update(self._logins.logged_in(bare_account(name), us, key, spot))

    def _owner(self, event: dict[str, Any], us: int, placed: Placed, who: Who) -> None:
        """The person of the user account; where that has none, the owner of the desk, unless an administrator works."""
        if who.person is not None:
            event.update(self._owners.facts(who.person.code, placed.zone, us))
            return
        works_for_all = who.facts.get("account_kind") in ("admin", "service") or "privileged" in who.facts
        if placed.host is not None and placed.host.owner and not works_for_all:
            event.update(self._owners.facts(placed.host.owner, placed.zone, us))

    def _hours(self, event: dict[str, Any], us: int, placed: Placed, person: Person | None) -> None:
        site = self._estate.sites.get(placed.facts.get("site", ""))
        opens = person.hours_from if person and person.hours_from else site.opens if site else None
        closes = person.hours_to if person and person.hours_to else site.closes if site else None
        if opens is None or closes is None:
            return
        local = self._clock.weekday_minute(us, placed.timezone)
        if local is not None:
            weekends = person is not None and person.works_weekends
            event["out_of_hours"] = is_out_of_hours(*local, opens, closes, weekends=weekends)

    def state(self) -> bytes:
        """What was seen so far, for :meth:`restore` after a restart."""
        return orjson.dumps(
            {
                "version": _STATE_VERSION,
                "presence": self._presence.state(),
                "logins": self._logins.state(),
                "readers": sorted(self._ways.readers),
            }
        )

    def restore(self, state: bytes) -> None:
        """Raises ValueError when ``state`` is not one of ours; then nothing has changed."""
        presence, logins = Presence(), Logins()
        try:
            known = orjson.loads(state)
            is_ours = known["version"] == _STATE_VERSION
            presence.restore(known["presence"])
            logins.restore(known["logins"])
            readers = [str(portal) for portal in known["readers"]]
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError("The saved context is damaged; start without it.") from error
        if not is_ours:
            raise ValueError("The saved context is another version's; start without it.")
        self._presence, self._logins = presence, logins
        self.update(self._estate)
        for portal in readers:
            self._ways.learn_reader(portal)


def _text(event: dict[str, Any], key: str) -> str:
    value = event.get(key)
    return value if type(value) is str else ""


def _time(event: dict[str, Any]) -> int | None:
    """The event's own time in µs, unless it is missing or its clock is plainly wrong."""
    us, received = event.get("time"), event.get("received")
    if type(us) is not int or not 0 <= us < 1 << 62:
        return None
    return None if type(received) is int and us > received + _FUTURE else us


def _guessed(kind: str) -> Kind:
    """A kind that is not in the table yet keeps the band that its beginning names."""
    domain = kind.partition(".")[0]
    return Kind(domain, 0, kind) if domain in DOMAINS else _UNKNOWN


def _is_leaving(data: dict[str, Any]) -> bool:
    direction = data.get("direction")
    return type(direction) is str and direction.lower() in _LEAVING
