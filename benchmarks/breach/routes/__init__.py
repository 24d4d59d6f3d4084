"""The twelve routes, each with and without an insider: a route moves people, adds records, says what became known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from benchmarks.breach.routes import credentials, files, remote, rooms
from benchmarks.breach.scene import Breach, Scene


class Route(Protocol):
    def __call__(self, scene: Scene, *, insider: bool) -> Breach: ...


ROUTES: Final[Mapping[str, Route]] = {
    "tailgating": rooms.tailgating,
    "cloned_badge": rooms.cloned_badge,
    "lost_badge": rooms.lost_badge,
    "shared_password": credentials.shared_password,
    "borrowed_workstation": credentials.borrowed_workstation,
    "usb_copy": files.usb_copy,
    "mail_out": files.mail_out,
    "hidden_in_document": files.hidden_in_document,
    "hard_copy": files.hard_copy,
    "remote_malware": remote.remote_malware,
    "sensor_tampered": rooms.sensor_tampered,
    "contractor_hours": rooms.contractor_hours,
}
