"""What leaves the house: who is left out at which level, and that the formats are what they say they are."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import stix2

from bartizan.engines.packets import Gap, Way, manifest_of, redacted, verify
from bartizan.engines.packets.manifest import digest_of
from bartizan.engines.packets.stix import as_stix
from bartizan.engines.packets.tables import chronology_csv, exhibits_csv
from bartizan.engines.packets.uco import as_case
from bartizan.engines.packets.veris import as_veris, problems
from bartizan.engines.pinpoint.who.routes import ROUTE
from tests.engines.dossiers import REPORTED, WITNESS, dossier, veil


def words(level: str) -> str:
    return json.dumps(asdict(redacted(dossier(), level, veil)), default=str, ensure_ascii=False)


def test_the_police_read_the_reported_person_by_name_and_a_witness_as_w1_in_every_text() -> None:
    told = words("authority")
    assert REPORTED in told
    assert WITNESS not in told
    assert "desk of W1" in told
    assert "Badge 4417 of W1" in told


@pytest.mark.parametrize("level", ["regulator", "house"])
def test_no_person_stands_anywhere_in_what_a_regulator_or_the_board_gets(level: str) -> None:
    told = words(level)
    assert not any(one in told for one in (REPORTED, WITNESS, "4417", "P1", "P2", "Mulder", "E-02"))
    assert "a person" in told


@pytest.mark.parametrize("level", ["authority", "regulator", "house"])
def test_what_speaks_against_the_suspicion_is_left_out_of_no_level(level: str) -> None:
    shown = redacted(dossier(), level, veil)
    assert "handed the disk in on 2 Nov" in shown.against[0]
    assert shown.not_examined == (Gap("His own telephone", "no right to", "where the disk is"),)
    assert shown.left_out


@pytest.mark.parametrize("level", ["authority", "regulator", "house"])
def test_the_same_dossier_gives_the_same_bytes(level: str) -> None:
    for writer in (as_stix, as_veris, as_case, chronology_csv, exhibits_csv):
        assert writer(redacted(dossier(), level, veil)) == writer(redacted(dossier(), level, veil))


@pytest.mark.parametrize("route", sorted(ROUTE))
def test_every_route_of_a_verdict_stays_within_the_words_of_veris(route: str) -> None:
    about = ROUTE[route]
    way = Way(route, 0.9, about.action, about.vector, about.technique, "insider", "host")
    record = json.loads(as_veris(dossier(way=way)))
    kind, _, variety = about.action.partition(".")
    assert record["action"][kind]["variety"] == [variety]
    assert "internal" in record["actor"]


def test_a_word_that_is_not_of_veris_is_refused() -> None:
    record = json.loads(as_veris(dossier()))
    assert not list(problems(record))
    record["action"] = {"misuse": {"variety": ["Naughtiness"], "vector": ["LAN access"]}}
    assert list(problems(record)) == ["action.misuse.variety is Naughtiness"]


def test_a_stix_bundle_is_read_back_by_its_own_library_with_its_technique() -> None:
    bundle: Any = stix2.parse(as_stix(redacted(dossier(), "authority", veil)))
    by_type = {one.type: one for one in bundle.objects}
    assert by_type["attack-pattern"].external_references[0].external_id == "T1052.001"
    assert by_type["file"].hashes["SHA-256"] == "a" * 64
    assert {one.id for one in bundle.objects if one.type != "marking-definition"} - {by_type["report"].id} == set(
        by_type["report"].object_refs
    )


@pytest.mark.filterwarnings("ignore")
def test_case_validate_passes_the_graphs_with_exhibits_and_without(tmp_path: Path) -> None:
    """Both at once: the validator takes seconds to read its ontology."""
    validate = pytest.importorskip("case_utils.case_validate").validate
    paths = []
    for number, level in enumerate(("authority", "house"), 41):
        paths.append(tmp_path / f"{level}.jsonld")
        paths[-1].write_bytes(as_case(redacted(dossier(case=f"2026-{number:03d}"), level, veil)))
    result = validate([str(path) for path in paths], allow_warnings=False)
    assert result.conforms, result.text


def test_a_custody_step_in_the_graph_is_informed_by_the_one_before_it() -> None:
    graph = json.loads(as_case(redacted(dossier(), "authority", veil)))["@graph"]
    by_id = {one["@id"]: one for one in graph}
    handed = next(one for one in graph if one.get("uco-core:name") == "E-02 handed over")
    assert by_id[handed["case-investigation:wasInformedBy"][0]["@id"]]["uco-core:name"] == "E-02 taken in"


def test_a_chronology_gives_both_times_and_never_a_formula() -> None:
    row = dossier().rows[0]
    evil = dossier(rows=(type(row)(row.at, "=HYPERLINK(1)", "", is_recorded=True, clock="+ 3 s"),))
    told = list(csv.DictReader(io.StringIO(chronology_csv(evil).decode("utf-8-sig"))))
    assert told[0]["local"] == "2026-11-16 21:03:40 CET"
    assert told[0]["utc"] == "2026-11-16T20:03:40Z"
    assert told[0]["what"] == "'=HYPERLINK(1)"


def test_a_manifest_tells_the_file_that_was_changed_taken_out_or_put_in() -> None:
    files = {"report.pdf": digest_of(b"one"), "stix.json": digest_of(b"two")}
    manifest = manifest_of({"case": "2026-041"}, files)
    assert verify(manifest, files) == []
    found = verify(manifest, {"report.pdf": digest_of(b"other"), "extra.txt": digest_of(b"")})
    assert [(one.file, one.words.split(":")[0]) for one in found] == [
        ("report.pdf", "it was changed"),
        ("stix.json", "it is in the manifest and not in the packet"),
        ("extra.txt", "it is in the packet and not in the manifest"),
    ]
