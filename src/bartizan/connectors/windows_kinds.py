"""Which kind a Windows event is: by its log (lower case) and number, then by what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

_SECURITY: Final[dict[str, Iterable[int]]] = {
    "login.success": (4624, 4778),
    "login.failure": (4625, 4771),
    "login.logout": (4634, 4647, 4779),
    "login.lock": (4800,),
    "login.unlock": (4801,),
    "login.privilege": (4648, 4672),
    "account.changed": (*range(4720, 4744), *range(4754, 4759), 4765, 4766, 4767, 4780, 4781, 4794),
    "host.logclear": (1102,),
    "host.service": (4697, *range(4698, 4703)),
    "host.process": (4688, 4689),
    "host.registry": (4657,),
    "document.read": (4663, 5145),
    "network.allowed": (5156,),
    "network.blocked": (5152, 5153, 5157),
    "host.usb": (6416,),
}
_SYSMON: Final[dict[str, Iterable[int]]] = {
    "host.process": (1, 5, 8, 9, 10, 25),
    "host.module": (6, 7),
    "host.registry": (12, 13, 14),
    "host.service": (4, 16, 19, 20, 21),
    "host.audit": (17, 18, 24),
    "document.written": (2, 11, 15, 27, 28, 29),
    "document.deleted": (23, 26),
    "network.flow": (3,),
    "network.dns": (22,),
}
_SYSTEM: Final[dict[str, Iterable[int]]] = {
    "host.logclear": (104,),
    "host.service": (7023, 7024, 7031, 7034, 7035, 7036, 7040, 7045),
    "host.usb": (20001, 20003),
}
_DEFENDER: Final[dict[str, Iterable[int]]] = {
    "host.malware": (1006, 1007, 1008, 1009, 1015, 1116, 1117, 1118, 1119),
    "host.service": (5001, 5004, 5007, 5010, 5012, 5013),
}
_USB: Final[dict[str, Iterable[int]]] = {"host.usb": (2003, 2010), "host.usbremoved": (2100, 2102)}
_POWERSHELL: Final[dict[str, Iterable[int]]] = {"host.process": (400, 403, 600, 800, 4103, 4104)}
_TASKS: Final[dict[str, Iterable[int]]] = {"host.service": (106, 140, 141), "host.process": (129, 200, 201)}

_LOGS: Final[dict[str, dict[str, Iterable[int]]]] = {
    "security": _SECURITY,
    "system": _SYSTEM,
    "microsoft-windows-sysmon/operational": _SYSMON,
    "microsoft-windows-windows defender/operational": _DEFENDER,
    "microsoft-windows-driverframeworks-usermode/operational": _USB,
    "microsoft-windows-powershell/operational": _POWERSHELL,
    "powershellcore/operational": _POWERSHELL,
    "windows powershell": _POWERSHELL,
    "microsoft-windows-taskscheduler/operational": _TASKS,
    "microsoft-windows-dns-client/operational": {"network.dns": (3006, 3008, 3020)},
    "microsoft-windows-partition/diagnostic": {"host.usb": (1006,)},
}

BY_EVENT: Final[dict[tuple[str, int], str]] = {
    (log, number): kind for log, kinds in _LOGS.items() for kind, numbers in kinds.items() for number in numbers
}
CHANNEL_KIND: Final = {"security": "host.audit"}

# Service and system logons happen by the thousand and nobody sits behind them.
_UNATTENDED: Final = frozenset({"0", "5"})
_UNLOCK: Final = "7"
_MACHINE_USERS: Final = frozenset({"SYSTEM", "LOCAL SERVICE", "NETWORK SERVICE", "ANONYMOUS LOGON"})
_MACHINE_PREFIXES: Final = ("DWM-", "UMFD-")
_DELETE: Final = 0x10000
_WRITE: Final = 0x2 | 0x4 | 0x40000 | 0x80000
_TICKETS: Final = frozenset({4768, 4769, 4776})
_GRANTED: Final = frozenset({"", "0x0", "0", "0x00000000"})


def is_machine(data: Mapping[str, Any], field: str) -> bool:
    """Whether the named user account is the machine itself and no person's."""
    name = str(data.get(field) or "").rpartition("\\")[2].upper()
    return name.endswith("$") or name in _MACHINE_USERS or name.startswith(_MACHINE_PREFIXES)


def refined(kind: str, log: str, number: int, data: Mapping[str, Any]) -> str:
    """The kind once the event's fields are taken into account."""
    if log != "security":
        return kind
    if number in _TICKETS:
        return kind if str(data.get("Status") or "") in _GRANTED else "login.failure"
    if kind in ("login.success", "login.logout"):
        return _login(kind, data)
    if number == 4672 and is_machine(data, "SubjectUserName"):
        return "host.audit"
    if kind == "document.read":
        return _file(data)
    return kind


def _login(kind: str, data: Mapping[str, Any]) -> str:
    logon_type = str(data.get("LogonType") or "")
    if logon_type in _UNATTENDED or is_machine(data, "TargetUserName"):
        return "host.audit"
    return "login.unlock" if logon_type == _UNLOCK and kind == "login.success" else kind


def _file(data: Mapping[str, Any]) -> str:
    """Object access is a document's only when a file was touched: not a registry key, pipe or process."""
    pipe = str(data.get("ShareName") or "").endswith("IPC$")
    if pipe or str(data.get("ObjectType") or "File") != "File":
        return "host.audit"
    try:
        mask = int(str(data.get("AccessMask") or "0"), 16)
    except ValueError:
        return "document.read"
    if mask & _DELETE:
        return "document.deleted"
    return "document.written" if mask & _WRITE else "document.read"
