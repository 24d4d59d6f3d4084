"""What Veldmark Instruments has that is worth protecting: property, knowledge, and where its copies are."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any, Final

from bartizan.demo.people import DAAN, MARTA, People

Row = dict[str, Any]

GONE: Final = 4
"""Days since the laptop of the demo's case is missing."""
# Inventory number, name, kind, department, zone, value.
THINGS: Final = (
    ("EQ-0011", "Vector network analyser", "equipment", "RES", "ML-2.14", 84_500),
    ("EQ-0012", "Sampling oscilloscope, 33 GHz", "equipment", "RES", "ML-2.14", 61_200),
    ("EQ-0014", "Thermal chamber", "equipment", "RES", "ML-2.12", 23_800),
    ("EQ-0017", "Wafer prober", "equipment", "RES", "ML-2.18", 212_000),
    ("EQ-0018", "Sputter system", "equipment", "RES", "ML-2.18", 340_000),
    ("EQ-0021", "Optical table with interferometer", "equipment", "RES", "ML-3.14", 96_000),
    ("EQ-0023", "Spectrum analyser", "equipment", "RES", "ML-3.12", 38_400),
    ("EQ-0024", "Reflow oven", "equipment", "RES", "ML-3.12", 17_900),
    ("EQ-0031", "Calibration standard, mass", "equipment", "OPS", "ML-1.14", 12_600),
    ("EQ-0032", "Calibration standard, pressure", "equipment", "OPS", "ML-1.14", 18_300),
    ("EQ-0033", "Vibration test rig", "equipment", "OPS", "ML-1.12", 74_000),
    ("EQ-0034", "Climate cabinet", "equipment", "OPS", "ML-1.12", 29_500),
    ("EQ-0041", "Storage array, servers", "equipment", "OPS", "ML-2.02", 58_000),
    ("EQ-0042", "Uninterruptible power supply", "equipment", "OPS", "ML-2.19", 21_000),
    ("EQ-0043", "Storage array, Harbour House", "equipment", "OPS", "HH-4.04", 44_000),
    ("PR-0003", "V7 sensor, third prototype", "other", "RES", "ML-2.16", 150_000),
    ("PR-0004", "V7 sensor, fourth prototype", "other", "RES", "ML-2.16", 150_000),
    ("PR-0005", "V7 housing moulds", "tool", "RES", "ML-2.16", 42_000),
    ("TL-0101", "Milling machine", "tool", "OPS", "ML-0.12", 66_000),
    ("TL-0102", "Lathe", "tool", "OPS", "ML-0.12", 31_500),
    ("TL-0103", "Torque tools, set", "tool", "OPS", "ML-0.12", 4_200),
    ("ST-0201", "Sensor elements, platinum", "stock", "OPS", "EG-0.16", 187_000),
    ("ST-0202", "Finished sensors V6, 1,200 pieces", "stock", "OPS", "EG-0.10", 264_000),
    ("ST-0203", "Connectors and cable", "stock", "OPS", "EG-0.12", 38_000),
    ("ST-0204", "Gold wire, 18 reels", "stock", "OPS", "EG-0.16", 52_400),
    ("VH-0301", "Van, 3-VLD-81", "vehicle", "OPS", "EG-YARD", 34_900),
    ("VH-0302", "Van, 3-VLD-82", "vehicle", "OPS", "EG-YARD", 34_900),
    ("VH-0303", "Reach truck", "vehicle", "OPS", "EG-0.10", 41_700),
    ("AR-0401", "“Tide gauge”, oil on canvas", "artwork", "COM", "HH-3.11", 28_000),
    ("AR-0402", "First Veldmark barometer, 1931", "artwork", "COM", "HH-0.12", 9_500),
    ("CA-0501", "Petty cash, reception", "cash", "FIN", "HH-0.01", 600),
    ("CA-0502", "Safe, finance", "cash", "FIN", "HH-3.10", 3_400),
    ("EQ-0061", "Show cases with demonstrators", "equipment", "COM", "HH-0.12", 27_000),
    ("EQ-0062", "Camera and lights", "equipment", "COM", "HH-3.12", 7_800),
)  # fmt: skip
# Laptops go to people: inventory number, department, value.
LAPTOPS: Final = (("LAP-0114", MARTA), ("LAP-0117", DAAN), ("LAP-0120", "VI-0030"), ("LAP-0121", "VI-0021"),
                  ("LAP-0122", "VI-0007"), ("LAP-0125", "VI-0001"))  # fmt: skip
ASSET: Final = ("code", "name", "kind", "classification", "department", "owner", "readers", "reader_departments",
                "registration")  # fmt: skip
KNOWLEDGE: Final = (
    ("IP-0001", "V7 sensor, mechanical design", "design", 4, "RES", MARTA, ("VI-0030", DAAN), (), ""),
    ("IP-0002", "Platinum paste, composition", "formula", 4, "RES", "VI-0030", (MARTA,), (), ""),
    ("IP-0003", "Sputtering parameters, clean room", "trade secret", 4, "RES", "VI-0030", (), (), ""),
    ("IP-0004", "Drift compensation", "source code", 3, "RES", "VI-0030", (), ("RES",), ""),
    ("IP-0005", "V6 firmware", "source code", 3, "RES", "VI-0030", (), ("RES", "OPS"), ""),
    ("IP-0006", "Long-term drift measurements 2009 to 2026", "data", 3, "RES", DAAN, (), ("RES",), ""),
    ("IP-0007", "Self-calibrating pressure cell", "patent", 2, "LEG", "VI-0021", (), (), "EP 3 914 207"),
    ("IP-0008", "Twin-membrane housing", "patent", 2, "LEG", "VI-0021", (), (), "EP 4 021 118"),
    ("IP-0009", "Patent drafts, not filed", "trade secret", 4, "LEG", "VI-0021", ("VI-0030",), ("LEG",), ""),
    ("IP-0010", "VELDMARK", "trademark", 1, "LEG", "VI-0021", (), (), "EUTM 017 442 901"),
    ("IP-0011", "Customer prices and margins", "trade secret", 3, "FIN", "", (), ("FIN",), ""),
    ("IP-0012", "Acquisition of Oost Sensoren, plan", "trade secret", 4, "", "VI-0001", ("VI-0021", "VI-0007"), (), ""),
)  # fmt: skip
COPY: Final = ("number", "asset", "form", "zone", "host", "where", "keeper")
COPIES: Final = (
    ("IP-0001/1", "IP-0001", "file", "", "ml-files-01", "/srv/research/v7-sensor", ""),
    ("IP-0001/2", "IP-0001", "file", "", "ML-WS-214", "D:\\v7, working copy", MARTA),
    ("IP-0001/3", "IP-0001", "paper", "ML-2.16", "", "Drawing cabinet, drawer 2", "VI-0030"),
    ("IP-0002/1", "IP-0002", "paper", "ML-2.16", "", "Safe, upper shelf", "VI-0030"),
    ("IP-0002/2", "IP-0002", "paper", "HH-4.02", "", "Deposit box 12", "VI-0021"),
    ("IP-0003/1", "IP-0003", "file", "", "ml-files-01", "/srv/research/clean-room", ""),
    ("IP-0004/1", "IP-0004", "file", "", "ml-build-01", "/srv/git/drift.git", ""),
    ("IP-0004/2", "IP-0004", "cloud", "", "", "Escrow agent, deposit of 2025", "VI-0021"),
    ("IP-0005/1", "IP-0005", "file", "", "ml-build-01", "/srv/git/v6-firmware.git", ""),
    ("IP-0005/2", "IP-0005", "device", "EG-0.16", "", "Programming station", ""),
    ("IP-0006/1", "IP-0006", "file", "", "ml-db-01", "drift, schema history", ""),
    ("IP-0007/1", "IP-0007", "file", "", "hh-files-01", "/srv/legal/patents", ""),
    ("IP-0008/1", "IP-0008", "file", "", "hh-files-01", "/srv/legal/patents", ""),
    ("IP-0009/1", "IP-0009", "file", "", "hh-files-01", "/srv/legal/patents/drafts", ""),
    ("IP-0009/2", "IP-0009", "paper", "HH-4.02", "", "Cabinet C, folder 9", "VI-0021"),
    ("IP-0010/1", "IP-0010", "paper", "HH-4.02", "", "Register extract", ""),
    ("IP-0011/1", "IP-0011", "file", "", "hh-files-01", "/srv/finance/margins.xlsx", ""),
    ("IP-0012/1", "IP-0012", "paper", "HH-3.11", "", "Safe of the board", "VI-0001"),
)  # fmt: skip


def valued(people: People, seed: int, today: date) -> dict[str, list[Row]]:
    """Property, intellectual property and its copies as rows; days are counted back from ``today``."""
    rng = Random(f"{seed}:valued")
    return {
        "property": [*_things(rng, today), *_laptops(people, rng, today)],
        "intellectual-property": [_knowledge(row, today) for row in KNOWLEDGE],
        "copies": [dict(zip(COPY, row, strict=True)) for row in COPIES],
    }


def _things(rng: Random, today: date) -> list[Row]:
    rows = []
    for code, name, kind, department, zone, value in THINGS:
        bought = today - timedelta(days=rng.randint(200, 3000))
        serial = f"{rng.choice('KMTV')}{rng.randint(100_000, 999_999)}" if kind in ("equipment", "vehicle") else ""
        rows.append({"code": code, "name": name, "kind": kind, "department": department, "zone": zone, "value": value,
                     "serial": serial, "acquired_on": bought, "gone_on": None, "note": ""})  # fmt: skip
    return rows


def _laptops(people: People, rng: Random, today: date) -> list[Row]:
    rows = []
    for code, holder in LAPTOPS:
        member = people.by_code(holder)
        bought = today - timedelta(days=rng.randint(60, 900))
        rows.append({"code": code, "name": f"Laptop of {member.name}", "kind": "equipment", "holder": holder,
                     "department": member.department, "site": member.site, "value": 1_850,
                     "serial": f"NB{rng.randint(1_000_000, 9_999_999)}", "acquired_on": bought})  # fmt: skip
    rows.append({"code": "LAP-0109", "name": "Laptop, Finance pool", "kind": "equipment", "department": "FIN",
                 "site": "HH", "value": 1_850, "serial": "NB4471902", "acquired_on": today - timedelta(days=700),
                 "gone_on": today - timedelta(days=GONE), "note": "Missing from Finance 3.10"})  # fmt: skip
    return rows


def _knowledge(row: tuple[Any, ...], today: date) -> Row:
    made = dict(zip(ASSET, row, strict=True))
    lasts = made["kind"] in ("patent", "trademark")
    return made | {"expires_on": today.replace(year=today.year + 9, day=1) if lasts else None}
