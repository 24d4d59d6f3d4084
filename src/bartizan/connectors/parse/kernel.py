"""The Linux kernel: USB devices come and go, interfaces begin to listen; the rest is host log."""

from __future__ import annotations

import re
from typing import Final

from bartizan.connectors.parse.audit import read_audit
from bartizan.connectors.parse.forms import first_match, form
from bartizan.connectors.parse.netfilter import read_netfilter
from bartizan.connectors.parse.parts import Parts

_UPTIME: Final = re.compile(r"\[\s*\d+\.\d+\] ?")

_USB: Final = (
    form(
        r"usb (?P<port>[\d.-]+): New USB device found, idVendor=(?P<idVendor>\w+), idProduct=(?P<idProduct>\w+)"
        r"(?:, bcdDevice=\s*(?P<bcdDevice>\S+))?",
        "host.usb",
    ),
    form(r"usb-storage (?P<port>[\d.-]+)(?::[\d.]+)?: USB Mass Storage device detected", "host.usb", storage=True),
    form(r"usb (?P<port>[\d.-]+): USB disconnect, device number (?P<number>\d+)", "host.usbremoved"),
    form(r"usb (?P<port>[\d.-]+): (?P<name>Product|Manufacturer|SerialNumber): (?P<value>.*)$", "host.log"),
    form(r"usb (?P<port>[\d.-]+): new (?P<speed>\S+) USB device number (?P<number>\d+)", "host.log"),
)
_OTHERS: Final = (
    form(r"device (?P<interface>\S+) entered promiscuous mode", "finding", interface_state="promiscuous"),
    form(r"(?P<interface>\S+): entered promiscuous mode", "finding", interface_state="promiscuous"),
    form(r"Out of memory: Kill(?:ed)? process (?P<process_id>\d+) \((?P<process>[^)]*)\)", "host.log", "failure"),
    form(r"(?P<process>\S+)\[(?P<process_id>\d+)\]: segfault at ", "host.log", "failure"),
)


def read_kernel(message: str) -> Parts | None:
    """What a kernel message tells; any kernel message is at least ``host.log``."""
    uptime = _UPTIME.match(message)
    if uptime:
        message = message[uptime.end() :]
    if message.startswith("audit: "):
        return read_audit(message.removeprefix("audit: "))
    if message.startswith("usb"):
        return first_match(_USB, message) or Parts("host.log", {})
    return read_netfilter(message) or first_match(_OTHERS, message)
