"""The worked examples of docs/importing.md do what the page says."""

from __future__ import annotations

import re
from pathlib import Path

from bartizan.connectors.imports import (
    TARGETS,
    EstateRow,
    Problem,
    Report,
    parse_mapping,
    read_file,
    rows,
    suggest_mapping,
)
from bartizan.connectors.imports.mapping import BadgeForm, DateForm, FileForm, Filter, Mapping, TimeForm, Value
from bartizan.connectors.mqtt import MqttSettings
from bartizan.engines.observe import KINDS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "importing.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_badge_log_of_the_page_is_reported_as_the_page_says(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(blocks("csv")[0], encoding="utf-8")
    report = Report()
    for _batch in read_file(parse_mapping(blocks("yaml")[0]), log, report=report):
        pass
    promised = [line for line in blocks("text")[1].splitlines() if "…" not in line]
    assert report.words()[: len(promised)] == promised
    assert report.examples[0].row == 5
    parse_mapping(suggest_mapping(log))


def test_the_staff_list_of_the_page_is_read_as_the_page_says(tmp_path: Path) -> None:
    staff = tmp_path / "staff.csv"
    staff.write_text(blocks("csv")[1], encoding="utf-8")
    mapping = next(block for block in blocks("yaml") if "target: people" in block)
    row, problem = rows(parse_mapping(mapping), staff)
    assert isinstance(row, EstateRow)
    assert row.fields["department"] == "LEGAL"
    assert isinstance(problem, Problem)
    assert problem.what == "it has 9 values where there are 8 columns"


def test_every_key_kind_and_field_is_explained() -> None:
    models = (Mapping, FileForm, DateForm, TimeForm, BadgeForm, Value, Filter)
    keys = {name for model in models for name in model.model_fields}
    assert not [key for key in keys if not re.search(rf"`{key}`|\b{key}: |{{{key}:", PAGE)]
    assert not [kind for kind in KINDS if f"`{kind}`" not in PAGE]
    for target, columns in TARGETS.items():
        line = next(line for line in PAGE.splitlines() if line.startswith(f"| `{target}`"))
        for name, column in columns.items():
            assert (f"**{name}**" if column.required else name) in line, f"{target}.{name}"


def test_every_setting_of_the_broker_is_explained() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in DOCS.glob("connectors*.md"))
    assert not [name for name in MqttSettings.model_fields if f"`{name}`" not in pages]
