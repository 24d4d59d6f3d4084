"""The live stream over a real connection: order, resume, and an end when the server stops."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from tests.served import Console, serving


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with serving(tmp_path_factory.mktemp("live")) as served:
        yield served


@pytest.fixture(scope="module")
def cookie(console: Console) -> str:
    session = console.session()
    return f"{session['name']}={session['value']}"


def publish(console: Console, *numbers: int) -> None:
    console.python(f"""
        from bartizan.core.actions import publish_live
        for n in {list(numbers)}:
            publish_live("door", {{"n": n}})
    """)


def open_stream(console: Console, cookie: str, **headers: str) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", console.port, timeout=20)
    connection.request(
        "GET", "/live", headers={"Cookie": cookie} | {k.replace("_", "-"): v for k, v in headers.items()}
    )
    return connection.getresponse()


def messages(stream: HTTPResponse, number: int) -> list[tuple[int, str, Any]]:
    """The next messages as (id, topic, body)."""
    found, block = [], {}
    while len(found) < number:
        line = stream.readline().decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            block[name] = value
        elif "event" in block:
            found.append((int(block.get("id", 0)), block["event"], json.loads(block["data"])))
            block = {}
    return found


def test_a_stranger_gets_no_stream(console: Console) -> None:
    assert open_stream(console, "nothing=1").status == 401


def test_what_another_process_publishes_arrives_in_order_within_a_second(console: Console, cookie: str) -> None:
    stream = open_stream(console, cookie)
    assert stream.headers["Content-Type"] == "text/event-stream"
    stream.readline()
    arrived: list[float] = []
    told: list[Any] = []

    def listen() -> None:
        for _ in range(3):
            told.extend(messages(stream, 1))
            arrived.append(time.monotonic())

    thread = threading.Thread(target=listen)
    thread.start()
    publish(console, 1, 2, 3)
    published = time.monotonic()
    thread.join(10)
    stream.close()
    assert [body["n"] for _, _, body in told] == [1, 2, 3]
    assert arrived[-1] - published < 1


def test_a_page_that_was_cut_off_resumes_after_the_last_message_it_had(console: Console, cookie: str) -> None:
    publish(console, 10, 11, 12)
    stream = open_stream(console, cookie, Last_Event_ID="0")
    before = messages(stream, 3)
    stream.close()
    publish(console, 13, 14)
    resumed = open_stream(console, cookie, Last_Event_ID=str(before[-1][0]))
    rest = messages(resumed, int(14 - before[-1][2]["n"]) if before[-1][2]["n"] >= 10 else 5)
    resumed.close()
    assert rest[0][0] == before[-1][0] + 1
    assert rest[-1][2] == {"n": 14}


def test_a_page_from_before_the_records_were_replaced_is_told_to_ask_anew(console: Console, cookie: str) -> None:
    stream = open_stream(console, cookie, Last_Event_ID="999999999")
    assert messages(stream, 1)[0][1] == "missed"
    publish(console, 20)
    assert messages(stream, 1)[0][2] == {"n": 20}
    stream.close()


@pytest.mark.parametrize("nonsense", ["-1", "abc", "9" * 40, "1;drop"])
def test_a_last_id_that_cannot_be_begins_with_what_comes_next(console: Console, cookie: str, nonsense: str) -> None:
    stream = open_stream(console, cookie, Last_Event_ID=nonsense)
    stream.readline()
    publish(console, 30)
    assert messages(stream, 1)[0][2] == {"n": 30}
    stream.close()


def test_a_server_that_is_told_to_stop_ends_its_open_streams_and_stops(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        session = served.session()
        streams = [open_stream(served, f"{session['name']}={session['value']}") for _ in range(3)]
        for stream in streams:
            stream.readline()
        assert served.stop() < 5
        for stream in streams:
            assert b"event:" not in stream.read()


def test_nobody_hears_the_stream_before_the_second_factor_or_the_first_password(console: Console) -> None:
    made = """
        from bartizan.core.models import User
        from bartizan.core.roles import Role
        User.objects.create_user("{name}", role=Role.SPECIALIST)
    """
    console.python(made.format(name="unready"))
    weak = console.session("unready")
    console.python(f"""
        from django.contrib.sessions.backends.db import SessionStore
        store = SessionStore({weak["value"]!r})
        store.pop("bz_link")
        store.save()
    """)
    answer = open_stream(console, f"{weak['name']}={weak['value']}")
    assert answer.status == 403
    assert b"second factor" in answer.read()


def test_a_stream_ends_with_its_session(console: Console) -> None:
    session = console.session("bob")
    stream = open_stream(console, f"{session['name']}={session['value']}")
    publish(console, 1)
    messages(stream, 1)
    console.python(f"""
        from django.contrib.sessions.backends.db import SessionStore
        SessionStore({session["value"]!r}).delete()
    """)
    time.sleep(5.5)  # within this a stream trusts what it knows of its reader
    publish(console, 2)
    assert not [line for line in stream.read().decode().splitlines() if '"n":2' in line.replace(" ", "")]
