"""From a datagram to a row that somebody sees, and to an open case: the whole product and a real browser.

Each sample is one syslog datagram: the user account of somebody who has left logs in at a host of their own. That
raises an alarm and opens a case. Two pages are open, Now and the Timeline; a row counts as seen when it is in the
page and has a place on it. The case counts when another process reads it from the records.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.browser import Browser, Page
from benchmarks.report import Figure, report

PATIENCE = 15.0
WATCHER = """
(() => {
  window.seen = {};
  const look = () => {
    for (const row of document.querySelectorAll('#queue [data-alarm-id], #events [data-event-id]')) {
      const host = row.textContent.match(/LAT-\\d+/)?.[0];
      if (!host || host in seen || !row.getClientRects().length) continue;
      seen[host] = performance.timeOrigin + performance.now();
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
})()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Product:
    """``bartizan run`` on a data folder of its own, with somebody who has left for every sample."""

    def __init__(self, data: Path, samples: int) -> None:
        self.port, self.syslog = free_port(), free_port()
        self.at = f"http://127.0.0.1:{self.port}"
        os.environ |= {"BARTIZAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
        subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], check=True)
        import django

        django.setup()
        self.link = self._prepare(samples)
        command = [sys.executable, "-m", "bartizan.cli", "--data", str(data), "run", "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self._wait()

    def _prepare(self, samples: int) -> str:
        from bartizan.core import actions as core
        from bartizan.core.loading import load_together
        from bartizan.watch.actions import save_source

        gone = datetime.now(UTC).date() - timedelta(days=30)
        numbers = [f"{n:02d}" for n in range(samples)]
        loaded = load_together(
            {
                "sites": [{"code": "LAT", "name": "Latency", "timezone": "UTC"}],
                "zones": [{"code": f"LAT.{n}", "name": f"Room {n}", "site": "LAT"} for n in numbers],
                "people": [{"code": f"P-{n}", "name": f"Leaver {n}", "left_on": gone} for n in numbers],
                "accounts": [{"name": f"leaver{n}", "person": f"P-{n}"} for n in numbers],
                "hosts": [{"name": f"LAT-{n}", "zone": f"LAT.{n}", "kind": "server"} for n in numbers],
            },
            None,
        )
        assert not loaded.problems, loaded.problems
        settings = {
            "udp_address": "127.0.0.1", "udp_port": self.syslog, "tcp_address": "127.0.0.1", "tcp_port": self.syslog,
        }  # fmt: skip
        save_source("latency", "syslog", settings, None)
        return f"{self.at}/welcome/{core.make_link(core.first_officer())}"

    def _wait(self) -> None:
        end = time.monotonic() + 90
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.at}/healthz", timeout=2), socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", self.syslog)) == 0:
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.2)
        raise SystemExit("Bartizan did not become ready within 90 s.")

    def send(self, number: int) -> float:
        """Send one datagram; when, in seconds since 1970."""
        now = datetime.now(UTC)
        words = f"Accepted password for leaver{number:02d} from 198.51.100.{number + 10} port {40000 + number} ssh2"
        line = f"<86>1 {now.isoformat()} LAT-{number:02d} sshd 4242 - - {words}"
        sent = time.time()
        with socket.socket(type=socket.SOCK_DGRAM) as peer:
            peer.sendto(line.encode(), ("127.0.0.1", self.syslog))
        return sent

    def has_case(self, number: int) -> bool:
        from bartizan.cases.models import CaseEntity

        return CaseEntity.objects.filter(reference=f"user:leaver{number:02d}").exists()

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def signed_in(browser: Browser, product: Product) -> tuple[Page, Page]:
    """The Now page and the Timeline, each watched for new rows."""
    now, timeline = browser.page(), browser.page()
    now.open(product.link)
    now.ask("document.querySelector('main form, form').requestSubmit()")
    now.wait("!location.pathname.startsWith('/welcome') && document.readyState === 'complete'")
    now.open(f"{product.at}/")
    timeline.open(f"{product.at}/timeline")
    for page in (now, timeline):
        page.wait("document.querySelector('[data-live-word]')?.textContent === 'Live'")
        page.ask(WATCHER)
    return now, timeline


def sample(product: Product, pages: tuple[Page, Page], number: int) -> tuple[float | None, float | None, float | None]:
    """Seconds to the row on Now, to the row on the Timeline, and to the case; nothing for what did not come."""
    sent, case = product.send(number), None
    seen: list[float | None] = [None, None]
    while time.time() - sent < PATIENCE and (case is None or None in seen):
        if case is None and product.has_case(number):
            case = time.time() - sent
        for n, page in enumerate(pages):
            if seen[n] is None and (at := page.ask(f"seen['LAT-{number:02d}'] ?? null")):
                seen[n] = at / 1000 - sent
        time.sleep(0.02)
    return seen[0], seen[1], case


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--samples", type=int, default=20)
    chosen: Any = options.parse_args()
    pause = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="bartizan-latency-", ignore_cleanup_errors=True) as folder:
        product = Product(Path(folder) / "data", chosen.samples + 1)
        try:
            with Browser(Path(folder) / "browser") as browser:
                pages = signed_in(browser, product)
                sample(product, pages, chosen.samples)  # the first one fills caches; it is not counted
                found = []
                for number in range(chosen.samples):
                    time.sleep(pause.uniform(0.8, 2.0))
                    found.append(sample(product, pages, number))
        finally:
            product.close()
    tell(found)


def tell(found: list[tuple[float | None, float | None, float | None]]) -> None:
    """What never came counts as the patience that was had with it."""
    now, timeline, case = ([PATIENCE if s is None else s for s in column] for column in zip(*found, strict=True))
    row = [min(pair) for pair in zip(now, timeline, strict=True)]
    both = [max(pair) for pair in zip(now, timeline, strict=True)]
    report(
        "latency",
        {
            "browser_seconds_median": Figure(statistics.median(both), "s to the row on both pages", "<= 1"),
            "case_seconds_median": Figure(statistics.median(case), "s to the case in the records", "<= 2"),
            "now_seconds_median": Figure(statistics.median(now), "s to the row on Now"),
            "timeline_seconds_median": Figure(statistics.median(timeline), "s to the row on the Timeline"),
            "first_page_seconds_median": Figure(statistics.median(row), "s to the row on the quicker page"),
            "browser_seconds_longest": Figure(max(both), "s"),
            "case_seconds_longest": Figure(max(case), "s"),
        },
        samples=len(found),
        missing=sum(None in each for each in found),
    )


if __name__ == "__main__":
    main()
