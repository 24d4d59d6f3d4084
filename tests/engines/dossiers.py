"""A dossier in which everything is that a packet can hold, for the tests of what leaves the house."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bartizan.engines.packets import DeviceClock, Dossier, Fact, Gap, Hand, Party, Reading, Row, Thing, Way

NIGHT = datetime(2026, 11, 16, 20, 3, 40, tzinfo=UTC)
REPORTED, WITNESS = "Daan Kuiper", "Marta Visser"
FACTS = {
    "what": f"Design files were copied at the desk of {WITNESS}",
    "where": "ML-WS-214, Lab 2.14, Mill Lane",
    "when": "Mon 16 Nov 21:06 to 21:31",
    "noticed": "Mon 16 Nov 2026 21:47 CET, by the alarm “Files copied”",
    "cause": "Copied to a USB disk",
    "how_sure": f"Place 0.97, almost certain. Person 0.98: {REPORTED}.",
    "against": "Badge lent the week before",
    "taken": "1,284 design files",
    "people_affected": "46 trial staff",
    "records_affected": "not known yet",
    "consequences": "Trade secrets may be with a competitor",
    "done": "Badge stopped (16 Nov 22:20)",
    "still_running": "No",
    "border": "not known yet",
    "next_report": "not known yet",
    "contact": "Saskia Amrani, CSO, +31 15 555 0141",
    "offence": "Computer intrusion",
    "reference": "Case 2026-041",
}


def hand(number: int, deed: str, giver: str, taker: str) -> Hand:
    at = NIGHT + timedelta(hours=number)
    return Hand(
        number, at, deed, giver, taker, "Evidence safe", "for prints", "by hand", "S-20871",
        (f"takes: {taker}, signed in",), "", f"{number:064x}",
    )  # fmt: skip


THINGS = (
    Thing("E-01", "events", "Door records", "4,118 rows", "vault", "a" * 64, 4118, "", "", None,
          (hand(1, "taken in", "", "Saskia Amrani"),), "exhibits/E-01-doors.jsonl", "text/plain"),
    Thing("E-02", "thing", "Lens cover", "black", "police laboratory", "b" * 64, 0, "S-33190", "Lab", NIGHT,
          (hand(2, "taken in", WITNESS, "Saskia Amrani"), hand(3, "handed over", "Saskia Amrani", "R. Mulder"))),
)  # fmt: skip


def dossier(**more: object) -> Dossier:
    facts = tuple(Fact(key, key.capitalize(), words, "the records", is_settled=True) for key, words in FACTS.items())
    told: dict[str, object] = {
        "case": "2026-041", "number": 1, "kind": "police", "level": "", "house": "Veldmark Instruments",
        "place": "Mill Lane, Delft", "zone": "Europe/Amsterdam", "for_whom": "Police, Delft", "copies": 2,
        "made_at": NIGHT + timedelta(days=7), "opened_at": NIGHT, "first_at": NIGHT,
        "last_at": NIGHT + timedelta(hours=1), "state": "closed", "their_reference": "26-118-402",
        "facts": facts, "facts_version": "3-ab12",
        "against": (f"{REPORTED} handed the disk in on 2 Nov (clearly against, E4)",),
        "places": (Reading("ML-WS-214, Lab 2.14", 0.97, "almost certain"),),
        "way": Way("Copied to a USB disk", 0.91, "misuse.Data mishandling", "Physical access", "T1052.001", "insider",
                   "host"),
        "is_weighed": True, "is_named": True,
        "parties": (
            Party("injured", "Veldmark Instruments", "owner of the files"),
            Party("reported", REPORTED, "denies it", "E-16"),
            Party("witness", WITNESS, "was elsewhere", "E-14"),
        ),
        "rows": (
            Row(NIGHT, f"Badge 4417 of {WITNESS} opened Lab 2.14", "E-01", is_recorded=True, clock="± 1 s"),
            Row(NIGHT + timedelta(minutes=5), f"{REPORTED} left by stair B", "", is_recorded=False, clock=""),
        ),
        "things": THINGS, "all_things": 2, "clocks": (DeviceClock("Door controller", "0.0 s, ± 1 s", "each minute"),),
        "players": ("MP4 as exported",), "preserve": ("Telephone cell data",),
        "not_examined": (Gap("His own telephone", "no right to", "where the disk is"),), "asked": ("Register it",),
        "signers": (("Saskia Amrani", "led the inquiry"),),
    }  # fmt: skip
    return Dossier(**(told | more))  # type: ignore[arg-type]


def veil(text: str) -> str:
    """As the estate's masks do it: everybody by an alias."""
    return text.replace(REPORTED, "P1").replace("Badge 4417", "Badge of P2").replace(WITNESS, "P2")
