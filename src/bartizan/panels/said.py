"""What a panel says, as observations, lines of the audit, and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from bartizan.core.models import User
from bartizan.engines.intrusion import Output
from bartizan.engines.intrusion.arming import SCHEDULE
from bartizan.engines.observe import microseconds
from bartizan.estate.models import Person
from bartizan.panels.heard import OWN
from bartizan.panels.models import Area, Detector, Panel

AUDITED: Final[Mapping[str, str]] = {
    "alarm.armed": "armed", "alarm.disarmed": "disarmed", "alarm.bypassed": "bypassed", "alarm.unbypassed":
    "ended the bypass of",
}  # fmt: skip
"""What goes into the audit, and as what. A duress never does: at the site it is a plain disarm."""
_TESTED: Final = {
    "start": "began a walk test of",
    "longer": "made longer the walk test of",
    "end": "ended a walk test of",
}
_ASKED: Final = {
    "arming": "began to arm",
    "first of two": "asked to disarm",
    "first of two to bypass": "asked to bypass",
    "arming moved": "moved the arming of",
}
"""By the state that it told: what somebody began, although it holds only later or takes a second person."""


def who(user: User) -> str:
    """One person is one, at a keypad and at the console: by the staff number where the account has one."""
    return f"person:{user.person}" if user.person else f"user:{user.username}"


class Names:
    """Who and what an output is about, in words; looked up once for many."""

    def __init__(self, panel: Panel, keys: Iterable[str]) -> None:
        self.panel = panel
        self.areas = {area.code: area for area in panel.areas.select_related("zone")}
        self.detectors = {d.number: d for d in panel.detectors.all()}
        self._people = people_called(keys)

    def person(self, key: str) -> str:
        return self._people.get(key, key.partition(":")[2] or key)

    def of_number(self, number: int | None) -> Detector | None:
        return self.detectors.get(number) if number is not None else None

    def area(self, code: str) -> Area | None:
        return self.areas.get(code)


def people_called(keys: Iterable[str]) -> dict[str, str]:
    """The names of those who did something, by how the engine calls them."""
    wanted = set(keys)
    codes = [key[len("person:") :] for key in wanted if key.startswith("person:")]
    names = [key[len("user:") :] for key in wanted if key.startswith("user:")]
    found = {SCHEDULE: "the arming times", "": ""}
    found |= {
        f"person:{code}": name for code, name in Person.objects.filter(code__in=codes).values_list("code", "name")
    }
    users = User.objects.filter(username__in=names)
    return found | {f"user:{user.username}": user.get_full_name() or user.username for user in users}


def observation(output: Output, names: Names, now: datetime) -> tuple[str, dict[str, Any]]:
    """The key and fields of the observation that ``output`` becomes."""
    panel, detector, area = names.panel, names.of_number(output.number), names.area(output.area)
    key = f"{panel.pk}:{microseconds(now)}:{output.key}"
    data: dict[str, Any] = {"panel": panel.code, **_plain(output.facts, names)}
    if area is not None:
        data |= {"area": area.code, "area_name": area.name}
    if detector is not None:
        data |= {"number": detector.number, "detector": detector.name}
    if output.by:
        data |= {"by": names.person(output.by)}
    made: dict[str, Any] = {"at": now.isoformat(), "source": OWN, "kind": output.kind, "data": data}
    if output.is_hidden:
        return key, made | _hidden(panel, area)
    place = f"zone:{area.zone.code}" if area and area.zone else f"site:{panel.site.code}"
    actor = output.by if output.by.startswith("person:") else ""
    return key, made | {
        "place": place,
        "device": detector.device if detector else f"panel:{panel.code}",
        "actor": actor,
    }


def _hidden(panel: Panel, area: Area | None) -> dict[str, Any]:
    """It names no zone, site, device or person that the estate knows, so that accounts which are limited to a site or a
    department never see it, those of the site itself among them. In words it says where and whose code it was."""
    where = f"{area.name}, {panel.site.name}" if area else panel.site.name
    return {"place": f"area:{where} (panel {panel.code})"}


def _plain(facts: Mapping[str, Any], names: Names) -> dict[str, Any]:
    found = dict(facts)
    if "second" in found:
        found["second"] = names.person(found["second"])
    if "began_by" in found:
        found["began_by"] = names.person(found["began_by"])
    for name in ("numbers", "open", "missing"):
        if name in found:
            known = [names.of_number(number) for number in found[name]]
            found[f"{name}_named"] = [f"{d.number} {d.name}" for d in known if d]
    return found


def audit_line(output: Output, names: Names) -> tuple[str, str, dict[str, Any]] | None:
    """Verb, subject and detail, or nothing for what is no deed of anybody."""
    verb = AUDITED.get(output.kind)
    if output.kind == "alarm.tested":
        verb = _TESTED.get(output.facts["phase"])
    elif output.kind == "device.state":
        verb = _ASKED.get(output.facts["state"])
    if verb is None or output.is_hidden:
        return None
    detector = names.of_number(output.number)
    detail = {k: v for k, v in output.facts.items() if k in ("mode", "reason", "until", "bypassed", "open", "missing")}
    detail |= {"by": names.person(output.by) or "itself"}
    if "second" in output.facts:
        detail["second"] = names.person(output.facts["second"])
    if detector is not None:
        detail["detector"] = f"{detector.number} {detector.name}"
    return verb, f"area:{names.panel.code}/{output.area}", detail
