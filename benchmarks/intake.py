"""Syslog into the whole line for a minute: received, on disk, judged by all packs and stored, on two cores.

TCP: one sender that offers ``--rate`` messages a second; the figure counts to the last one stored. Every message must
be in the lake at the end. UDP: rising rates, each for some seconds; the figure is the highest at which the socket
dropped nothing and the lake has every message.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.report import Figure, report

RATES = (5000, 7500, 10_000, 12_500, 15_000)
UDP_SECONDS = 8


def login(n: int) -> tuple[str, str]:
    user, outside = f"user{n % 97}", n % 250
    if n % 50 == 0:
        return "sshd", f"Failed password for {user} from 198.51.100.{outside} port {1024 + n % 60000} ssh2"
    inside = f"10.1.{n % 16}.{outside} port {1024 + n % 60000}"
    return "sshd", f"Accepted publickey for {user} from {inside} ssh2: ED25519 SHA256:k{n}"


def firewall(n: int) -> tuple[str, str]:
    deed = "block" if n % 3 else "pass"
    ends = f"10.1.{n % 16}.{n % 250},203.0.113.{n % 200},{1024 + n % 60000},443"
    return (
        "filterlog",
        f"5,,,1000000103,igb1,match,{deed},in,4,0x0,,64,{n % 65535},0,DF,6,tcp,60,{ends},0,S,1,,64240,,mss",
    )


def web(n: int) -> tuple[str, str]:
    stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())
    asked = f'"GET /orders/{n} HTTP/1.1" 200 {n % 9000}'
    return "nginx", f'10.1.{n % 16}.{n % 250} - - [{stamp}] {asked} "-" "Mozilla/5.0"'


def machine(n: int) -> tuple[str, str]:
    return "CRON", f"({'root' if n % 2 else 'backup'}) CMD (/usr/local/bin/task{n % 40})"


MIXES = {
    "mixed": [login] * 5 + [firewall] * 8 + [web] * 5 + [machine] * 2,
    "logins": [login],
}
"""What a site sends: 40 % firewall, 25 % web, 25 % logins, 10 % other; or logins alone, which most rules are about."""


def line(n: int, mix: str = "mixed") -> bytes:
    makers = MIXES[mix]
    program, words = makers[n % len(makers)](n)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return f"<86>1 {stamp} host{n % 80} {program} {n % 30000} - - {words}".encode()


def free_port(kind: int) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Line:
    """The real ``watch`` and ``judge`` processes on a data folder of their own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.tcp, self.udp = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_DGRAM)
        os.environ["BARTIZAN_DATA"] = str(data)
        os.environ["DJANGO_SETTINGS_MODULE"] = "bartizan.settings"
        subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], check=True)
        import django

        django.setup()
        from bartizan.watch import actions

        settings = {
            "udp_address": "127.0.0.1", "udp_port": self.udp, "tcp_address": "127.0.0.1", "tcp_port": self.tcp,
        }  # fmt: skip
        actions.save_source("bench", "syslog", settings, None)
        self.processes = [subprocess.Popen([sys.executable, "-m", "bartizan.cli", name]) for name in ("watch", "judge")]
        self._wait_for_port()

    def _wait_for_port(self) -> None:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.tcp)) == 0:
                    return
            time.sleep(0.1)
        raise SystemExit("The watch process does not listen.")

    def stored(self) -> int:
        from bartizan.watch.queries import lake

        table = lake().ask("SELECT count(*) AS n FROM lake.event WHERE source = 'bench' AND kind <> 'unknown'")
        return int(table.to_pylist()[0]["n"])

    def wait_until_stored(self, wanted: int, patience: float = 30.0) -> int:
        """What is stored when it stands still or is complete."""
        last, since = -1, time.monotonic()
        while True:
            now = self.stored()
            if now >= wanted or time.monotonic() - since > patience:
                return now
            if now != last:
                last, since = now, time.monotonic()
            time.sleep(0.2)

    def close(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(30)


def over_tcp(run: Line, seconds: float, rate: int, mix: str) -> tuple[float, int]:
    """Messages a second from the first sent to the last stored, and how many were lost."""
    before, sent, began = run.stored(), 0, time.monotonic()
    with socket.create_connection(("127.0.0.1", run.tcp)) as peer:
        while (elapsed := time.monotonic() - began) < seconds:
            due = min(int(elapsed * rate) - sent, 1000)
            peer.sendall(b"".join(line(sent + i, mix) + b"\n" for i in range(due)))
            sent += due
            time.sleep(0.005)
    stored = run.wait_until_stored(before + sent) - before
    return stored / (time.monotonic() - began), sent - stored


def over_udp(run: Line, rate: int) -> int:
    """How many of the messages sent at ``rate`` for some seconds did not arrive in the lake."""
    before, sent, began = run.stored(), 0, time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        while (elapsed := time.monotonic() - began) < UDP_SECONDS:
            for _ in range(int(elapsed * rate) - sent):
                peer.sendto(line(sent), ("127.0.0.1", run.udp))
                sent += 1
            time.sleep(0.002)
    return sent - (run.wait_until_stored(before + sent, 10.0) - before)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--rate", type=int, default=12_000, help="TCP messages offered a second")
    options.add_argument("--mix", choices=sorted(MIXES), default="mixed")
    chosen: Any = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bartizan-intake-") as folder:
        run = Line(Path(folder))
        try:
            tcp, lost = over_tcp(run, chosen.seconds, chosen.rate, chosen.mix)
            print(f"TCP: {tcp:,.0f} messages/s stored, {lost} lost")
            udp = 0
            for rate in RATES:
                missing = over_udp(run, rate)
                print(f"UDP at {rate:,}/s: {missing} lost")
                if missing:
                    break
                udp = rate
        finally:
            run.close()
    report(
        "intake",
        {
            "tcp_messages_per_second": Figure(round(tcp), "messages/s", ">= 10000"),
            "tcp_lost": Figure(lost, "messages", "0"),
            "udp_messages_per_second": Figure(udp, "messages/s", ">= 5000"),
        },
    )


if __name__ == "__main__":
    main()
