"""Every page of the console that the benchmark looks at, found as a person would find it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from bartizan import supervisor  # noqa: F401  says at once when the package is not installed


@dataclass(frozen=True, slots=True)
class Asked:
    name: str
    path: str
    part: str = ""

    @property
    def is_page(self) -> bool:
        return not self.part


class Asking(Protocol):
    def ask(self, asked: Asked) -> tuple[float, int, bytes]: ...


FIXED = (
    "/", "/?show=mine", "/?show=unheld", "/map", "/timeline", "/timeline?range=day", "/timeline?range=week",
    "/cases", "/cases?show=closed", "/cases?show=all", "/reports", "/report", "/report/back", "/registers",
    "/sources", "/rules", "/audit", "/settings", "/settings/health", "/more",
    "/panels", "/panels?do=arm", "/panels?do=bypass", "/panels/setup", "/panels/history", "/panels/nuisance",
    "/doors", "/doors?view=refused", "/doors/setup", "/doors/inside", "/doors/visitors", "/doors/visitors/new",
    "/cameras", "/cameras/setup", "/cameras/search", "/cameras/exports",
    "/plans", "/plans/add", "/lessons", "/lessons?show=proposed", "/muster",
    "/search", "/search?q=an", "/search?q=vi-00042", "/search?q=veldmark", "/search?q=mill+lane", "/notices",
)  # fmt: skip
PARTS = (
    ("/", "queue"), ("/", "alarm"), ("/", "plan"), ("/", "beside"), ("/panels", "live"), ("/doors", "log"),
    ("/doors", "inside"), ("/cameras", "watch"), ("/cameras", "review"), ("/search?q=laptop", "results"),
    ("/counts", "counts"), ("/find?q=jan", "find"), ("/find?q=", "find"),
)  # fmt: skip
ENTITIES = (
    "person/VI-00042", "portal/{portal}", "zone/{zone}", "host/VM-WS-00042", "badge/400042", "user/u00042", "site/ML",
    "reader/{portal}R", "camera/{portal}C", "detector/{portal}M",
)  # fmt: skip
SKIPPED = re.compile(
    r"/registers/import|\.(csv|xlsx|js|css|svg|woff2)|/static/|/export|/template|/sign-out|/live|/go/|/api|/files/\d"
)
LINKED = (
    ("/settings", r"/(?:settings|own|account)[^\"?#]*"),
    ("/sources", r"/sources/[^\"?#]*"),
    ("/plans", r"/plans/[a-z][a-z-]+"),
    ("/settings/laws", r"/settings/laws/[^\"?#]*"),
)
ONE_OF = (
    ("/plans", r"/drills/\d+"),
    ("/muster", r"/muster/M[-\d]+"),
    ("/reports?show=all", r"/reports/R[-\d]+"),
    ("{case}/interviews", r"{case}/interviews/\d+"),
    ("{case}/evidence", r"{case}/evidence/E[-\d]+"),
)
"""Pages that lead to many of a kind: the first of them stands for the others."""
OF_A_CASE = (
    "people", "decisions", "interviews", "interviews?do=plan", "contacts", "packets", "packets?do=make", "findings",
    "evidence?new=thing", "tasks",
)  # fmt: skip
"""Beside the tabs that its page leads to, so that none is left out where one has gone from the bar."""
CASES = 2
"""The newest has everything that an inquiry adds; the next one has its alarms and their weeks."""


def pages(console: Asking) -> list[Asked]:
    """Fixed ones, those that the index pages lead to, and for each register list, sorted list, detail and form."""
    found = [Asked("fixed", path) for path in FIXED if _is_there(console, path)]
    found += [Asked("part", path, part) for path, part in PARTS]
    for start, pattern in LINKED:
        found += [Asked("linked", path) for path in links(console, start, pattern) if _is_there(console, path)]
    for path in links(console, "/registers", r"/registers/[a-z-]+"):
        found += of_register(console, path)
    for case in links(console, "/cases?show=all", r"/cases/\d{4}-\d+")[:CASES]:
        found += of_case(console, case)
    found += list(of_entities(console))
    return list({(each.path, each.part): each for each in found}.values())


def links(console: Asking, path: str, pattern: str) -> list[str]:
    _, _, body = console.ask(Asked("links", path))
    hrefs = re.findall(r'href="([^"]+)"', body.decode())
    return list(dict.fromkeys(h for h in hrefs if re.fullmatch(pattern, h) and not SKIPPED.search(h)))


def of_case(console: Asking, case: str) -> Iterator[Asked]:
    """Its overview, its tabs, their forms, and one page of each kind that they lead to."""
    yield Asked("case", case)
    tabs = [*links(console, case, rf"{case}/[a-z]+"), *(f"{case}/{tab}" for tab in OF_A_CASE)]
    tabs += [path for start, pattern in ONE_OF for path in
             links(console, start.format(case=case), pattern.replace("{case}", case))[:1]]  # fmt: skip
    yield from (Asked("case", tab) for tab in dict.fromkeys(tabs) if _is_there(console, tab))


def of_register(console: Asking, path: str) -> Iterator[Asked]:
    yield Asked("register", path)
    yield Asked("register", f"{path}?page=2")
    yield Asked("register", f"{path}?q=an", "list")
    for more in ("/new", "/import"):
        if _is_there(console, path + more):
            yield Asked("register", path + more)
    records = links(console, path, rf"{path}/\d+")
    if not records:
        _, _, body = console.ask(Asked("links", path))
        records = list(dict.fromkeys(re.findall(rf'href="({path}/\d+)[?"]', body.decode())))
    for record in records[:1]:
        yield Asked("register", record)
        yield Asked("register", record, "side")
        for tab in ("timeline", "files", "people", "audit"):
            if _is_there(console, f"{record}?tab={tab}"):
                yield Asked("register", f"{record}?tab={tab}", "side")
        if _is_there(console, f"{record}/edit"):
            yield Asked("register", f"{record}/edit")


def of_entities(console: Asking) -> Iterator[Asked]:
    door: Any = "ML-A0.01-D"
    for name in ENTITIES:
        path = "/entity/" + name.format(portal=door, zone=door.removesuffix("-D"))
        if _is_there(console, path):
            yield Asked("entity", path)


def _is_there(console: Asking, path: str) -> bool:
    return console.ask(Asked("there", path))[1] == 200
