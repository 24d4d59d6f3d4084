"""Where a login came from: the console, a host of ours, a network inside, or somewhere outside."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final, NamedTuple

from bartizan.engines.context.aliases import Aliases
from bartizan.engines.context.estate import Estate, Host

# What sources call the address that a login came from: Windows, sshd and PAM, Wazuh, JSON logs, OCSF flattened.
_FIELDS: Final = (
    "IpAddress", "src_ip", "srcip", "source_ip", "rhost", "remote_address", "SourceIp", "SourceAddress", "address",
    "client_ip", "client", "ip", "src",
    "src_host",
)  # fmt: skip
_COUNTRIES: Final = ("country", "country_code", "src_country", "Country")
_SPOTS: Final = (("lat", "lon"), ("latitude", "longitude"), ("src_lat", "src_lon"))
_CONSOLE_TYPES: Final = frozenset({"2", "7", "11", "13"})
"""Windows logon types typed at the keyboard: interactive, unlock, cached interactive, cached unlock."""
_PRIVATE: Final = tuple(
    ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
                            "fc00::/7", "fe80::/10")
)  # fmt: skip
_KNOWN_LIMIT: Final = 50_000
_Spot = tuple[float, float]


class Origin(NamedTuple):
    """``key`` is what a user account's history remembers; ``words`` what the office reads; ``spot`` degrees."""

    key: str
    words: str
    outside: bool
    spot: _Spot | None


_NOWHERE: Final = Origin("", "", outside=False, spot=None)


class Origins:
    def __init__(self, estate: Estate, names: Aliases) -> None:
        self._names = names
        self._zones = estate.zones
        self._spots = {s.code: (s.lat, s.lon) for s in estate.sites.values() if s.lat is not None and s.lon is not None}
        self._networks = [(n, site.code) for site in estate.sites.values() for n in _networks(site.addresses)]
        self._known: dict[str, Origin] = {}

    def console(self, host: Host | None, name: str) -> Origin:
        return Origin(f"host:{name}", "", outside=False, spot=self._host_spot(host)) if name else _NOWHERE

    def address(self, written: str) -> Origin:
        known = self._known.get(written)
        if known is None:
            if len(self._known) >= _KNOWN_LIMIT:
                self._known.clear()
            known = self._known[written] = self._resolve(written)
        return known

    def _resolve(self, written: str) -> Origin:
        host = self._names.host(written)
        if host is not None:
            return Origin(f"host:{host.name}", host.name, outside=False, spot=self._host_spot(host))
        address = parsed(written)
        if address is None:
            return Origin(f"name:{written[:80]}", written[:80], outside=False, spot=None)
        site = next((code for network, code in self._networks if address in network), "")
        inside = bool(site) or any(address in network for network in _PRIVATE)
        width = 24 if address.version == 4 else 48
        network = ip_network(f"{address}/{width}", strict=False)
        return Origin(f"net:{network}", str(address), outside=not inside, spot=self._spots.get(site))

    def _host_spot(self, host: Host | None) -> _Spot | None:
        # People sit at workstations; a login that comes from a server says nothing of where somebody is.
        zone = self._zones.get(host.zone) if host and host.kind == "workstation" else None
        return self._spots.get(zone.site) if zone else None


def remote_address(data: Mapping[str, Any]) -> str:
    """The address that a login came from, as its source wrote it; empty for none and for the machine itself."""
    for name in _FIELDS:
        value = data.get(name)
        if type(value) is str and value and value != "-":
            address = value.removeprefix("::ffff:")
            return "" if address.startswith("127.") or address in ("::1", "localhost") else address
    return ""


def is_console(data: Mapping[str, Any], kind: str, remote: str) -> bool:
    """Whether somebody sat at the machine, as far as the login's own fields tell."""
    if kind in ("login.unlock", "login.lock"):
        return True
    logon_type = data.get("LogonType")
    if logon_type is not None:
        return str(logon_type) in _CONSOLE_TYPES
    return not remote and not _is_sshd(data)


def _is_sshd(data: Mapping[str, Any]) -> bool:
    return any(str(data.get(name) or "").startswith("ssh") for name in ("program", "service", "app", "process"))


def country(data: Mapping[str, Any]) -> str:
    return next((v for name in _COUNTRIES if type(v := data.get(name)) is str and v), "")


def reported_spot(data: Mapping[str, Any]) -> _Spot | None:
    """The position that the source itself gives, in degrees, if it is one."""
    geo = data.get("geo")
    for fields in (data, geo if type(geo) is dict else {}):
        for lat_name, lon_name in _SPOTS:
            lat, lon = _degrees(fields.get(lat_name), 90), _degrees(fields.get(lon_name), 180)
            if lat is not None and lon is not None:
                return lat, lon
    return None


def _degrees(value: object, limit: int) -> float | None:
    if type(value) not in (int, float, str):
        return None
    try:
        degrees = float(value)  # type: ignore[arg-type]  # one of the three types above
    except (ValueError, OverflowError):
        return None
    return degrees if -limit <= degrees <= limit else None


def parsed(written: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(written)
    except ValueError:
        return None


def _networks(written: tuple[str, ...]) -> list[Any]:
    found = []
    for text in written:
        try:
            found.append(ip_network(text, strict=False))
        except ValueError:
            continue
    return found
