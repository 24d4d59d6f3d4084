"""The receiver of alarm panels. No panel can be installed here: its end is played with the frames of ``siadc09``."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from siadc09.account import Account
from siadc09.message import Message, parse_frame
from siadc09.util import crc
from siadc09.xdata import Data

from bartizan.connectors.dc09 import Dc09, server
from bartizan.connectors.dc09.codes import kind_of_contact_id, kind_of_dc03
from bartizan.connectors.dc09.settings import Dc09Settings
from bartizan.core import preferences
from bartizan.engines.observe import KINDS
from bartizan.watch.actions.sources import masked, save_source
from tests.connectors.running import Running, free_port, running

KEY = "000102030405060708090a0b0c0d0e0f"
NAMES = {"0815": "panel:ML-P1", "0815/1/5": "detector:ML-2-M14", "0815/user/7": "person:VI-0042"}


def receiver(**changes: Any) -> Dc09:
    port = free_port()
    local = {"tcp_address": "127.0.0.1", "udp_address": "127.0.0.1", "tcp_port": port, "udp_port": port}
    return Dc09("house-panels", Dc09Settings.model_validate({**local, "names": NAMES, **changes}))


@pytest.fixture
def run() -> Iterator[Running]:
    with running(receiver()) as started:
        started.until_health("ok")
        yield started


def port(run: Running) -> int:
    assert isinstance(run.connector, Dc09)
    return run.connector.settings.tcp_port


def framed(body: bytes) -> bytes:
    return b"\n%04X0%03X" % (crc(body), len(body)) + body + b"\r"


def stamp(at: datetime | None = None) -> bytes:
    return (at or datetime.now(UTC)).strftime("_%H:%M:%S,%m-%d-%Y").encode()


def burglary(sequence: int = 7, at: datetime | None = None) -> bytes:
    return framed(b'"SIA-DCS"%04dL0#0815[#0815|Nri1/BA05^Hall PIR^]' % sequence + stamp(at))


def sealed(body: bytes, key: str = KEY, token: str = "SIA-DCS") -> bytes:
    account = Account(acct=0x0815, key=key)
    message = Message(account, {"idtoken": token, "seqno": 8, "data": Data(body), "timestamp": datetime.now(UTC)})
    return bytes(message.encode(encrypt=True))


def sent(run: Running, *frames: bytes, answers: int | None = None) -> list[bytes]:
    """What comes back over TCP, a frame each."""
    with socket.create_connection(("127.0.0.1", port(run)), 5) as line:
        line.sendall(b"".join(frames))
        return heard(line, len(frames) if answers is None else answers)


def heard(line: socket.socket, answers: int) -> list[bytes]:
    line.settimeout(5)
    came = b""
    while came.count(b"\r") < answers:
        came += line.recv(4096)
    return [frame + b"\r" for frame in came.split(b"\r")[:-1]]


def test_an_alarm_in_dc03_is_kept_with_detector_area_and_words_and_acknowledged(run: Running) -> None:
    (answer,) = sent(run, burglary())
    assert b'"ACK"0007L0#0815[]' in answer, "the panel's own sequence and account, as it wrote them"
    assert parse_frame(answer).idtoken == "ACK", "sum and length are right"
    (seen,) = run.count(1)
    assert (seen.kind, seen.device, seen.source) == ("alarm.triggered", "detector:ML-2-M14", "house-panels")
    assert seen.data["words"] == "Burglary Alarm"
    assert (seen.data["account"], seen.data["area"], seen.data["zone"], seen.data["text"]) == ("0815", 1, 5, "Hall PIR")


def test_contact_id_over_udp_tells_who_opened(run: Running) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as line:
        line.settimeout(5)
        line.sendto(framed(b'"ADM-CID"0009R1L2#0815[#0815|1401 01 007]'), ("127.0.0.1", port(run)))
        assert b'"ACK"0009R1L2#0815[]' in line.recv(4096)
    (seen,) = run.count(1)
    assert (seen.kind, seen.actor, seen.device) == ("alarm.disarmed", "person:VI-0042", "panel:ML-P1")


def test_nothing_is_acknowledged_before_it_is_on_disk(run: Running) -> None:
    run.pace.clear()
    with socket.create_connection(("127.0.0.1", port(run)), 5) as line:
        line.sendall(burglary())
        line.settimeout(0.4)
        with pytest.raises(TimeoutError):
            line.recv(1)
        run.pace.set()
        (answer,) = heard(line, 1)
    assert b'"ACK"0007' in answer
    assert len(run.seen) == 1


def test_a_message_that_is_sent_again_is_acknowledged_again_and_kept_once(run: Running) -> None:
    again = burglary()
    answers = [*sent(run, again), *sent(run, again, burglary(8))]
    assert [b"ACK" in answer for answer in answers] == [True] * 3
    assert [seen.data["sequence"] for seen in run.count(2)] == [7, 8]
    time.sleep(0.1)
    assert len(run.seen) == 2


def test_the_same_message_twice_before_the_disk_answers_is_kept_once_and_answered_twice(run: Running) -> None:
    run.pace.clear()
    with socket.create_connection(("127.0.0.1", port(run)), 5) as line:
        line.sendall(burglary() * 2)
        time.sleep(0.2)
        run.pace.set()
        assert len(heard(line, 2)) == 2
    assert len(run.seen) == 1


def test_a_number_that_is_out_of_order_is_kept_and_says_which_was_expected(run: Running) -> None:
    sent(run, burglary(7), burglary(9), burglary(8))
    assert [seen.data.get("sequence_expected") for seen in run.count(3)] == [None, 8, 10]


def test_a_wrong_sum_is_answered_nak_and_nothing_is_kept(run: Running) -> None:
    right = burglary()
    (answer,) = sent(run, right.replace(b"BA05", b"BA06"))
    told = parse_frame(answer)
    assert told.idtoken == "NAK"
    assert abs(told.timestamp - datetime.now(UTC)) < timedelta(seconds=5), "the panel may set its clock by it"
    assert run.seen == []
    assert "damaged" in run.connector.health.words
    assert b"ACK" in sent(run, right)[0]


@pytest.mark.parametrize(("seconds", "token"), [(-39, b"ACK"), (-42, b"NAK"), (19, b"ACK"), (23, b"NAK")])
def test_a_stamp_outside_the_window_is_refused_with_the_right_time_and_kept(
    run: Running, seconds: int, token: bytes
) -> None:
    (answer,) = sent(run, burglary(at=datetime.now(UTC) + timedelta(seconds=seconds)))
    assert token in answer
    (seen,) = run.count(1)
    assert (seen.kind == "unknown") == (token == b"NAK")
    assert ("refused" in seen.data) == (token == b"NAK")


def test_an_account_with_a_key_is_read_and_answered_sealed() -> None:
    with running(receiver(keys=f"0815={KEY}")) as run:
        run.until_health("ok")
        frame = sealed(b"#0815|Nri1/BA05").replace(b"#815[", b"#0815[")
        frame = framed(frame[9:-1])
        (answer,) = sent(run, frame)
        assert b'"*ACK"0008L0#0815[' in answer
        told = parse_frame(answer, bytes.fromhex(KEY))
        assert (told.idtoken, told.seq) == ("ACK", 8)
        (seen,) = run.count(1)
        assert seen.device == "detector:ML-2-M14"


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (burglary(), "must encrypt"),
        (framed(sealed(b"#0815|NBA05", "ff" * 16).replace(b"#815[", b"#0815[")[9:-1]), ""),
    ],
    ids=["plain", "another key"],
)
def test_what_is_plain_or_sealed_with_another_key_is_not_believed_and_kept(frame: bytes, why: str) -> None:
    with running(receiver(keys=f"0815={KEY}", check_time=False)) as run:
        run.until_health("ok")
        (answer,) = sent(run, frame)
        assert b'"DUH"' in answer
        (seen,) = run.count(1)
        assert seen.kind == "unknown"
        assert why in seen.data["refused"]
        assert seen.raw


def test_an_account_that_is_not_listed_is_told_so_and_its_message_is_kept() -> None:
    with running(receiver(accounts=["4711"])) as run:
        run.until_health("ok")
        (answer,) = sent(run, burglary())
        assert b'"DUH"0007L0#0815[]' in answer
        (seen,) = run.count(1)
        assert "not listed" in seen.data["refused"]
        assert "0815" in run.until_health("trouble")


def test_null_messages_are_answered_and_note_now_and_then_that_the_panel_is_alive(run: Running) -> None:
    for _ in range(3):
        (answer,) = sent(run, framed(b'"NULL"0000L0#0815[]'))
        assert b'"ACK"0000L0#0815[]' in answer
    assert [(seen.kind, seen.device) for seen in run.seen] == [("device.state", "panel:ML-P1")]


def test_a_panel_that_falls_silent_is_told_once_and_again_when_it_is_back() -> None:
    connector = receiver(accounts=["0815"], supervision_minutes=1)
    with running(connector) as run:
        run.until_health("ok")
        sent(run, framed(b'"NULL"0000L0#0815[]'))
        late = datetime.now(UTC) + timedelta(seconds=61)
        for _ in range(2):
            run._loop.call_soon_threadsafe(connector._look, late)
        _, silent = run.count(2)
        assert (silent.kind, silent.device) == ("device.offline", "panel:ML-P1")
        assert "0815" in run.until_health("trouble")
        sent(run, burglary())
        assert [seen.kind for seen in run.count(4)[1:]] == ["device.offline", "device.online", "alarm.triggered"]
        assert run.until_health("ok")


def test_what_is_no_frame_at_all_ends_nothing(run: Running) -> None:
    with socket.create_connection(("127.0.0.1", port(run)), 5) as line:
        line.sendall(b"GET / HTTP/1.1\r\n\r\n" + b"\x00" * 20_000 + burglary())
        (answer,) = heard(line, 1)
    assert b"ACK" in answer
    with socket.create_connection(("127.0.0.1", port(run)), 5) as line:
        line.sendall(framed(b'"SIA-DCS"0007'))
        assert b"DUH" in heard(line, 1)[0]
    assert [seen.kind for seen in run.count(2)] == ["alarm.triggered", "unknown"]


@pytest.mark.parametrize(
    "body",
    [
        b'"SIA-DCS"ABCDL0#0815[#0815|Nri1/BA05]',
        b'"SIA-DCS"0007L0#08X5[#0815|Nri1/BA05]',
        b'"SIA-DCS"0007L0#0815[#0815|Nri1/BA05]_99:99:99,99-99-2026',
        b'"SIA-DCS"0007L0#0815[#0815|NBA05][Hnever]' + b"\xff" * 9,
        b'"*SIA-DCS"0007L0#0815[ABC]',
    ],
)
def test_what_came_whole_and_no_standard_knows_is_kept_and_said_once(body: bytes) -> None:
    with running(receiver(keys=f"0815={KEY}") if b"*" in body else receiver()) as run:
        run.until_health("ok")
        (answer,) = sent(run, framed(body))
        assert b'"DUH"' in answer or b'"ACK"' in answer, "asking for it again would bring the same"
        (seen,) = run.count(1)
        assert seen.raw.startswith(framed(body)[1:9].decode())


@given(st.binary(max_size=80).map(lambda rest: b'"' + rest.replace(b"\r", b"").replace(b"\n", b"")))
def test_whatever_comes_whole_is_kept_and_answered(body: bytes) -> None:
    connector, answers = receiver(), list[bytes]()
    connector._take(framed(body), answers.append)
    connector._settle(list(connector._waiting.items()))
    assert len(answers) == 1
    assert answers[0][9:14] in (b'"ACK"', b'"DUH"', b'"NAK"')


def test_what_cannot_wait_is_not_answered_and_not_taken_for_kept(run: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_MOST", 1)
    first, second = burglary(7), burglary(8)
    run.pace.clear()
    with socket.create_connection(("127.0.0.1", port(run)), 5) as line:
        line.sendall(first + second)
        time.sleep(0.2)
        run.pace.set()
        assert b"ACK" in heard(line, 1)[0]
        line.sendall(second)
        assert b'"ACK"0008' in heard(line, 1)[0]
    assert [seen.data["sequence"] for seen in run.count(2)] == [7, 8]


def test_a_port_that_is_taken_leaves_the_other_free_for_the_next_try() -> None:
    connector = receiver()
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", connector.settings.udp_port))

        async def begin() -> None:
            async for _ in connector.observations(asyncio.Event()):
                pass

        with pytest.raises(OSError):
            asyncio.run(begin())
    with running(connector) as run:
        run.until_health("ok")
        assert b"ACK" in sent(run, burglary())[0]


def test_who_is_not_listed_is_told_so_whatever_the_source_is_called() -> None:
    settings = receiver(accounts=["4711"]).settings
    with running(Dc09("stamp-house", settings)) as run:
        run.until_health("ok")
        assert b'"DUH"' in sent(run, burglary())[0]


def test_a_restore_in_contact_id_is_told_in_its_own_words(run: Running) -> None:
    sent(run, framed(b'"ADM-CID"0009L0#0815[#0815|3130 01 005]'), framed(b'"ADM-CID"0010L0#0815[#0815|1999 01 005]'))
    restored, unknown = run.count(2)
    assert (restored.kind, restored.data["words"]) == ("alarm.restored", "Burglary")
    assert (restored.device, unknown.data["zone"]) == ("detector:ML-2-M14", 5)
    assert "user" not in unknown.data


@pytest.mark.parametrize(("numbers", "zone"), [("hexadecimal", 0x12), ("decimal", 12)])
def test_zone_numbers_are_read_as_the_panel_writes_them(numbers: str, zone: int) -> None:
    names = {f"0815/1/{zone}": "detector:ML-2-M30"}
    with running(receiver(names=names, numbers=numbers)) as run:
        run.until_health("ok")
        sent(run, framed(b'"SIA-DCS"0009L0#0815[#0815|Nri1/BA012]'), framed(b'"SIA-DCS"0010L0#0815[#0815|Nri1/BA01C]'))
        numbered, lettered = run.count(2)
    assert (numbered.data["zone"], numbered.device) == (zone, "detector:ML-2-M30")
    assert lettered.data["zone"] == 0x1C, "a letter is hexadecimal, whatever was stated"


def test_a_key_that_is_none_is_refused_with_what_it_must_be() -> None:
    for wrong in ("0815=secret", "0815", f"{KEY}", f"0815={KEY} 4711={KEY[1:]}"):
        with pytest.raises(ValidationError, match="32, 48 or 64 hexadecimal digits") as told:
            Dc09Settings.model_validate({"keys": wrong})
        assert KEY[2:20] not in str(told.value.errors()[0]["msg"])
    assert "no port" in str(receiver(tcp_port=0, udp_port=0).check())


@pytest.mark.parametrize(
    ("code", "kind"),
    [("BA", "alarm.triggered"), ("BR", "alarm.restored"), ("BB", "alarm.bypassed"), ("BU", "alarm.unbypassed"),
     ("HA", "alarm.duress"), ("FA", "alarm.hazard"), ("FR", "alarm.restored"), ("TA", "alarm.tamper"),
     ("CL", "alarm.armed"), ("OP", "alarm.disarmed"), ("YT", "device.battery"), ("BT", "device.fault"),
     ("DF", "door.forced"), ("DL", "door.held"), ("RP", "device.state"), ("XX", "device.state")],
)  # fmt: skip
def test_codes_of_dc03(code: str, kind: str) -> None:
    assert kind_of_dc03(code)[0] == kind


@pytest.mark.parametrize(
    ("code", "qualifier", "kind"),
    [("130", "1", "alarm.triggered"), ("130", "3", "alarm.restored"), ("121", "1", "alarm.duress"),
     ("110", "1", "alarm.hazard"), ("401", "1", "alarm.disarmed"), ("401", "3", "alarm.armed"),
     ("570", "1", "alarm.bypassed"), ("570", "3", "alarm.unbypassed"), ("137", "1", "alarm.tamper"),
     ("302", "1", "device.battery"), ("302", "3", "device.restored"), ("381", "3", "device.online"),
     ("602", "1", "device.state"), ("999", "1", "device.state")],
)  # fmt: skip
def test_codes_of_contact_id(code: str, qualifier: str, kind: str) -> None:
    assert kind_of_contact_id(code, qualifier) == kind


def test_every_code_becomes_a_kind_that_there_is() -> None:
    from siadc09 import dc03, dc05

    told = {kind_of_dc03(code)[0] for code in dc03.EVENT}
    told |= {kind_of_contact_id(code, q) for code in dc05.EVENT for q in "136"}
    assert told <= set(KINDS)


@pytest.mark.django_db
def test_keys_are_sealed_in_the_records_and_open_for_the_receiver() -> None:
    source = save_source("panels", "dc09", {"keys": f"0815={KEY}", "accounts": ["0815"]}, None)
    assert KEY not in str(source.settings)
    opened = Dc09Settings.model_validate(preferences.opened(source.settings))
    assert opened.key_of() == {"0815": bytes.fromhex(KEY)}
    assert KEY not in str(masked(source.settings))
