"""One door with its readers: a card comes, the door decides, the lock moves; then it is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bartizan.connectors.osdp import told
from bartizan.connectors.osdp.keeper import Keeper
from bartizan.connectors.osdp.passing import Expected, Happened, Passing
from bartizan.connectors.osdp.settings import Reader
from bartizan.engines.access import Decision, Passage, Request, Standing
from bartizan.engines.observe import Observation

Tell = Callable[..., bool]
Note = Callable[[Observation], None]
_ENTER: Final = frozenset(b"\r#")
_CLEAR: Final = frozenset(b"\x7f*\x1b")
_LONGEST: Final = 8
_NO_ANSWER: Final = {"pin": "No PIN was typed.", "second": "Nobody else came."}


@dataclass
class Waiting:
    """A badge that waits for its PIN, or for a second person."""

    reader: Reader
    badge: str
    facts: Mapping[str, Any]
    reason: str
    until: datetime
    digits: str = ""


class Door:
    """Driven by the thread of its line; ``tell`` says whether a reader was there to be told."""

    def __init__(
        self, source: str, readers: Sequence[Reader], keeper: Keeper, tell: Tell, note: Note, held: int
    ) -> None:
        self.portal = readers[0].portal
        self.readers = readers
        self._source, self._keeper, self._tell, self._note = source, keeper, tell, note
        self._lock = next((reader for reader in readers if reader.relay is not None), None)
        self._has_contact = any(reader.contact for reader in readers)
        explains = any(reader.exit or reader.direction == "out" for reader in readers)
        self._passing = Passing(explains, timedelta(seconds=held) if held else None)
        self._typing: Waiting | None = None
        self._alone: Waiting | None = None
        self._standing: Standing | None = None
        self._pressed: dict[int, bool] = {}

    # A card, a PIN.

    def card(self, reader: Reader, badge: str, facts: Mapping[str, Any], now: datetime) -> None:
        self._give_up(self._typing, now)
        self._ask(reader, badge, facts, None, now)

    def keys(self, reader: Reader, typed: bytes, now: datetime) -> None:
        """Digits count only after a card that waits for them; ``#`` ends them, ``*`` begins anew."""
        waiting = self._typing
        if waiting is None or waiting.reader is not reader:
            return
        for key in typed:
            if key in _CLEAR:
                waiting.digits = ""
            elif chr(key).isdigit() and key < 128:
                waiting.digits += chr(key)
            if key in _ENTER or len(waiting.digits) >= _LONGEST:
                self._typing = None
                self._ask(reader, waiting.badge, waiting.facts, waiting.digits, now)
                return

    def _ask(self, reader: Reader, badge: str, facts: Mapping[str, Any], pin: str | None, now: datetime) -> None:
        decision = self._keeper.decide(Request(self.portal, reader.direction, badge, pin), now)
        if decision.granted and self._lock is not None and not self._free_lock(decision):
            # What the decision had besides stays: a duress PIN calls for help whatever the lock does.
            decision = replace(decision, granted=False, reason="lock-away", words="The lock's reader does not answer.")
        if decision.granted:
            self._grant(reader, badge, facts, decision, now)
        elif decision.is_waiting:
            self._wait(reader, badge, facts, decision, now)
        else:
            self._refuse(reader, badge, facts, decision, now)
        self._call_for_help(reader, badge, decision, now)

    def _free_lock(self, decision: Decision) -> bool:
        """First of all: whoever stands there should not wait for anything else. One that stands unlocked stays so."""
        assert self._lock is not None
        assert self._lock.relay is not None
        if self._standing is not None and self._standing.is_unlocked:
            return True
        seconds = (decision.effect("unlock") or {"seconds": 5})["seconds"]
        return self._tell(self._lock, told.pulse(self._lock.relay, seconds))

    def _grant(self, reader: Reader, badge: str, facts: Mapping[str, Any], decision: Decision, now: datetime) -> None:
        seconds = int((decision.effect("unlock") or {"seconds": 5})["seconds"])
        self._tell(reader, told.flash(told.GREEN, seconds), told.beep(1))
        if decision.reason == "two":
            self._alone = None
        until = now + timedelta(seconds=seconds)
        holders = (decision.effect("admit") or {"holders": []})["holders"]
        self._go([Expected(holder, number, reader.direction, until) for holder, number in holders], now)
        passback, alone = decision.effect("passback"), decision.effect("alone")
        more = {"inside_since": passback["since"]} if passback else {}
        more |= {"left_alone": alone["holder"], "left_zone": alone["zone"]} if alone else {}
        kind = "door.passback" if passback else "door.granted"
        for _, number in holders or [["", badge]]:
            card = {**facts, **more} if number == badge else {}
            self._say(kind, reader, now, number, "success", self._data(reader, decision, card))

    def _wait(self, reader: Reader, badge: str, facts: Mapping[str, Any], decision: Decision, now: datetime) -> None:
        seconds = int((decision.effect("wait") or {"seconds": 20})["seconds"])
        self._tell(reader, told.flash(told.AMBER, seconds, blinks=True), told.beep(1))
        waiting = Waiting(reader, badge, facts, decision.reason, now + timedelta(seconds=seconds))
        if decision.reason == "pin":
            self._typing = waiting
            return
        self._alone = waiting
        self._keeper.note([self._passage("first", reader.direction, now, decision.holder, badge)])

    def _refuse(self, reader: Reader, badge: str, facts: Mapping[str, Any], decision: Decision, now: datetime) -> None:
        self._tell(reader, told.flash(told.RED, 2, blinks=True), told.beep(3))
        self._passing.refused = (badge, now)
        if decision.effect("wrong-pin") is not None:
            self._keeper.note([self._passage("wrong-pin", reader.direction, now, decision.holder, badge)])
        self._say("door.denied", reader, now, badge, "failure", self._data(reader, decision, facts))

    def _call_for_help(self, reader: Reader, badge: str, decision: Decision, now: datetime) -> None:
        """Nothing at the door shows it."""
        alarm = decision.effect("alarm")
        if alarm is not None:
            self._say(alarm["kind"], reader, now, badge, "", {"words": alarm["why"], "direction": reader.direction})

    # Contact, exit button, time.

    def inputs(self, reader: Reader, report: bytes, now: datetime) -> None:
        pressed = reader.exit.is_active(report) if reader.exit else None
        if pressed is not None:
            self._exit(reader, pressed, now)
        is_open = reader.contact.is_active(report) if reader.contact else None
        if is_open is not None:
            stands = self._standing is not None and self._standing.is_unlocked
            self._happened(reader, self._passing.contact(is_open, now, stands_unlocked=stands), now)

    def _exit(self, reader: Reader, pressed: bool, now: datetime) -> None:
        was, self._pressed[reader.address] = self._pressed.get(reader.address, False), pressed
        if not pressed or was:
            return
        self._passing.pressed_at = now
        if self._lock is not None and self._lock.relay is not None:
            self._tell(self._lock, told.pulse(self._lock.relay, self._keeper.unlock_seconds(self.portal)))
        if not self._has_contact:
            self._happened(reader, Happened("door.exit", {"direction": "out"}, unseen="unseen_out"), now)

    def tick(self, now: datetime) -> None:
        """What happens because nothing happened: nobody came, nobody typed, the door stayed open; and what others
        ordered."""
        self._passing.unlock = timedelta(seconds=self._keeper.unlock_seconds(self.portal))
        self.stand(now)
        for waiting in (self._typing, self._alone):
            if waiting is not None and now > waiting.until:
                self._give_up(waiting, now)
        lapsed = [
            self._passage("lapsed", one.direction, now, one.holder, one.badge) for one in self._passing.lapsed(now)
        ]
        self._keeper.note(lapsed)
        stands = self._standing is not None and self._standing.is_unlocked
        self._happened(self.readers[0], self._passing.held(now, stands_unlocked=stands), now)

    def stand(self, now: datetime) -> Standing:
        """Bring lock and lights to how the door should stand; written down when that changed."""
        standing, before = self._keeper.standing(self.portal, now), self._standing
        if before is not None and (before.is_unlocked, before.reason) == (standing.is_unlocked, standing.reason):
            return standing
        self._standing = standing
        self.rest(*self.readers)
        if standing.is_unlocked or before is not None:
            kind = "door.unlocked" if standing.is_unlocked else "door.locked"
            data = {"reason": standing.reason or "ended", "words": standing.words}
            self._say(kind, self.readers[0], now, "", "", data)
        return standing

    @property
    def answers(self) -> bool:
        """Whether there is a lock, and its reader is there to be told."""
        return self._lock is not None and self._tell(self._lock)

    def rest(self, *readers: Reader) -> None:
        """Lock and light as the door stands: also for a reader that was away and has forgotten them."""
        is_unlocked = self._standing is not None and self._standing.is_unlocked
        for reader in readers:
            if reader.relay is not None:
                self._tell(reader, told.stand(reader.relay, is_on=is_unlocked))
            self._tell(reader, told.shine(told.GREEN if is_unlocked else told.RED))

    def pulse(self, seconds: int, now: datetime, data: Mapping[str, Any]) -> bool:
        """Unlocked for so long from afar. Whether the lock could be told."""
        if self._lock is None or self._lock.relay is None:
            return False
        if not self._tell(self._lock, told.pulse(self._lock.relay, seconds)):
            return False
        self._tell(self._lock, told.flash(told.GREEN, seconds))
        self._passing.expected.append(Expected("", "", "in", now + timedelta(seconds=seconds)))
        self._say("door.unlocked", self._lock, now, "", "", {"reason": "act", "seconds": seconds, **data})
        return True

    # Writing down.

    def _give_up(self, waiting: Waiting | None, now: datetime) -> None:
        """Somebody waited in vain."""
        if waiting is None:
            return
        self._typing = None if waiting is self._typing else self._typing
        self._alone = None if waiting is self._alone else self._alone
        said = {"reason": waiting.reason, "words": _NO_ANSWER[waiting.reason], "direction": waiting.reader.direction}
        self._say("door.denied", waiting.reader, now, waiting.badge, "failure", {**said, **waiting.facts})

    def _go(self, going: Sequence[Expected], now: datetime) -> None:
        """With a contact they are inside once the door opens, without one at once."""
        if not self._has_contact or self._passing.is_open:
            self._keeper.note(
                [self._passage(one.direction, one.direction, now, one.holder, one.badge) for one in going]
            )
            return
        self._passing.expected += going
        self._keeper.note([self._passage("expected", one.direction, now, one.holder, one.badge) for one in going])

    def _happened(self, reader: Reader, happened: Happened | None, now: datetime) -> None:
        if happened is None:
            return
        known = [one for one in happened.through if one.holder]
        passages = [self._passage(one.direction, one.direction, now, one.holder, one.badge) for one in known]
        if happened.unseen:
            passages.append(self._passage(happened.unseen, "out" if happened.unseen == "unseen_out" else "in", now))
        self._keeper.note(passages)
        badge = known[-1].badge if known else ""
        self._say(happened.kind, reader, now, badge, "", happened.data)

    def _passage(self, sort: Any, direction: str, now: datetime, holder: str = "", badge: str = "") -> Passage:
        left, zone = self._keeper.ways(self.portal, direction)
        return Passage(now, sort, self.portal, zone, left, holder, badge)

    def _data(self, reader: Reader, decision: Decision, more: Mapping[str, Any]) -> dict[str, Any]:
        said = {"reason": decision.reason, "words": decision.words, "direction": reader.direction}
        return {**said, **({"holder": decision.holder} if decision.holder else {}), **more}

    def _say(self, kind: str, reader: Reader, now: datetime, badge: str, outcome: str, data: Mapping[str, Any]) -> None:
        self._note(
            Observation(
                at=now,
                source=self._source,
                kind=kind,
                actor=f"badge:{badge}" if badge else "",
                place=f"portal:{self.portal}",
                device=reader.reference,
                outcome=outcome,
                data=dict(data),
            )
        )
