"""What is wrong with a filled form beyond its single fields, in words for the person who filled it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any, Final
from zoneinfo import ZoneInfo

Problems = Iterable[tuple[str, str]]
Data = Mapping[str, Any]

# ISO 4217, the codes of money that people are paid in (no funds, metals or test codes).
CURRENCIES: Final = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG
SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV
WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""


def organisation(data: Data) -> Problems:
    if (data.get("currency") or "EUR") not in CURRENCIES.split():
        yield "currency", "No such currency; write the three capitals of ISO 4217, such as EUR, USD or GBP."


def site(data: Data) -> Problems:
    try:
        ZoneInfo(data.get("timezone") or "UTC")
    except (KeyError, ValueError, OSError):
        yield "timezone", "No such time zone; write it like Europe/Amsterdam."
    if bool(data.get("opens")) != bool(data.get("closes")):
        yield "closes", "Ordinary hours need a beginning and an end, or neither."
    if not -90 <= (data.get("latitude") or 0) <= 90:
        yield "latitude", "Degrees north of the equator lie between -90 and 90, such as 51.44."
    if not -180 <= (data.get("longitude") or 0) <= 180:
        yield "longitude", "Degrees east of Greenwich lie between -180 and 180, such as 5.47."
    if (data.get("latitude") is None) != (data.get("longitude") is None):
        yield "longitude", "A place on the earth needs both degrees, north and east, or neither."


def floor(data: Data) -> Problems:
    for side in ("width", "height"):
        if data.get(side) is not None and not 50 <= data[side] <= 10_000:
            yield side, "A plan is 50 to 10,000 units wide and high; the units are yours, such as 640 by 304."


def zone(data: Data) -> Problems:
    on, at, outline = data.get("floor"), data.get("site"), data.get("outline") or []
    if on and at and on.building.site_id != at.pk:
        yield "floor", f"This floor belongs to {on.building.site.name}, not to {at.name}."
    if wrong := outline_problem(outline, on):
        yield "outline", wrong
    if not 1 <= (data.get("level") or 1) <= 4:
        yield "level", "The security level is 1 (public) to 4 (most protected)."


def outline_problem(outline: Sequence[float], on: Any) -> str:
    """What is wrong with a zone's rectangle on its floor; nothing when it is right or not drawn."""
    if not outline:
        return ""
    if len(outline) != 4 or min(outline[2:]) <= 0:
        return "An outline is x, y, width and height, such as 144, 8, 92, 124."
    if on is None:
        return "An outline lies on a floor: choose the floor, or empty the outline."
    x, y, w, h = outline
    if x < 0 or y < 0 or x + w > on.width or y + h > on.height:
        return f"The outline leaves its floor, which is {on.width} wide and {on.height} high."
    return ""


def door(data: Data) -> Problems:
    outer, inner, line = data.get("outer"), data.get("inner"), data.get("line") or []
    if outer and outer == inner:
        yield "inner", "A door leads from one zone into another; these are the same."
    if line and len(line) != 4:
        yield "line", "A door is drawn from x1, y1 to x2, y2, such as 181, 132, 199, 132."
    on = next((z.floor for z in (inner, outer) if z and z.floor), None)
    if len(line) == 4 and on and not all(_is_on(on, *at) for at in (line[:2], line[2:])):
        yield "line", f"The door leaves its floor, which is {on.width} wide and {on.height} high."
    if (data.get("seconds") or 0) > 3600:
        yield "seconds", "More than an hour through one door: the walking time is in seconds, such as 8."


def person(data: Data) -> Problems:
    if data.get("joined_on") and data.get("left_on") and data["left_on"] < data["joined_on"]:
        yield "left_on", "Left before having joined: one of the two days is wrong."
    if bool(data.get("hours_from")) != bool(data.get("hours_to")):
        yield "hours_to", "Hours need a beginning and an end; empty both for the site's hours."
    manager = data.get("manager")
    if manager and manager.code == data.get("code"):
        yield "manager", "Nobody is their own manager; choose another person or leave it empty."


def badge_issue(data: Data) -> Problems:
    issued, ended, end = data.get("issued_at"), data.get("ended_at"), data.get("end")
    if issued and ended and ended < issued:
        yield "ended_at", "Ended before it was issued: one of the two times is wrong."
    if end and not ended:
        yield "ended_at", f"Say when it was {end}, or empty why it ended."
    if ended and not end:
        yield "end", "Say why it ended: replaced, revoked, lost or returned."
    who = data.get("person")
    if who and who.left_on and issued and not ended and who.left_on < issued.date():
        yield "person", f"{who.name} left on {who.left_on:%d %b %Y}; a badge is issued to somebody who is here."


def device(data: Data) -> Problems:
    yield from _placed(data)
    through, stands = data.get("portal"), data.get("zone")
    if through and stands and stands.pk not in (through.inner_id, through.outer_id):
        yield "zone", f"The door {through.code} is between {through.outer.name} and {through.inner.name}: choose one."
    if not -360 <= (data.get("facing") or 0) <= 360:
        yield "facing", "Where it looks is in degrees, -360 to 360: 0 is to the right on the plan, 90 down."


def host(data: Data) -> Problems:
    yield from _placed(data)
    for address in data.get("addresses") or ():
        try:
            ip_address(str(address))
        except ValueError:
            yield "addresses", f"“{address}” is no IP address; write them like 10.20.2.14, 2001:db8::7."


def _placed(data: Data) -> Problems:
    x, y = data.get("x"), data.get("y")
    if (x is None) != (y is None):
        yield "y", "A place on the plan needs both x and y, or neither."
    elif x is not None and y is not None:
        door = data.get("portal")
        zones = (data.get("zone"), *((door.inner, door.outer) if door else ()))
        on = next((zone.floor for zone in zones if zone and zone.floor), None)
        if on is None:
            yield "zone", "A place on the plan lies on a floor: choose a zone that has one, or empty x and y."
        elif not _is_on(on, x, y):
            yield "x", f"This lies outside the plan of {on.name}, which is {on.width} wide and {on.height} high."


def _is_on(on: Any, x: float, y: float) -> bool:
    return bool(0 <= x <= on.width and 0 <= y <= on.height)


def user_account(data: Data) -> Problems:
    if data.get("kind") == "service" and data.get("person"):
        yield "kind", "A service's user account is nobody's; choose person or admin, or leave the person empty."


def property_(data: Data) -> Problems:
    if data.get("value") is not None and data["value"] < 0:
        yield "value", "A value is not below nothing; write what it would cost to replace."
    if data.get("acquired_on") and data.get("gone_on") and data["gone_on"] < data["acquired_on"]:
        yield "gone_on", "Gone before it was acquired: one of the two days is wrong."
    stands, at = data.get("zone"), data.get("site")
    if stands and at and stands.site_id != at.pk:
        yield "site", f"{stands.name} is at {stands.site.name}, not at {at.name}; the site may stay empty."


def intellectual_property(data: Data) -> Problems:
    registered = data.get("kind") in ("patent", "trademark")
    if data.get("expires_on") and not (registered or data.get("registration")):
        yield "registration", "What expires is registered somewhere: write its number, or empty the day."
    if not (data.get("department") or data.get("owner")):
        yield "owner", "Somebody answers for it: choose an owner or a department."


def copy(data: Data) -> Problems:
    if not (data.get("zone") or data.get("host") or data.get("where")):
        yield "where", "Say where the copy is: a zone, a host, or in words such as a safe or a service."
    if data.get("form") == "paper" and data.get("host"):
        yield "host", "Paper does not lie on a host; choose the zone and say in which shelf or safe."
    if data.get("form") == "file" and not data.get("host") and not re.search(r"\w", data.get("where") or ""):
        yield "host", "A file lies on a host or in a service: choose the host, or name the service."
