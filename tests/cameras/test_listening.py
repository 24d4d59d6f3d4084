"""Listening to cameras over ONVIF goes on, whatever they answer."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bartizan.cameras import listening
from bartizan.cameras.listening import Ear, Listening
from bartizan.cameras.messages import Trouble
from bartizan.connectors.onvif import OnvifError
from tests.cameras.streams import until
from tests.connectors.onvif_stand_in import stand_in

PART = "camera:C01:onvif"


def troubles(heard: Listening, count: int) -> list[Trouble]:
    found: list[Trouble] = []

    def are_there() -> bool:
        found.extend(each for each in heard.heard() if isinstance(each, Trouble))
        return len(found) >= count

    until(are_there, 120)
    return found


@pytest.fixture(autouse=True)
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: str) -> float:
        raise OnvifError("It has no clock.")

    monkeypatch.setattr(listening, "clock_ahead", asked)


def test_an_answer_that_nobody_can_read_is_said_and_the_camera_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    async def watched(*_: Any) -> AsyncIterator[Any]:
        asked.append(time.monotonic())
        raise AttributeError("NotificationMessage")
        yield

    monkeypatch.setattr(listening, "watched", watched)
    monkeypatch.setattr(listening, "_FIRST_WAIT", 0.05)
    ear = Listening()
    ear.assign([Ear("C01", "http://192.0.2.1/", "admin", "secret", "")])
    first, *_ = troubles(ear, 2)
    assert (first.part, "could not be read (AttributeError)" in first.words) == (PART, True)
    assert len(asked) >= 2
    ear.assign([])


def test_it_is_well_again_once_the_camera_sends_its_events() -> None:
    ear = Listening()
    with stand_in() as camera:
        ear.assign([Ear("C01", camera.address, "admin", "secret", "")])
        assert troubles(ear, 1)[0] == Trouble(PART, "")
        ear.assign([])
