"""Foreign files, imported by a mapping that somebody wrote who has never seen the code."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from bartizan.connectors.imports import (
    EstateRow,
    FileError,
    MappingError,
    Problem,
    Report,
    built_in,
    check_file,
    load_mapping,
    parse_mapping,
    read_file,
    rows,
    suggest_mapping,
)
from bartizan.engines.observe import Observation

BADGE_LOG = """\
Toegangssysteem Mill Lane; export 2
Datum;Tijd;Pasnr;Lezer;Resultaat;Naam
28-03-2026;22:15:09;0004417;Noord 14;Toegang verleend;De Vos, M.
28-03-2026;22:16:40;0004417;Kluis;Geweigerd - onbekend;De Vos, M.
29-03-2026;02:30:00;0000012;Noord 14;Toegang verleend;Ada
29-03-2026;07:00:00;;Noord 14;Hartslag;
"""
MAPPING = """\
source: mill-lane-badges
file: {header_row: 2}
time:
  columns: [Datum, Tijd]
  day_first: true
  zone: Europe/Amsterdam
kind:
  column: Resultaat
  table:
    Toegang verleend: door.granted
    Geweigerd*: door.denied
actor: {column: pasnr, strip_zeros: true, prefix: badge}
place:
  column: Lezer
  table: {Noord 14: ML-2-014}
  prefix: portal
skip:
  - {column: Resultaat, equals: Hartslag}
"""


def file(folder: Path, text: str, name: str = "log.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def observations(mapping: str, path: Path, **options: Any) -> list[Observation]:
    return [seen for batch in read_file(parse_mapping(mapping), path, **options) for seen in batch.observations]


def test_a_badge_log_with_odd_columns_becomes_observations(tmp_path: Path) -> None:
    report = Report()
    seen = observations(MAPPING, file(tmp_path, BADGE_LOG), report=report)
    assert [(o.at, o.kind, o.actor, o.place, o.outcome) for o in seen] == [
        (datetime(2026, 3, 28, 21, 15, 9, tzinfo=UTC), "door.granted", "badge:4417", "portal:ML-2-014", "success"),
        (datetime(2026, 3, 28, 21, 16, 40, tzinfo=UTC), "door.denied", "badge:4417", "portal:Kluis", "failure"),
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "door.granted", "badge:12", "portal:ML-2-014", "success"),
    ]
    assert "never was" in seen[2].data["time_note"], "02:30 did not exist on the night when clocks went forward"
    assert seen[0].data["Naam"] == "De Vos, M."
    assert (report.rows, report.skipped, report.kinds["door.granted"]) == (4, 1, 2)
    assert report.missed["place"]["Kluis"] == 1
    assert "not in the table of 'place': 'Kluis' (1)" in "\n".join(report.words())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (("when", "door", "who"), ("2026-03-01 08:00", "Büro", "Zoë")))
    path = file(tmp_path, text, encoding=encoding)
    seen = observations("{source: x, time: when, kind: door.opened, place: door, actor: who}", path)[0]
    assert (seen.place, seen.actor) == ("Büro", "Zoë")


def test_a_stray_windows_byte_in_a_utf8_file_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    lines = [b"when,door", *[b"2026-03-01 08:00,Caf\xc3\xa9"] * 30_000, b"2026-03-01 09:00,Caf\xe9"]
    path.write_bytes(b"\n".join(lines))
    seen = observations("{source: x, time: when, kind: door.opened, place: door}", path)
    assert {o.place for o in seen} == {"Café"}


def test_a_compressed_log_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(BADGE_LOG.encode()))
    assert len(observations(MAPPING, path)) == 3


def test_imported_again_or_as_part_of_a_longer_export_nothing_gets_a_new_identity(tmp_path: Path) -> None:
    first = {o.key for o in observations(MAPPING, file(tmp_path, BADGE_LOG))}
    longer = BADGE_LOG + "30-03-2026;08:00:00;0004417;Noord 14;Toegang verleend;De Vos, M.\n"
    second = [o.key for o in observations(MAPPING, file(tmp_path, longer, "april.csv"))]
    assert len(first) == 3
    assert first < set(second)
    assert len(second) == 4


def test_rows_that_are_alike_are_each_stored(tmp_path: Path) -> None:
    row = "28-03-2026;22:15:09;0004417;Noord 14;Toegang verleend;De Vos, M.\n"
    keys = [o.key for o in observations(MAPPING, file(tmp_path, BADGE_LOG + row + row))]
    assert len(set(keys)) == 5


def test_a_key_of_the_systems_own_is_used(tmp_path: Path) -> None:
    path = file(tmp_path, "when,no\n2026-03-01,7\n")
    assert observations("{source: x, time: when, kind: door.opened, key: no}", path)[0].key == "key:7"


def test_reading_is_resumed_where_it_stopped(tmp_path: Path) -> None:
    lines = [f"2026-03-01 08:{n % 60:02}:00,{n % 5}" for n in range(500)]
    path = file(tmp_path, "\n".join(["when,door", *lines]))
    mapping = parse_mapping("{source: x, time: when, kind: door.opened, place: door}")
    told: list[tuple[int, int, int]] = []
    whole = list(read_file(mapping, path, size=100, progress=lambda *p: told.append(p)))
    rest = list(read_file(mapping, path, size=100, resume_from=whole[2].row))
    assert [o.key for b in rest for o in b.observations] == [o.key for b in whole[3:] for o in b.observations]
    assert told[-1] == (path.stat().st_size, path.stat().st_size, 500)


def test_a_bad_row_is_reported_with_its_place_and_the_others_are_read(tmp_path: Path) -> None:
    bad = BADGE_LOG.replace("28-03-2026;22:16:40", "31-02-2026;22:16:40") + "1;2;3;4;5;6;7\n"
    results = list(rows(parse_mapping(MAPPING), file(tmp_path, bad)))
    problems = [result for result in results if isinstance(result, Problem)]
    assert [(p.row, p.column) for p in problems] == [(4, "Datum, Tijd"), (7, "")]
    assert "31-02-2026 22:16:40" in problems[0].words()
    assert "7 values where there are 6 columns" in problems[1].words()
    assert sum(isinstance(result, Observation) for result in results) == 2


def test_a_trial_shows_what_the_first_rows_would_become(tmp_path: Path) -> None:
    previews = check_file(parse_mapping(MAPPING), file(tmp_path, BADGE_LOG), rows=4)
    assert [p.row for p in previews] == [3, 4, 5, 6]
    assert isinstance(previews[0].result, Observation)
    assert previews[0].cells["Pasnr"] == "0004417"
    assert previews[3].result is None, "left out by 'skip'"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("source: x\ntime:\n  colum: when\nkind: door.opened\n", "line 3, time: there is no key 'colum' here. Did"),
        ("source: x\ntime: {column: a, zone: Mars}\nkind: door.opened", "there is no time zone 'Mars'"),
        ("source: x\ntime: a\nkind: {column: b, table: {Ja: door.grantd}}", "Did you mean 'door.granted'?"),
        ("source: x\ntime: a\n", "'kind' is missing"),
        ("time: a\nkind: door.opened", "'source' is missing"),
        ("source: x\ntime: a\nkind: door.opened\nskip: [{column: a}]", "exactly one of equals"),
        ("source: x\ntime: a\nkind: door.opened\nactor: {column: a, pattern: '('}", "not a regular expression"),
        ("source: x\ntime: {}\nkind: door.opened", "say where the time is"),
        ("target: staf\nsource: x", "there is no target 'staf'; targets: observations, departments"),
        ("target: staff\nfields: {code: a}", "people need the field name"),
        ("target: staff\nfields: {code: a, name: b, salary: c}", "people have no field 'salary'; they have: code"),
        ("source: [", "not YAML"),
        ("just words", "begins with keys"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_says_what_is_wrong_and_where(wrong: str, said: str) -> None:
    with pytest.raises(MappingError) as raised:
        parse_mapping(wrong, "badge.yaml")
    assert said in str(raised.value)
    assert str(raised.value).startswith("badge.yaml")


def test_a_mapping_that_names_a_column_that_the_file_has_not_lists_the_columns(tmp_path: Path) -> None:
    path = file(tmp_path, "when,door\n2026-03-01,7\n")
    with pytest.raises(FileError, match=r"place: log.csv has no column 'gate'. Its columns: when, door"):
        observations("{source: x, time: when, kind: door.opened, place: gate}", path)


def test_yaml_keeps_words_that_look_like_something_else() -> None:
    mapping = parse_mapping(
        "{source: x, time: a, kind: {column: b, table: {No: door.denied, 0017: door.granted, 1: door.forced}}}"
    )
    assert mapping.kind
    assert mapping.kind.table == {"No": "door.denied", "0017": "door.granted", "1": "door.forced"}


@pytest.mark.parametrize(
    ("form", "written", "badge"),
    [
        ("{}", "0004417", "4417"),
        ("{strip_zeros: false}", "0004417", "0004417"),
        ("{wiegand: 26}", str((17 << 16) + 4417), "4417"),
        ("{wiegand: 26, facility: keep}", str((17 << 16) + 4417), "17-4417"),
        ("{wiegand: 26, hex: true, facility: keep}", "111141", "17-4417"),
        ("{separator: ':', facility: keep}", "017:04417", "17-4417"),
        ("{separator: '-'}", "017-04417", "4417"),
        ("{wiegand: 37, facility: keep}", str((5 << 19) + 300000), "5-300000"),
    ],
)
def test_all_spellings_of_a_badge_become_the_same(tmp_path: Path, form: str, written: str, badge: str) -> None:
    path = file(tmp_path, f"when,card\n2026-03-01,{written}\n")
    mapping = f"{{source: x, time: when, kind: door.opened, actor: {{column: card, badge: {form}, prefix: badge}}}}"
    assert observations(mapping, path)[0].actor == f"badge:{badge}"


def test_the_first_alternative_that_is_not_empty_counts(tmp_path: Path) -> None:
    path = file(tmp_path, "when,card,last,first\n2026-03-01,,Vos,Mia\n2026-03-01,17,Vos,Mia\n")
    actor = "[{column: card, prefix: badge}, {template: '{first}.{last}', case: lower, prefix: 'user:'}]"
    seen = observations(f"{{source: x, time: when, kind: door.opened, actor: {actor}}}", path)
    assert [o.actor for o in seen] == ["user:mia.vos", "badge:17"]


def test_a_spreadsheet_is_read_with_its_own_dates(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["not this one"])
    sheet = book.create_sheet("Log")
    sheet.append(["Date", "Time", "Card", "Door"])
    day = datetime(2026, 3, 1)  # noqa: DTZ001  # a spreadsheet knows no zones
    sheet.append([day, time(8, 15), 4417, "North"])
    sheet.append([None, None, None, None])
    sheet.append([day, "8:16 PM", "0012", "North"])
    book.save(tmp_path / "log.xlsx")
    mapping = """
source: x
file: {sheet: Log}
time: {columns: [Date, Time], zone: Europe/Amsterdam}
kind: door.granted
actor: {column: Card, badge: {}, prefix: badge}
"""
    seen = observations(mapping, tmp_path / "log.xlsx")
    assert [(o.at.hour, o.at.minute, o.actor) for o in seen] == [(7, 15, "badge:4417"), (19, 16, "badge:12")]
    with pytest.raises(FileError, match="it has: Sheet, Log"):
        observations(mapping.replace("sheet: Log", "sheet: Lgo"), tmp_path / "log.xlsx")


def test_json_lines_are_mapped_by_dotted_names(tmp_path: Path) -> None:
    path = file(tmp_path, '{"t": 1772366400, "door": {"name": "N1"}}\nnot json\n', "log.jsonl")
    results = list(rows(parse_mapping("{source: x, time: t, kind: door.opened, place: door.name}"), path))
    first, second = results
    assert isinstance(first, Observation)
    assert first.place == "N1"
    assert isinstance(second, Problem)
    assert second.row == 2


def test_bartizans_own_json_lines_need_no_mapping(tmp_path: Path) -> None:
    path = file(tmp_path, '{"kind": "door.opened", "at": "2026-03-01T12:00:00Z", "id": "1"}\n', "log.jsonl")
    [seen] = rows(built_in(path, "x"), path)
    assert isinstance(seen, Observation)
    assert (seen.kind, seen.key) == ("door.opened", "1")


STAFF = """\
Personalnummer,Nachname,Vorname,Eintritt,Austritt,Beginn,Abteilung,Ausweise
VI-0042,Vos,Mia,01.03.2020,,8:30,Recht,4417; 4418
,Ohne,Nummer,01.03.2020,,,,
"""


def test_a_staff_list_becomes_rows_for_the_estate(tmp_path: Path) -> None:
    mapping = parse_mapping(
        """
target: staff
dates: {day_first: true}
fields:
  code: Personalnummer
  name: {columns: [Vorname, Nachname]}
  joined_on: Eintritt
  left_on: Austritt
  hours_from: Beginn
  department: {column: Abteilung, table: {Recht: LEGAL}}
  badges: Ausweise
"""
    )
    row, problem = list(rows(mapping, file(tmp_path, STAFF)))
    assert isinstance(row, EstateRow)
    assert row.fields == {
        "code": "VI-0042",
        "name": "Mia Vos",
        "joined_on": "2020-03-01",
        "hours_from": "08:30",
        "department": "LEGAL",
        "badges": ["4417", "4418"],
    }
    assert isinstance(problem, Problem)
    assert (problem.column, problem.what) == ("Personalnummer", "code is empty")


def test_numbers_with_a_decimal_comma(tmp_path: Path) -> None:
    mapping = parse_mapping(
        "{target: sites, file: {decimal_comma: true}, fields: {code: a, name: a, latitude: {column: b}}}"
    )
    [row] = rows(mapping, file(tmp_path, "a;b\nML;1.052,25\n"))
    assert isinstance(row, EstateRow)
    assert row.fields["latitude"] == 1052.25


def test_a_mapping_is_suggested_and_works(tmp_path: Path) -> None:
    path = file(tmp_path, BADGE_LOG.split("\n", 1)[1])
    suggested = suggest_mapping(path)
    seen = [result for result in rows(parse_mapping(suggested), path) if isinstance(result, Observation)]
    assert [o.kind for o in seen[:3]] == ["door.granted", "door.denied", "door.granted"]
    assert seen[0].actor == "badge:4417"
    assert "CHECK" in suggested, "the time zone cannot be guessed"


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        list(rows(parse_mapping(MAPPING), tmp_path / "missing.csv"))
    with pytest.raises(FileError, match="holds no rows"):
        list(rows(parse_mapping(MAPPING), file(tmp_path, "")))
    with pytest.raises(FileError, match="is not a spreadsheet"):
        list(rows(parse_mapping(MAPPING), file(tmp_path, "x", "log.xlsx")))
    with pytest.raises(FileError, match="is not a Windows event log"):
        list(rows(built_in(tmp_path / "log.evtx", "x"), file(tmp_path, "x", "log.evtx")))
    with pytest.raises(FileError, match="needs a mapping"):
        built_in(tmp_path / "log.csv", "x")
    with pytest.raises(MappingError, match="cannot be read"):
        load_mapping(tmp_path / "missing.yaml")


def test_values_with_line_breaks_and_quotes(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    with path.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([["when", "door"], ["2026-03-01", 'a "b"\nc'], ["2026-03-02", "d"]])
    mapping = "{source: x, time: when, kind: door.opened, place: door}"
    assert [o.place for o in observations(mapping, path)] == ['a "b"\nc', "d"]


def test_a_line_that_is_ten_megabytes_long_is_read(tmp_path: Path) -> None:
    path = file(tmp_path, f"when,door\n2026-03-01,{'x' * 10_000_000}\n2026-03-01,y\n")
    assert len(observations("{source: x, time: when, kind: door.opened, place: door}", path)) == 2
