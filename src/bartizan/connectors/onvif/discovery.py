"""WS-Discovery (OASIS, 2009, and ONVIF Core 7): who on this network says that it sends video."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote
from uuid import uuid4

GROUP: Final = ("239.255.255.250", 3702)
_LARGEST: Final = 65_535
_PROBE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"
 xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"
 xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header><w:MessageID>uuid:{id}</w:MessageID>
<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>
<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>
<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>"""
_ADDRESSES: Final = re.compile(r"<(?:[\w-]+:)?XAddrs[^>]*>([^<]*)</")
_SCOPES: Final = re.compile(r"<(?:[\w-]+:)?Scopes[^>]*>([^<]*)</")


@dataclass(frozen=True, slots=True)
class Found:
    """A camera that answered."""

    name: str
    hardware: str
    address: str
    """Of its device service, such as http://192.0.2.31/onvif/device_service."""


def discover(seconds: float = 3.0, to: Sequence[tuple[str, int]] = (GROUP,)) -> list[Found]:
    """Ask the network and listen for so long; what answered, by address. Raises OSError where there is no network.

    A probe does not pass routers: of other networks the addresses have to be known.
    """
    found: dict[str, Found] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        for where in to:
            asking.sendto(_PROBE.format(id=uuid4()).encode(), where)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            asking.settimeout(left)
            try:
                answer, _ = asking.recvfrom(_LARGEST)
            except TimeoutError:
                break
            if camera := read(answer.decode("utf-8", "replace")):
                found[camera.address] = camera
    return [found[address] for address in sorted(found)]


def read(answer: str) -> Found | None:
    """What a ProbeMatch says; nothing for an answer without an address. It is read as text, because anybody on the
    network may answer: no XML of a stranger is parsed."""
    told = _ADDRESSES.search(answer)
    addresses = [a for a in told.group(1).split() if a.startswith(("http://", "https://"))] if told else []
    if not addresses:
        return None
    scopes = _SCOPES.search(answer)
    words = scopes.group(1).split() if scopes else []
    return Found(_scope(words, "name"), _scope(words, "hardware"), addresses[0][:400])


def _scope(scopes: Sequence[str], kind: str) -> str:
    start = f"onvif://www.onvif.org/{kind}/"
    return next((unquote(s[len(start) :])[:80] for s in scopes if s.startswith(start)), "")
