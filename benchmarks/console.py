"""How soon every page of the console is there, how much a first look at it loads, and what axe says of it.

A data folder with five million events, 2,000 alarms, 10,000 people and what belongs to them is made (or taken from
``--cache``, where it stays for the next run); the real web process serves it. Every page that the navigation, the
registers, a case, an entity, the timeline and the settings lead to is asked for several times, whole and in the parts
that its script asks for. Chromium then opens each page with an empty cache and counts what comes over the wire, and
runs axe-core in both themes at 1440 and 390 pixels.

axe-core is read from ``--axe`` or BENCHMARK_AXE, else installed by npm into a temporary folder; where it cannot be had
the figure is null and a line says why. Something serious is what axe calls serious or critical.
``python -m benchmarks.console [--json] [--cache FOLDER] [--events N] [--people N] [--times N] [--axe FILE]
[--only TEXT] [--no-browser]``
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.browser import Browser, Page
from benchmarks.console_pages import Asked, pages
from benchmarks.console_world import EVENTS, PEOPLE, make
from benchmarks.latency import free_port
from benchmarks.report import Figure, report

SIZES = ((1440, 900), (390, 844))
THEMES = ("light", "dark")


@dataclass
class Console:
    """The real web process on a data folder, and a session in it."""

    data: Path
    port: int = field(default_factory=free_port)
    cookie: str = ""

    def __post_init__(self) -> None:
        self.environment = os.environ | {"BARTIZAN_DATA": str(self.data), "BARTIZAN_PORT": str(self.port)}
        self.environment["DJANGO_SETTINGS_MODULE"] = "bartizan.settings"
        self.cookie = self._python(SESSION).split()[-1]
        self.process = subprocess.Popen([sys.executable, "-m", "bartizan.cli", "web"], env=self.environment)
        self._wait()

    def _python(self, code: str) -> str:
        return subprocess.check_output([sys.executable, "-c", code], env=self.environment, text=True)

    def _wait(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if self.ask(Asked("health", "/healthz"))[1] == 200:
                    return
            except OSError:
                time.sleep(0.2)
        raise SystemExit("The console did not answer within a minute.")

    def ask(self, asked: Asked) -> tuple[float, int, bytes]:
        """Milliseconds, status and body, on a connection of its own."""
        headers = {"Cookie": f"bartizan_{self.port}={self.cookie}", "Accept-Encoding": "gzip"}
        if asked.part:
            headers["X-Part"] = asked.part
        began = time.perf_counter()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        line.request("GET", asked.path, headers=headers)
        answer = line.getresponse()
        body = answer.read()
        taken = (time.perf_counter() - began) * 1000
        line.close()
        if answer.getheader("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return taken, answer.status, body

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


SESSION = """
import django; django.setup()
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from bartizan.core.models import User
user, store = User.objects.get(username="officer"), SessionStore()
store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
store["bz_link"] = "machine"
store.create()
print(store.session_key)
"""


def timed(console: Console, asked: Sequence[Asked], times: int) -> dict[Asked, list[float]]:
    """Milliseconds of each, after one question that nobody counts; pages that do not answer 200 stop the run."""
    taken: dict[Asked, list[float]] = {}
    for each in asked:
        _, status, _ = console.ask(each)
        if status != 200:
            print(f"  {each.path} answered {status}", file=sys.stderr)
            continue
        taken[each] = [console.ask(each)[0] for _ in range(times)]
    return taken


def weigh(page: Page, url: str) -> float:
    """Kilobytes over the wire for a first look, cache empty: headers and bodies as they came."""
    page.call("Network.clearBrowserCache")
    page.open(url)
    time.sleep(0.5)
    return float(page.ask(SIZE)) / 1000


SIZE = """
[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter((each) => !each.name.endsWith("/live") && !each.name.includes("/live?"))
  .reduce((sum, each) => sum + each.transferSize, 0)
"""
AXE = """
axe.run(document, { resultTypes: ["violations"] }).then((found) => found.violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .map((each) => [each.id, each.nodes.length, each.nodes[0].target.join(" ")]))
"""


def looked_at(console: Console, asked: Sequence[Asked], axe: str) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """What each page weighs, and what axe finds in it in every theme and size."""
    weights: dict[str, float] = {}
    findings: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="bartizan-chromium-") as folder, Browser(Path(folder)) as browser:
        page = browser.page()
        page.call("Network.enable")
        page.call("Page.setBypassCSP", enabled=True)
        cookie = {"name": f"bartizan_{console.port}", "value": console.cookie}
        url = f"http://127.0.0.1:{console.port}"
        page.call("Network.setCookie", url=url, **cookie)
        for each in asked:
            weights[each.path] = weigh(page, url + each.path)
            if axe:
                findings += [{"path": each.path, **found} for found in examined(page, url + each.path, axe)]
    return weights, findings


def examined(page: Page, url: str, axe: str) -> list[dict[str, Any]]:
    found = []
    for width, height in SIZES:
        page.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        for theme in THEMES:
            page.open(url)
            page.ask(f"document.documentElement.dataset.bsTheme = '{theme}'")
            time.sleep(0.3)  # until what fades has its colour
            page.ask(axe + "; 0")
            for rule, nodes, target in page.ask(AXE):
                found.append({"rule": rule, "nodes": nodes, "at": target, "theme": theme, "width": width})
    page.call("Emulation.clearDeviceMetricsOverride")
    return found


def axe_source(given: str, folder: Path) -> str:
    """The script itself; empty, and a line on stderr, when it cannot be had."""
    path = Path(given) if given else folder / "node_modules" / "axe-core" / "axe.min.js"
    if not given and shutil.which("npm"):
        subprocess.run(["npm", "i", "--silent", "--prefix", str(folder), "axe-core"], check=False)
    if path.is_file():
        return path.read_text()
    print(f"axe-core is not at {path} and npm could not bring it: axe_serious is not measured.", file=sys.stderr)
    return ""


def lines_of_registers(console: Console) -> dict[str, int]:
    code = (
        "import django; django.setup()\nfrom bartizan.core import registers\nregisters.load()\n"
        "for each in registers.registers(): print(each.name, registers.declaration_lines(each))"
    )
    said = console._python(code)  # noqa: SLF001  a few lines above
    return {name: int(lines) for name, lines in (line.split() for line in said.splitlines())}


def p95(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


def measure(console: Console, options: argparse.Namespace, folder: Path) -> None:
    asked = [each for each in pages(console) if options.only in each.path]
    taken = timed(console, asked, options.times)
    every = [one for each in taken.values() for one in each]
    slow = sorted(((statistics.median(v), f"{a.path} {a.part}".strip()) for a, v in taken.items()), reverse=True)
    lines = lines_of_registers(console)
    weights: dict[str, float] = {}
    findings: list[dict[str, Any]] = []
    axe = "" if options.no_browser else axe_source(options.axe, folder)
    if not options.no_browser:
        weights, findings = looked_at(console, [each for each in asked if each.is_page and each in taken], axe)
    figures = {
        "page_milliseconds_p95": Figure(p95(every), "ms", "<= 200"),
        "page_milliseconds_median": Figure(statistics.median(every), "ms"),
        "page_kilobytes_gz_max": Figure(max(weights.values(), default=None), "kB", "<= 250"),
        "axe_serious": Figure(len(findings) if axe else None, "", "0"),
        "lines_per_register_max": Figure(max(lines.values()), "lines", "<= 30"),
    }
    heavy = sorted(((kb, path) for path, kb in weights.items()), reverse=True)[:8]
    longest = sorted(((n, name) for name, n in lines.items()), reverse=True)[:5]
    more = {"slowest": [(round(ms), path) for ms, path in slow[:15]], "heaviest": heavy, "longest": longest}
    report("console", figures, asked=len(every), pages=len(taken), axe=kinds_of(findings), at_once=1, **more)


def kinds_of(findings: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Where each rule was broken: pages, without repeating themes and sizes."""
    found: dict[str, list[str]] = {}
    for each in findings:
        where = f"{each['path']} {each['at']}"
        if where not in found.setdefault(each["rule"], []):
            found[each["rule"]].append(where)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--cache", type=Path, help="keep the data folder here for the next run")
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--axe", default=os.environ.get("BENCHMARK_AXE", ""))
    parser.add_argument("--only", default="", help="pages whose address contains this")
    parser.add_argument("--no-browser", action="store_true", help="only times and lines")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bartizan-console-") as temporary:
        folder = options.cache or Path(temporary) / "data"
        began = datetime.now(UTC)
        make(folder, options.people, options.events)
        print(f"The data folder was ready after {(datetime.now(UTC) - began).seconds} s.", file=sys.stderr)
        console = Console(folder)
        try:
            measure(console, options, Path(temporary))
        finally:
            console.stop()


if __name__ == "__main__":
    main()
