"""The few shared types: what a connector sees, and what intake keeps of it.

A *reference* names anything in the estate as ``kind:name``: ``badge:4417``, ``user:m.vos``, ``host:ML-WS-214``,
``portal:ML-2-014``, ``zone:ML-2.14``, ``site:ML``, ``ip:203.0.113.58``, ``file:/srv/lab/v7.step``,
``detector:ML-2-M14``, ``camera:C05``, ``reader:ML-2-R14``, ``person:VI-0042``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that a source says it saw. Connectors make these and nothing else."""

    at: datetime
    """When the source says that it happened: aware, any zone."""
    source: str
    """The configured source's name, such as ``mill-lane-doors``."""
    kind: str
    """A key of :data:`KINDS`, such as ``door.granted``; ``unknown`` for a message that no parser understands."""
    actor: str = ""
    """Reference to who or what acted, as the source names it."""
    place: str = ""
    """Reference to the portal, zone or site, where the source names one."""
    device: str = ""
    """Reference to the host, reader, detector, camera or panel that saw it."""
    asset: str = ""
    """Reference to what was acted upon: a file, a user account, a share."""
    outcome: str = ""
    """``success``, ``failure`` or empty."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """The source's own fields under their own names (Channel, EventID …): Sigma rules match these."""
    raw: str = ""
    """The message as received, unless ``data`` holds all of it."""
    key: str = ""
    """The source's own identity of this record (record number, message id, file and byte): makes a repeat storable
    once. Empty when the source has none; then every receipt is a new event."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a kind of event: its band on the timeline, its OCSF class, and its words."""

    domain: str
    class_uid: int
    words: str


# Bands of the timeline, in their order.
DOMAINS: Final = ("door", "alarm", "camera", "biometric", "login", "host", "network", "document")

# OCSF 1.8 classes where OCSF has one. The physical classes 9001… are Bartizan's own category (uid 90).
KINDS: Final[dict[str, Kind]] = {
    "door.granted": Kind("door", 9001, "Door granted"),
    "door.denied": Kind("door", 9001, "Door refused"),
    "door.forced": Kind("door", 9001, "Door forced"),
    "door.held": Kind("door", 9001, "Door held open"),
    "door.opened": Kind("door", 9001, "Door opened"),
    "door.closed": Kind("door", 9001, "Door closed"),
    "door.exit": Kind("door", 9001, "Door opened from inside"),
    "door.locked": Kind("door", 9001, "Door locked"),
    "door.unlocked": Kind("door", 9001, "Door unlocked"),
    "door.passback": Kind("door", 9001, "Pass-back"),
    "door.tailgate": Kind("door", 9001, "Tailgate"),
    "alarm.motion": Kind("alarm", 9002, "Motion"),
    "alarm.clear": Kind("alarm", 9002, "Motion ended"),
    "alarm.opened": Kind("alarm", 9002, "Contact opened"),
    "alarm.closed": Kind("alarm", 9002, "Contact closed"),
    "alarm.triggered": Kind("alarm", 9002, "Intruder alarm"),
    "alarm.restored": Kind("alarm", 9002, "Intruder alarm restored"),
    "alarm.armed": Kind("alarm", 9002, "Armed"),
    "alarm.disarmed": Kind("alarm", 9002, "Disarmed"),
    "alarm.duress": Kind("alarm", 9002, "Duress or hold-up"),
    "alarm.bypassed": Kind("alarm", 9002, "Bypassed"),
    "alarm.unbypassed": Kind("alarm", 9002, "Bypass ended"),
    "alarm.tested": Kind("alarm", 9002, "Walk test"),
    "alarm.tamper": Kind("alarm", 9005, "Tamper"),
    "alarm.hazard": Kind("alarm", 9002, "Smoke, gas or water"),
    "camera.motion": Kind("camera", 9003, "Motion on camera"),
    "camera.person": Kind("camera", 9003, "Person on camera"),
    "camera.object": Kind("camera", 9003, "Object on camera"),
    "camera.vehicle": Kind("camera", 9003, "Vehicle on camera"),
    "camera.animal": Kind("camera", 9003, "Animal on camera"),
    "camera.crossed": Kind("camera", 9003, "Crossed a line"),
    "camera.entered": Kind("camera", 9003, "Entered a zone on camera"),
    "camera.left": Kind("camera", 9003, "Left a zone on camera"),
    "camera.loitering": Kind("camera", 9003, "Loitering"),
    "camera.against": Kind("camera", 9003, "Against the direction"),
    "camera.crowded": Kind("camera", 9003, "Crowded"),
    "camera.left_object": Kind("camera", 9003, "Object left behind"),
    "camera.removed_object": Kind("camera", 9003, "Object taken away"),
    "camera.covered": Kind("camera", 9003, "Camera covered"),
    "camera.moved": Kind("camera", 9003, "Camera moved"),
    "camera.defocused": Kind("camera", 9003, "Camera out of focus"),
    "camera.frozen": Kind("camera", 9003, "Picture frozen"),
    "camera.clear": Kind("camera", 9003, "Camera clear"),
    "camera.watched": Kind("camera", 9003, "Camera watched"),
    "biometric.accepted": Kind("biometric", 9004, "Voice or hand accepted"),
    "biometric.refused": Kind("biometric", 9004, "Voice or hand refused"),
    "device.online": Kind("alarm", 9005, "Device answers"),
    "device.offline": Kind("alarm", 9005, "Device silent"),
    "device.battery": Kind("alarm", 9005, "Battery low"),
    "device.fault": Kind("alarm", 9005, "Device fault"),
    "device.restored": Kind("alarm", 9005, "Device fault over"),
    "device.state": Kind("alarm", 9005, "Device state"),
    "login.success": Kind("login", 3002, "Login"),
    "login.failure": Kind("login", 3002, "Login refused"),
    "login.logout": Kind("login", 3002, "Logout"),
    "login.lock": Kind("login", 3002, "Console locked"),
    "login.unlock": Kind("login", 3002, "Console unlocked"),
    "login.privilege": Kind("login", 3003, "Privilege used"),
    "account.changed": Kind("login", 3001, "User account changed"),
    "host.process": Kind("host", 1007, "Process"),
    "host.module": Kind("host", 1005, "Module loaded"),
    "host.registry": Kind("host", 201001, "Registry changed"),
    "host.service": Kind("host", 1006, "Service or task changed"),
    "host.audit": Kind("host", 1007, "Host audit record"),
    "host.log": Kind("host", 0, "Host log"),
    "host.logclear": Kind("host", 1008, "Log cleared"),
    "host.usb": Kind("host", 1001, "USB disk connected"),
    "host.usbremoved": Kind("host", 1001, "USB disk removed"),
    "host.malware": Kind("host", 2004, "Malware found"),
    "network.flow": Kind("network", 4001, "Network flow"),
    "network.allowed": Kind("network", 4001, "Network allowed"),
    "network.blocked": Kind("network", 4001, "Network blocked"),
    "network.alert": Kind("network", 2004, "Network alert"),
    "network.dns": Kind("network", 4003, "Name looked up"),
    "network.web": Kind("network", 4002, "Web request"),
    "network.mail": Kind("network", 4009, "Mail"),
    "document.read": Kind("document", 1001, "File read"),
    "document.written": Kind("document", 1001, "File written"),
    "document.copied": Kind("document", 1001, "File copied"),
    "document.deleted": Kind("document", 1001, "File deleted"),
    "document.opened": Kind("document", 1001, "Document opened"),
    "document.printed": Kind("document", 1001, "Document printed"),
    "document.marked": Kind("document", 1001, "Mark of a leaked copy read"),
    "finding": Kind("host", 2004, "Finding of another system"),
    "unknown": Kind("host", 0, "Not understood"),
}


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970-01-01 UTC of an aware ``moment``; negative before it."""
    return (moment - EPOCH) // _MICROSECOND


def moment(us: int) -> datetime:
    """The aware UTC time of ``us`` microseconds since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=us)


def split_reference(reference: str) -> tuple[str, str]:
    """``badge:4417`` to ``("badge", "4417")``; a name without a kind gets an empty kind."""
    kind, colon, name = reference.partition(":")
    return (kind, name) if colon else ("", reference)
