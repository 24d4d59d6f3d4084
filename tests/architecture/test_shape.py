"""The plan of the house, checked: sizes, where writes happen, and that what there is is documented."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "bartizan"
FILES = [
    p for folder in ("src", "tests", "benchmarks") for p in (ROOT / folder).rglob("*.py") if "migrations" not in p.parts
]
WRITES = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "aupdate",
    "acreate",
    "asave",
}
QUERY_WRITES = {"update", "delete", "adelete"}
FILE_LIMIT, FUNCTION_LIMIT = 500, 40


def docs() -> str:
    return "\n".join(p.read_text() for p in (ROOT / "docs").glob("*.md"))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_and_its_functions_stay_short(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= FILE_LIMIT, f"over {FILE_LIMIT} lines: look for the second topic"
    long = [
        f"{f.name} ({size} lines)"
        for f in functions(ast.parse(text))
        if (size := (f.end_lineno or f.lineno) - f.lineno + 1) > FUNCTION_LIMIT
    ]
    assert not long, f"over {FUNCTION_LIMIT} lines: {', '.join(long)}"


def is_manager_call(call: ast.Call) -> bool:
    """``….objects.….update(…)``, ``….filter(…).delete()``: not a dict's or a set's update."""
    text = ast.unparse(call.func)
    return "objects" in text or ".filter(" in text or ".exclude(" in text or "_set." in text


def writes_in(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name = node.func.attr
        is_write = (name in WRITES and "objects" in ast.unparse(node.func)) or (
            name in QUERY_WRITES and is_manager_call(node)
        )
        is_save = name == "save" and any(k.arg == "update_fields" for k in node.keywords)
        if is_write or is_save:
            found.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node.func)}")
    return found


def may_write(path: Path) -> bool:
    parts = path.relative_to(SRC).parts
    return "actions" in parts or path.name == "actions.py" or parts[0] == "demo"


def test_the_world_changes_only_in_actions_and_the_demo() -> None:
    assert [
        w for p in SRC.rglob("*.py") if not may_write(p) and "migrations" not in p.parts for w in writes_in(p)
    ] == []


def test_the_check_for_writes_sees_a_write(tmp_path: Path) -> None:
    sample = SRC / "watch" / "actions" / "alarms.py"
    assert writes_in(sample), "the check would pass whatever the code did"


def test_every_setting_from_the_environment_is_documented() -> None:
    used = {m for p in SRC.rglob("*.py") for m in re.findall(r"BARTIZAN_[A-Z]+", p.read_text())}
    text = (ROOT / "docs" / "settings.md").read_text()
    assert {name for name in used if name not in text} == set()


def test_every_command_is_documented() -> None:
    import click

    from bartizan.cli import main

    def names(group: click.Group, before: str) -> Iterator[str]:
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                yield from names(command, f"{before} {name}")
            elif not command.hidden:
                yield f"{before} {name}"

    text = (ROOT / "docs" / "commands.md").read_text()
    assert {c for c in names(main, "bartizan") if f"`{c}" not in text} == set()


def test_every_connector_and_each_of_its_settings_is_documented() -> None:
    from bartizan.connectors import installed

    text = docs()
    missing = [
        f"{name}.{field}"
        for name, connector in installed().items()
        for field in connector.Settings.model_fields
        if f"`{field}`" not in text
    ]
    assert installed(), "no connector is installed"
    assert missing == []


def test_every_rule_pack_is_documented() -> None:
    text = (ROOT / "docs" / "rules.md").read_text()
    assert {p.name for p in (SRC / "rules").iterdir() if p.is_dir() and f"`{p.name}`" not in text} == set()


def test_every_api_route_is_documented(settings: object) -> None:
    from bartizan.api import api

    text = docs()
    # Every register has the same routes, one more for each that is added: they are documented once, as {name}.
    paths = {re.sub(r"^/api/registers/[\w-]+", "/api/registers/{name}", p) for p in api.get_openapi_schema()["paths"]}
    assert {path for path in paths if f"`{path}`" not in text} == set()


def test_each_dependency_has_its_line() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = [re.split(r"[<>=\[]", d)[0] for d in project["project"]["dependencies"]]
    text = (ROOT / "docs" / "dependencies.md").read_text()
    assert [n for n in names if f"`{n}`" not in text] == []


def test_lock_files_hold_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in (ROOT / name).read_text()


def test_the_makefile_offers_what_readme_says() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert all(
        re.search(rf"^{target}:", makefile, re.MULTILINE) for target in ("help", "run", "test", "check", "bench")
    )
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
