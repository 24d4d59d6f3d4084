"""What left the house about two cases of the past: a packet for the police about the laptop, a page for executives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bartizan.cases.actions.packet import make_packet, settle_fact
from bartizan.cases.dossier import Asked
from bartizan.cases.models import Case
from bartizan.core.models import User

LAPTOP: Final = "veldmark-laptop"
BADGE: Final = "veldmark-archive"
# By case: fact, words, from where, and who settled it.
FACTS: Final[Mapping[str, tuple[tuple[str, str, str, str], ...]]] = {
    LAPTOP: (
        ("what", "A laptop was taken from a desk in Finance 3.10, Harbour House, found the next day; its lock was cut",
         "E-01", "saskia"),
        ("taken", "The laptop, for some 14 hours. Its disk is encrypted; whether it was opened is being examined",
         "E-01, E-02", "saskia"),
        ("people_affected", "Not more than 212 employees, if the payroll list was read", "Legal", "yusuf"),
        ("records_affected", "One payroll list of 212 lines", "Legal", "yusuf"),
        ("consequences", "Salaries and bank accounts of employees could be known to a stranger", "Legal", "yusuf"),
        ("done", "The laptop is sealed and with the police laboratory; its user account and its key were replaced",
         "E-01; systems office", "saskia"),
        ("still_running", "No: the laptop is back; nothing was logged in from it since", "systems office", "saskia"),
        ("border", "No", "Legal", "yusuf"),
        ("offence", "Theft; attempt to gain access to a computer", "counsel", "yusuf"),
    ),
    BADGE: (
        ("what", "A day badge that had been revoked was tried twice at a stair door of Mill Lane; the door stayed shut",
         "the door's records", "saskia"),
        ("taken", "Nothing", "the door's records", "saskia"),
        ("people_affected", "Nobody", "", "saskia"),
        ("consequences", "None; the badge was destroyed", "", "saskia"),
        ("border", "No", "", "saskia"),
    ),
}  # fmt: skip
POLICE: Final = Asked(
    "police",
    "Police, Delft, R. Mulder",
    copies=2,
    their_reference="26-118-402",
    witnesses=(("Rita Monteiro", "found it behind the lockers in the evening", "E-01"),),
    with_annex=True,
    preserve=("Prints at the hinge of E-01, your laboratory, request 26-118-402/1.",),
    not_examined=(
        ("The disk of the laptop", "not started, so that nothing on it changes", "whether the payroll list was read"),
        ("Bags of the evening cleaners", "no right to; not asked for", "who carried the laptop to the lockers"),
    ),
    asks=("Tell us when E-01 has been examined.",),
    signers=(("Saskia Amrani", "led the inquiry"), ("Hanneke de Wit", "counsel, read and agreed")),
)
PAGE: Final = Asked("executives", "Executive committee", signers=(("Saskia Amrani", "led the inquiry"),))


def write(officers: Sequence[User]) -> None:
    """They go with their cases when the demo goes."""
    by = {officer.username: officer for officer in officers}
    for rule, asked in ((LAPTOP, POLICE), (BADGE, PAGE)):
        case = Case.objects.filter(alarms__rule=rule).first()
        if case is None:
            continue
        for key, words, source, who in FACTS[rule]:
            settle_fact(case, key, words, source, by[who])
        make_packet(case, asked, by["saskia"], validates=False)
