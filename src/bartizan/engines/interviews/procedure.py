"""Which step of an interview may be taken, after PEACE: plan, engage and explain, account, closure, evaluation.

The account has three parts of its own: free, clarify, and put the records. Source of the order: College of Policing
(England and Wales), Investigative interviewing; Mendez Principles (2021). Nothing here knows a clock or a record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

HEARD_AS: Final[Mapping[str, str]] = {
    "witness": "Witness",
    "contact": "Contact",
    "victim": "Victim",
    "subject": "Subject",
}
STAGES: Final[Mapping[str, str]] = {
    "plan": "Plan and prepare",
    "engage": "Engage and explain",
    "free": "Account: free",
    "clarify": "Account: clarify",
    "put": "Account: put the records",
    "close": "Close",
    "evaluate": "Evaluate",
    "done": "Done",
    "ended": "Ended early",
}
_ACCOUNT: Final = ("free", "clarify", "put")
_OVER: Final = ("done", "ended")
PARTS: Final = ("heard", "companion", "interviewer")
"""Who signs, in this order."""


class Refused(Exception):
    """A step that may not be taken, in words; ``missing`` has all that is lacking."""

    def __init__(self, words: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(words)
        self.missing = missing or (words,)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an interview has come."""

    heard_as: str
    needed: frozenset[str]
    """Keys of the rights that must be given before an account."""
    stage: str = "plan"
    given: frozenset[str] = frozenset()
    consent: str = ""
    """To a recording: ``yes``, ``no`` (also when it was withdrawn), or empty while nobody asked."""
    lines: int = 0
    """Of the notes."""
    version: int = 0
    """The newest version of the statement; 0 for none."""
    is_behind: bool = False
    """Notes were taken since the newest version was made."""
    read_back: int = 0
    """The version that was read back; 0 for none."""
    signed: frozenset[str] = frozenset()
    """Those of :data:`PARTS` who signed what was read back."""
    is_refused: bool = False
    """Whoever was heard would not sign; that weighs nothing."""
    opened_by: str = field(default="")
    """By what the gate was open when a subject's interview began."""

    @property
    def is_over(self) -> bool:
        return self.stage in _OVER

    @property
    def lacking(self) -> frozenset[str]:
        return self.needed - self.given


def missing(deed: str, now: Standing, *, gate: str = "", part: str = "", reason: str = "") -> tuple[str, ...]:
    """What must be there before a deed; nothing: it may be done.

    ``gate``: by what the gate is open for this person (``evidence``, ``override``; empty while it is shut). ``part``:
    who signs. ``reason``: why something held back is shown before the free account has been given.
    """
    if deed not in _TURNS:
        return (f"Nothing called {deed} is done in an interview.",)
    if now.stage == "done" or (now.stage == "ended" and deed != "evaluate"):
        return ("The interview is over. Plan another one.",)
    needs = [*_turn(deed, now), *_needs(deed, now, part, reason)]
    if now.heard_as == "subject" and now.stage == "plan" and deed != "end":
        needs.insert(0, (_SHUT, bool(gate)))
    return tuple(words for words, is_there in needs if not is_there)


_SHUT: Final = (
    "Nobody is heard as a subject while the gate is shut for them. Hear them as a witness or a contact, or have the "
    "gate opened: by the evidence and a second reader, or by an override of two people."
)
_TURNS: Final[Mapping[str, tuple[str, ...]]] = {
    "right": ("plan", "engage", *_ACCOUNT),
    "consent": ("plan", "engage", *_ACCOUNT),
    "begin": ("plan",),
    "free": ("engage",),
    "clarify": ("free",),
    "put": ("clarify",),
    "note": (*_ACCOUNT, "close"),
    "claim": (*_ACCOUNT, "close"),
    "record": ("engage", *_ACCOUNT, "close"),
    "release": _ACCOUNT,
    "version": (*_ACCOUNT, "close"),
    "close": _ACCOUNT,
    "readback": ("close",),
    "sign": ("close",),
    "refuse": ("close",),
    "finish": ("close",),
    "evaluate": ("evaluate", "ended"),
    "end": ("plan", "engage", *_ACCOUNT, "close"),
}
_LATE: Final[Mapping[str, str]] = {
    "begin": "It has begun already.",
    "free": "The free account has begun already, or the interview has not.",
    "clarify": "First comes the free account, told without being interrupted.",
    "put": "Records are put to somebody after the account was told freely and clarified.",
    "close": "There is no account yet that could be closed.",
    "readback": "First the account is closed.",
    "sign": "First the account is closed and read back.",
    "refuse": "First the account is closed and read back.",
    "finish": "First the account is closed, read back, and signed or not.",
    "evaluate": "It is evaluated once it is closed.",
}


def _turn(deed: str, now: Standing) -> list[tuple[str, bool]]:
    turns, order = _TURNS[deed], list(STAGES)
    is_early = order.index(now.stage) < order.index(turns[0])
    usual = (
        "That comes later: no account is being taken yet." if is_early else "That is not done any more at this step."
    )
    return [(_LATE.get(deed, usual), now.stage in turns)]


def _needs(deed: str, now: Standing, part: str, reason: str) -> list[tuple[str, bool]]:
    """What a deed asks for beside its turn, and whether it is there."""
    rights = (f"{_number(len(now.lacking))} not given yet: they come before any account.", not now.lacking)
    asked = ("Ask whether the account may be recorded, and write down the answer, yes or no.", bool(now.consent))
    told = ("Nothing is written down of the account yet.", now.lines > 0)
    version = ("There is no version of the statement yet: make one of the notes.", now.version > 0)
    fresh = ("Notes were taken since the newest version: make a new one first.", not now.is_behind)
    is_read = now.read_back == now.version > 0
    read = ("It has not been read back as it stands: read it back first.", is_read)
    answered = ("Whoever was heard has neither signed nor refused yet.", "heard" in now.signed or now.is_refused)
    return {
        "free": [rights, asked],
        "note": [rights],
        "claim": [rights, told],
        "record": [("There is no consent to a recording.", now.consent == "yes")],
        "clarify": [told],
        "put": [told],
        "version": [rights, told],
        "close": [told],
        "release": [(_EARLY, now.stage != "free" or bool(reason.strip()))],
        "readback": [rights, version, fresh, ("It was read back as it stands already.", not is_read)],
        "sign": [rights, version, fresh, read, *_signing(now, part)],
        "refuse": [read, ("It is signed already.", "heard" not in now.signed)],
        "finish": [fresh, read, answered, ("The interviewer has not signed yet.", "interviewer" in now.signed)],
    }.get(deed, [])


_EARLY: Final = "It is held back until the free account has been given. To show it before, write why that cannot wait."


def _signing(now: Standing, part: str) -> list[tuple[str, bool]]:
    is_answered = "heard" in now.signed or now.is_refused
    return [
        ("Say who signs: whoever was heard, the companion, or the interviewer.", part in PARTS),
        ("That signature is there already.", part not in now.signed),
        (
            "Signing was refused; another version is read back before another answer.",
            part != "heard" or not now.is_refused,
        ),
        ("The interviewer signs after whoever was heard has signed or refused.", part != "interviewer" or is_answered),
    ]


def _number(count: int) -> str:
    return "One right is" if count == 1 else f"{count} rights are"


def take(deed: str, now: Standing, *, gate: str = "", part: str = "", reason: str = "", answer: str = "") -> Standing:
    """The standing after a deed. ``part`` is the right's key for ``right`` and who signs for ``sign``; ``answer`` is
    that to consent (``yes`` or ``no``). Raises Refused."""
    if lacking := missing(deed, now, gate=gate, part=part, reason=reason):
        raise Refused(lacking[0], lacking)
    if deed == "consent" and answer not in ("yes", "no"):
        raise Refused("Write down the answer: yes or no.")
    if deed in _NEXT:
        is_opened = deed == "begin" and now.heard_as == "subject"
        return replace(now, stage=_NEXT[deed], opened_by=gate if is_opened else now.opened_by)
    changed = _CHANGES.get(deed)
    return changed(now, part, answer) if changed else now


_NEXT: Final[Mapping[str, str]] = {
    "begin": "engage", "free": "free", "clarify": "clarify", "put": "put", "close": "close", "finish": "evaluate",
    "evaluate": "done", "end": "ended",
}  # fmt: skip


# A new version is another text: what was signed before does not stand under it.
_CHANGES: Final[Mapping[str, Callable[[Standing, str, str], Standing]]] = {
    "right": lambda now, part, _: replace(now, given=now.given | {part}),
    "consent": lambda now, _, answer: replace(now, consent=answer),
    "note": lambda now, _part, _answer: replace(now, lines=now.lines + 1, is_behind=True),
    "version": lambda now, _part, _answer: replace(
        now, version=now.version + 1, is_behind=False, signed=frozenset(), is_refused=False
    ),
    "readback": lambda now, _part, _answer: replace(now, read_back=now.version),
    "sign": lambda now, part, _: replace(now, signed=now.signed | {part}),
    "refuse": lambda now, _part, _answer: replace(now, is_refused=True),
}
