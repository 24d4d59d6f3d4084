"""What a person asks of a device: done once, in order, with its outcome in words; never again by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from datetime import timedelta
from queue import Queue
from threading import Thread
from typing import Any, ClassVar
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.utils import timezone
from pydantic import BaseModel

from bartizan.connectors import ActFailed, Command, Health, Observation
from bartizan.core.models import AuditEntry, LiveMessage
from bartizan.core.roles import Role
from bartizan.watch import acting, queries
from bartizan.watch.actions import acts, ask_act
from bartizan.watch.models import Act, Source
from bartizan.watch.obey import Obeying
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db
DOOR = "portal:KP-0-001"


class Lock:
    """A door's lock that does what it is told, as a connector offers it."""

    name: ClassVar[str] = "lock"
    verbs: ClassVar[Mapping[str, str]] = {"unlock": "Unlock for some seconds", "lock": "Keep locked"}

    class Settings(BaseModel):
        doors: list[str] = []

    def __init__(self, source: str, settings: BaseModel) -> None:
        self.health = Health("ok", "")
        self.heard: list[Command] = []
        self.answers: list[str | Exception] = []
        self.hold: asyncio.Event | None = None

    def check(self) -> str | None:
        return None

    async def observations(self, stop: asyncio.Event) -> AsyncIterator[Sequence[Observation]]:
        await stop.wait()
        yield []

    @classmethod
    def reaches(cls, settings: BaseModel) -> Collection[str]:
        assert isinstance(settings, cls.Settings)
        return [f"portal:{code}" for code in settings.doors]

    async def act(self, command: Command) -> str:
        self.heard.append(command)
        if self.hold:
            await self.hold.wait()
        answer = self.answers.pop(0) if self.answers else "Unlocked for 5 s."
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> World:
    """The vault's door has a lock that Bartizan can tell what to do."""
    monkeypatch.setattr(acting, "installed", lambda: {"lock": Lock})
    Source.objects.create(name="vault-lock", connector="lock", settings={"doors": ["KP-0-001"]})
    return world.build()


@pytest.fixture
def lock(monkeypatch: pytest.MonkeyPatch) -> Lock:
    monkeypatch.setattr("bartizan.watch.obey.close_old_connections", lambda: None)  # the test's own is kept
    return Lock("vault-lock", Lock.Settings(doors=["KP-0-001"]))


def obey(lock: Lock | None, looks: int = 1) -> None:
    """The process ``watch`` looks what there is to do, and is done with it."""

    async def looked() -> None:
        obeying = Obeying({"vault-lock": lock} if lock else {})
        for _ in range(looks):
            await obeying.look()
        await asyncio.gather(*obeying.tasks)

    _beside(looked)


def _beside(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run it in a thread of its own; what it asks of the records is answered here, where a test's records are."""
    jobs: Queue[Callable[[], None] | None] = Queue()

    async def to_thread(do: Callable[..., Any], *given: Any) -> Any:
        answer: Future[Any] = Future()

        def job() -> None:
            try:
                answer.set_result(do(*given))
            except Exception as error:  # noqa: BLE001  it is the asker's
                answer.set_exception(error)

        jobs.put(job)
        return await asyncio.wrap_future(answer)

    def run() -> None:
        with patch("asyncio.to_thread", to_thread):
            asyncio.run(work())
        jobs.put(None)

    thread = Thread(target=run)
    thread.start()
    while job := jobs.get():
        job()
    thread.join()


def asked(here: World, verb: str = "unlock", **more: Any) -> Act:
    return ask_act("vault-lock", verb, DOOR, {"seconds": 5}, "A delivery", here.alice, **more)


def test_what_is_asked_reaches_the_device_with_its_facts_and_ends_as_done(here: World, lock: Lock) -> None:
    act = asked(here)
    assert (act.state, act.site) == ("asked", "KP")
    obey(lock)
    act.refresh_from_db()
    assert (act.state, act.words) == ("done", "Unlocked for 5 s.")
    assert lock.heard == [Command("unlock", DOOR, {"seconds": 5}, act.pk)]


def test_who_asked_and_why_and_how_it_ended_stand_in_the_audit_and_on_open_pages(here: World, lock: Lock) -> None:
    asked(here)
    obey(lock)
    first, last = AuditEntry.objects.filter(subject=DOOR).order_by("pk")
    assert (first.verb, first.by, first.detail["reason"]) == ("asked a device", here.alice, "A delivery")
    assert (last.verb, last.detail["outcome"]) == ("ended an act", "done")
    assert [m.body["state"] for m in LiveMessage.objects.filter(topic="act")] == ["asked", "done"]


def test_what_a_device_refuses_has_failed_in_its_own_words(here: World, lock: Lock) -> None:
    act = asked(here)
    lock.answers = [ActFailed("The reader is offline; send somebody.")]
    obey(lock)
    act.refresh_from_db()
    assert (act.state, act.words) == ("failed", "The reader is offline; send somebody.")


def test_a_connector_that_breaks_says_what_to_look_at(here: World, lock: Lock) -> None:
    act = asked(here)
    lock.answers = [RuntimeError("no relay")]
    obey(lock)
    act.refresh_from_db()
    assert act.state == "failed"
    assert "no relay" in act.words
    assert "Look at the device" in act.words


def test_it_is_tried_once_however_often_the_process_looks(here: World, lock: Lock) -> None:
    asked(here)
    lock.answers = [ActFailed("No.")]
    obey(lock, looks=4)
    obey(lock)
    assert len(lock.heard) == 1


def test_two_processes_that_look_at_once_do_it_once(here: World) -> None:
    asked(here)
    now, running = timezone.now(), frozenset({"vault-lock"})
    assert [len(acts.take_acts(now, running)) for _ in range(2)] == [1, 0]


def test_an_answer_that_does_not_come_in_time_is_not_known(here: World, lock: Lock) -> None:
    act = asked(here, seconds=1)
    lock.hold = asyncio.Event()  # never set
    obey(lock)
    act.refresh_from_db()
    assert (act.state, act.words) == ("expired", acts.UNKNOWN)


def test_what_nobody_took_up_is_not_done_later(here: World, lock: Lock) -> None:
    act = asked(here)
    Act.objects.filter(pk=act.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    act.refresh_from_db()
    assert act.shown_state == "expired", "also while no process is there to write it down"
    obey(lock)
    act.refresh_from_db()
    assert (act.state, act.words, lock.heard) == ("expired", acts.NOBODY, [])


def test_what_died_half_way_ends_as_not_known_and_is_not_repeated(here: World, lock: Lock) -> None:
    act = asked(here)
    acts.take_acts(timezone.now(), frozenset({"vault-lock"}))  # and the process is killed
    Act.objects.filter(pk=act.pk).update(expires_at=timezone.now() - timedelta(seconds=60))
    obey(lock)
    act.refresh_from_db()
    assert (act.state, act.words, lock.heard) == ("expired", acts.UNKNOWN, [])


def test_an_outcome_that_comes_late_is_better_than_none(here: World) -> None:
    act = asked(here)
    acts.end_act(act.pk, "expired", acts.UNKNOWN)
    acts.end_act(act.pk, "done", "Unlocked.")
    acts.end_act(act.pk, "failed", "No.")
    act.refresh_from_db()
    assert (act.state, act.words) == ("done", "Unlocked.")


def test_what_waits_for_a_source_that_does_not_run_waits(here: World, lock: Lock) -> None:
    act = asked(here)
    obey(None)
    act.refresh_from_db()
    assert act.state == "asked"
    obey(lock)
    act.refresh_from_db()
    assert act.state == "done"


def test_acts_of_one_source_are_done_in_the_order_in_which_they_were_asked(here: World, lock: Lock) -> None:
    numbers = [asked(here, verb).pk for verb in ("lock", "unlock", "lock")]
    obey(lock)
    assert [command.number for command in lock.heard] == numbers


def test_busy_records_repeat_the_writing_and_not_the_deed(
    here: World, lock: Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, ended, tries = asked(here), acts.end_act, []

    def busy_once(*given: Any) -> None:
        tries.append(given)
        if len(tries) == 1:
            raise OperationalError("database is locked")
        ended(*given)

    async def no_wait(_seconds: float) -> None:
        return None

    monkeypatch.setattr(acts, "end_act", busy_once)
    monkeypatch.setattr(asyncio, "sleep", no_wait)
    obey(lock)
    act.refresh_from_db()
    assert (act.state, len(lock.heard), len(tries)) == ("done", 1, 2)


def test_the_same_key_asks_once(here: World, lock: Lock) -> None:
    assert asked(here, key="lockdown:1:KP-0-001").pk == asked(here, key="lockdown:1:KP-0-001").pk
    obey(lock)
    assert len(lock.heard) == 1


@pytest.mark.parametrize(
    ("source", "verb", "target", "reason", "words"),
    [
        ("elsewhere", "unlock", DOOR, "why", "is not there"),
        ("vault-lock", "fly", DOOR, "why", "cannot fly; it can lock, unlock"),
        ("vault-lock", "unlock", "portal:KP-0-009", "why", "does not reach"),
        ("vault-lock", "unlock", DOOR, "  ", "Say why"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    here: World, source: str, verb: str, target: str, reason: str, words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        ask_act(source, verb, target, {}, reason, here.alice)
    assert not Act.objects.exists()


def test_a_source_that_is_switched_off_can_do_nothing(here: World) -> None:
    assert acting.who_can_all("unlock", [DOOR]) == {DOOR: "vault-lock"}
    Source.objects.update(is_enabled=False)
    assert acting.who_can_all("unlock", [DOOR]) == {}
    with pytest.raises(ValidationError, match="switched off"):
        asked(here)


def test_acts_at_another_site_are_not_shown(here: World) -> None:
    asked(here)
    elsewhere = world.officer("dan", "Dan", "Dale", "Guard", Role.SPECIALIST)
    assert queries.acts(elsewhere).count() == 1
    elsewhere.sites = ["EG"]
    assert queries.acts(elsewhere).count() == 0
