"""The syslog receiver against real senders: Debian's logger, and plain sockets where a sender must misbehave."""

from __future__ import annotations

import contextlib
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from bartizan.connectors.syslog import Settings, Syslog
from tests.connectors.running import Running, free_port, running

LOGGER = shutil.which("logger")
FAILED = "Failed password for invalid user mallory from 203.0.113.58 port 38926 ssh2"


def syslog(**changes: Any) -> Syslog:
    port = free_port()
    local = {"udp_address": "127.0.0.1", "tcp_address": "127.0.0.1", "udp_port": port, "tcp_port": port}
    return Syslog("house", Settings(**{**local, "zone": "Europe/Amsterdam", **changes}))


@pytest.fixture
def receiver() -> Iterator[Running]:
    with running(syslog()) as run:
        run.until_health("ok")
        yield run


def port_of(run: Running) -> int:
    assert isinstance(run.connector, Syslog)
    return run.connector.settings.tcp_port


def connect(run: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port_of(run)), 5)


def datagram(run: Running, raw: bytes) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender:
        sender.sendto(raw, ("127.0.0.1", port_of(run)))


@pytest.mark.peer
@pytest.mark.skipif(not LOGGER, reason="Debian package bsdutils (logger) is not installed")
@pytest.mark.parametrize("form", ["--rfc3164", "--rfc5424"])
@pytest.mark.parametrize("way", [["--udp"], ["--tcp"], ["--tcp", "--octet-count"]])
def test_a_refused_login_sent_by_logger_is_understood(receiver: Running, form: str, way: list[str]) -> None:
    where = ["--server", "127.0.0.1", "--port", str(port_of(receiver))]
    what = ["--tag", "sshd", "--priority", "auth.info", FAILED]
    subprocess.run([str(LOGGER), *where, form, *way, *what], check=True, timeout=10)
    (seen,) = receiver.count(1)
    assert (seen.source, seen.kind, seen.actor, seen.outcome) == ("house", "login.failure", "user:mallory", "failure")
    assert seen.device.partition(".")[0] == f"host:{socket.gethostname()}".partition(".")[0]
    assert (seen.data["src_ip"], seen.data["peer"]) == ("203.0.113.58", "127.0.0.1")
    assert (seen.data["facility"], seen.data["severity"]) == ("auth", "info")
    assert abs(datetime.now(UTC) - seen.at) < timedelta(days=1)
    assert FAILED in seen.raw


def test_counted_messages_may_arrive_in_any_pieces(receiver: Running) -> None:
    messages = [b"<38>Dec 10 07:13:56 gate sshd[%d]: line one\nline two" % number for number in range(20)]
    with connect(receiver) as sender:
        for byte in b"".join(b"%d %s" % (len(message), message) for message in messages):
            sender.sendall(bytes([byte]))
    assert [one.raw.encode() for one in receiver.count(20)] == messages


def test_lines_and_counted_messages_are_told_apart_per_connection(receiver: Running) -> None:
    counted = b"<13>Oct 11 22:14:15 gate app: counted"
    with connect(receiver) as one, connect(receiver) as other:
        one.sendall(b"%d %s" % (len(counted), counted))
        other.sendall(b"<13>Oct 11 22:14:15 gate app: a line\r\n<13>Oct 11 22:14:15 gate app: another\n")
        seen = receiver.count(3)
    assert {one.raw.rpartition(": ")[2] for one in seen} == {"counted", "a line", "another"}


def test_a_line_that_begins_with_a_date_is_not_taken_for_a_count(receiver: Running) -> None:
    with connect(receiver) as sender:
        sender.sendall(
            b"2024-05-01T10:00:00+02:00 gate sshd[4]: Accepted password for alice from 10.0.0.9 port 4 ssh2\n"
        )
    (seen,) = receiver.count(1)
    assert (seen.kind, seen.at) == ("login.success", datetime(2024, 5, 1, 8, tzinfo=UTC))


def test_a_message_that_breaks_off_is_kept_but_not_believed(receiver: Running) -> None:
    whole = b"<38>Dec 10 07:13:56 gate sshd[1]: Accepted password for alice from 10.0.0.9 port 4 ssh2"
    with connect(receiver) as sender:
        sender.sendall(b"%d %s" % (len(whole) + 40, whole))
    (seen,) = receiver.count(1)
    assert (seen.kind, seen.raw) == ("unknown", whole.decode())
    assert (seen.data["partial_bytes"], seen.data["expected_bytes"]) == (len(whole), len(whole) + 40)


def test_a_line_is_not_believed_when_the_connection_is_reset(receiver: Running) -> None:
    sender = connect(receiver)
    sender.sendall(b"<38>Dec 10 07:13:56 gate sshd[1]: Accepted password for alice from 10.0.0.9 port 4 ssh2")
    time.sleep(0.2)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sender.close()
    (seen,) = receiver.count(1)
    assert seen.kind == "unknown"
    assert "partial_bytes" in seen.data


def test_a_last_line_without_its_line_feed_counts_when_the_sender_closes_in_good_order(receiver: Running) -> None:
    with connect(receiver) as sender:
        sender.sendall(b"<38>Dec 10 07:13:56 gate sshd[1]: Accepted password for alice from 10.0.0.9 port 4 ssh2")
    assert receiver.count(1)[0].kind == "login.success"


@pytest.mark.parametrize("counted", [True, False])
def test_ten_megabytes_are_cut_and_the_connection_goes_on(receiver: Running, counted: bool) -> None:
    huge, after = b"<13>Oct 11 22:14:15 gate app: " + b"x" * 10_000_000, b"<13>Oct 11 22:14:15 gate app: next"
    with connect(receiver) as sender:
        for message in (huge, after):
            sender.sendall(b"%d %s" % (len(message), message) if counted else message + b"\n")
        first, second = receiver.count(2)
    assert first.data["cut_from_bytes"] == len(huge)
    assert len(first.raw) == 262_144
    assert second.raw == after.decode()


@pytest.mark.parametrize(
    "raw", [b"<38>Dec 10 07:13:56 gate sshd[1]: \xff\xfe caf\xe9 \x00 end", b"\xff" * 300, b"<", b"<13>1"]
)
def test_bytes_that_are_no_text_are_kept_readable(receiver: Running, raw: bytes) -> None:
    datagram(receiver, raw)
    (seen,) = receiver.count(1)
    assert seen.raw == raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def test_a_message_nobody_understands_is_kept_whole(receiver: Running) -> None:
    datagram(receiver, b"the coffee machine says hello")
    (seen,) = receiver.count(1)
    assert (seen.kind, seen.raw, seen.device) == ("unknown", "the coffee machine says hello", "ip:127.0.0.1")


def test_stamps_without_a_zone_are_in_the_senders_zone(receiver: Running) -> None:
    datagram(receiver, b"<13>2024 Jul  1 12:00:00 gate app: summer")
    assert receiver.count(1)[0].at == datetime(2024, 7, 1, 10, tzinfo=UTC)


def test_a_tcp_sender_is_slowed_down_and_loses_nothing_while_the_disk_is_stuck(receiver: Running) -> None:
    receiver.pace.clear()
    message, total = b"<38>Dec 10 07:13:56 gate sshd[1]: " + FAILED.encode() + b"\n", 100_000
    with connect(receiver) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        sender.settimeout(1)
        blob, sent = message * total, 0
        with contextlib.suppress(TimeoutError):
            while sent < len(blob):
                sent += sender.send(blob[sent : sent + 65_536])
        assert sent < len(blob), "the sender was not slowed down"
        receiver.pace.set()
        sender.settimeout(30)
        sender.sendall(blob[sent:])
    assert len(receiver.count(total, 30)) == total
    assert max(receiver.batches) <= 1_000


def test_five_thousand_datagrams_a_second_arrive_without_loss(receiver: Running) -> None:
    message = b"<38>Dec 10 07:13:56 gate sshd[1]: " + FAILED.encode()
    with socket.socket(type=socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", port_of(receiver)))
        began = time.monotonic()
        for number in range(10_000):
            sender.send(message)
            if number % 50 == 0:
                time.sleep(max(began + number / 5_000 - time.monotonic(), 0))
    assert len(receiver.count(10_000)) == 10_000
    assert receiver.connector.health.state == "ok"


def test_datagrams_that_the_machine_dropped_are_counted_in_words() -> None:
    with running(syslog(udp_buffer_bytes=65_536)) as run:
        run.until_health("ok")
        run.pace.clear()
        with socket.socket(type=socket.SOCK_DGRAM) as sender:
            for _ in range(40_000):
                sender.sendto(b"<13>Oct 11 22:14:15 gate app: flood", ("127.0.0.1", port_of(run)))
        words = run.until_health("trouble")
        assert "UDP messages were lost" in words
        assert "TCP" in words
        run.pace.set()


def test_what_has_been_received_is_handed_on_before_stopping() -> None:
    connector = syslog()
    run = Running(connector)
    run.until_health("ok")
    run.pace.clear()
    with connect(run) as sender:
        sender.sendall(b"<13>Oct 11 22:14:15 gate app: x\n" * 5_000)
        time.sleep(0.5)
        run.pace.set()
        run.stop()
    assert len(run.seen) == 5_000


def test_a_port_in_use_is_tried_again_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    connector = syslog()
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", connector.settings.tcp_port))
        occupant.listen()
        with running(connector) as run:
            assert "another program may use the port" in run.until_health("trouble")
            occupant.close()
            run.until_health("ok")
            datagram(run, b"hello")
            run.count(1)
    assert len([record for record in caplog.records if "cannot listen" in record.message]) == 1


def test_settings_that_cannot_work_are_refused_in_words() -> None:
    with pytest.raises(ValidationError, match="every port is 0"):
        Settings(udp_port=0, tcp_port=0)
    with pytest.raises(ValidationError, match="no time zone 'Mars/Olympus'"):
        Settings(zone="Mars/Olympus")
    assert "needs a certificate" in (Syslog("house", Settings(tls_port=6514)).check() or "")
    assert Syslog("house", Settings()).check() is None
