"""What the codes of SIA DC-03 and of Contact ID (DC-05) are in Bartizan's kinds."""

from __future__ import annotations

from typing import Final

_SORTS: Final = {
    "B": "burglary", "F": "fire", "G": "gas", "H": "hold-up", "K": "heat", "M": "medical", "P": "panic",
    "Q": "emergency", "S": "sprinkler", "U": "untyped", "W": "water", "Z": "freeze",
}  # fmt: skip
"""First letters of DC-03 that are followed by one of :data:`_ENDINGS`."""
_HAZARDS: Final = "FGKSWZ"
_ENDINGS: Final = {
    "A": "alarm.triggered", "R": "alarm.restored", "H": "alarm.restored", "B": "alarm.bypassed",
    "U": "alarm.unbypassed", "T": "device.fault", "J": "device.restored", "S": "device.fault",
}  # fmt: skip
_CODES: Final = {
    "BV": "alarm.triggered", "BM": "alarm.triggered", "BC": "alarm.restored", "EA": "alarm.triggered",
    "BG": "alarm.motion", "BX": "alarm.tested", "BZ": "device.offline", "UZ": "device.offline", "UY": "device.offline",
    "TA": "alarm.tamper", "TT": "alarm.tamper", "TR": "alarm.restored", "TH": "alarm.restored", "TB": "alarm.bypassed",
    "TU": "alarm.unbypassed", "TP": "alarm.tested", "JA": "alarm.tamper", "ES": "alarm.tamper", "EJ": "alarm.restored",
    "XS": "alarm.tamper", "XJ": "alarm.restored", "XQ": "alarm.tamper", "XH": "alarm.restored", "AA": "alarm.tamper",
    "XT": "device.battery", "YT": "device.battery", "YM": "device.battery", "XR": "device.restored",
    "YR": "device.restored", "AT": "device.fault", "AR": "device.restored", "EM": "device.offline",
    "EN": "device.online", "NT": "device.offline", "NR": "device.online", "YC": "device.fault", "YS": "device.fault",
    "YK": "device.restored", "LT": "device.fault", "LR": "device.restored", "YP": "device.fault",
    "YQ": "device.restored", "YA": "device.fault", "YH": "device.restored", "IA": "device.fault",
    "IR": "device.restored", "ET": "device.fault", "ER": "device.restored", "RR": "device.online",
    "DF": "door.forced", "DG": "door.granted", "DD": "door.denied", "DI": "door.passback", "DK": "door.denied",
    "DP": "door.denied", "DQ": "door.denied", "DV": "door.denied", "DW": "door.denied", "DZ": "door.denied",
    "DL": "door.held", "DM": "door.held", "DN": "door.held", "DH": "door.closed", "DR": "door.closed",
    "DO": "door.unlocked", "DC": "door.locked", "DY": "door.locked", "DX": "door.exit",
}  # fmt: skip
_ARMED: Final = frozenset(["CA", "CF", "CG", "CK", "CL", "CP", "CQ", "CR", "CS", "CW", "CJ", "NF", "NL", "NM"])
_DISARMED: Final = frozenset(["OA", "OG", "OH", "OJ", "OK", "OP", "OQ", "OR", "OS"])

_CONTACT_ID: Final = (
    ("121", "alarm.duress"), ("124", "alarm.duress"), ("125", "alarm.duress"), ("122", "alarm.duress"),
    ("137", "alarm.tamper"), ("144", "alarm.tamper"), ("145", "alarm.tamper"), ("383", "alarm.tamper"),
    ("341", "alarm.tamper"), ("316", "alarm.tamper"), ("317", "alarm.tamper"), ("344", "alarm.tamper"),
    ("147", "device.offline"), ("381", "device.offline"), ("382", "device.offline"), ("355", "device.offline"),
    ("302", "device.battery"), ("309", "device.battery"), ("311", "device.battery"), ("338", "device.battery"),
    ("384", "device.battery"), ("423", "door.forced"), ("426", "door.held"), ("421", "door.denied"),
    ("921", "door.denied"), ("422", "door.granted"), ("425", "door.exit"), ("607", "alarm.tested"),
    ("461", "alarm.tamper"), ("406", "alarm.restored"), ("454", "device.state"), ("453", "device.state"),
    ("455", "device.fault"), ("11", "alarm.hazard"), ("15", "alarm.hazard"), ("16", "alarm.hazard"),
    ("61", "alarm.tested"), ("60", "device.state"), ("40", "arming"), ("44", "arming"), ("45", "arming"),
    ("57", "bypass"), ("1", "alarm.triggered"), ("2", "device.fault"), ("3", "device.fault"), ("5", "device.fault"),
)  # fmt: skip
"""By the beginning of a code; the first that fits counts."""
_OVER: Final = {
    "alarm.triggered": "alarm.restored", "alarm.duress": "alarm.restored", "alarm.tamper": "alarm.restored",
    "alarm.hazard": "alarm.restored", "device.offline": "device.online", "device.battery": "device.restored",
    "device.fault": "device.restored", "door.held": "door.closed", "door.forced": "door.closed",
    "arming": "alarm.armed", "bypass": "alarm.unbypassed",
}  # fmt: skip
_BEGUN: Final = {"arming": "alarm.disarmed", "bypass": "alarm.bypassed"}


def kind_of_dc03(code: str) -> tuple[str, str]:
    """The kind and the sort of alarm (burglary, fire …) of a two-letter code of SIA DC-03-2017; ``device.state`` for
    what is neither alarm nor fault."""
    if code in _ARMED | _DISARMED:
        return ("alarm.armed" if code in _ARMED else "alarm.disarmed"), ""
    if code in _CODES:
        return _CODES[code], ""
    sort, ending = _SORTS.get(code[:1], ""), _ENDINGS.get(code[1:], "")
    if not sort or not ending:
        return "device.state", ""
    if code == "HA":
        return "alarm.duress", sort
    return ("alarm.hazard" if ending == "alarm.triggered" and code[0] in _HAZARDS else ending), sort


def kind_of_contact_id(code: str, qualifier: str) -> str:
    """The same of a Contact ID code (SIA DC-05-2016); ``qualifier`` 1: new or opening, 3: restored or closing, 6: still
    so."""
    kind = next((kind for start, kind in _CONTACT_ID if code.startswith(start)), "device.state")
    if qualifier == "3":
        return _OVER.get(kind, "device.state")
    return _BEGUN.get(kind, kind)
