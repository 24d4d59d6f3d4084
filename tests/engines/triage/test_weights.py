"""The shipped weights: whole, small, without narratives, and worth what the docs say of them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.engines.triage import WeightsError, load, shipped, sort
from bartizan.engines.triage.model import SHIPPED, packed
from benchmarks import reports, reports_data

VERIS = Path(reports_data.source()).parent / "veris" / "verisc-enum.json"
needs_data = pytest.mark.skipif(not reports_data.source().exists(), reason=f"{reports_data.source()} is missing")


def test_the_file_is_small_and_says_what_it_was_trained_on() -> None:
    assert SHIPPED.stat().st_size < 1_000_000
    assert len(shipped().data) == 64
    assert len(shipped().version) == 12


def test_a_changed_weight_is_noticed() -> None:
    whole = json.loads(SHIPPED.read_bytes())
    whole["body"]["types"]["bias"][0] += 0.001
    with pytest.raises(WeightsError, match="changed since it was made; install Bartizan again"):
        load(json.dumps(whole).encode())


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff\xfe"])
def test_a_file_that_is_no_weights_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(WeightsError, match="cannot be read"):
        load(content)


def test_another_format_is_refused() -> None:
    body = json.loads(SHIPPED.read_bytes())["body"] | {"format": 99}
    with pytest.raises(WeightsError, match="format 99"):
        load(packed(body))


@given(st.text(max_size=400))
def test_any_text_gets_an_answer_that_is_the_same_twice(text: str) -> None:
    found = sort(text)
    assert found == sort(text)
    assert math.isclose(sum(each.probability for each in found.types), 1)
    assert math.isclose(sum(each.probability for each in found.places), 1)


def test_the_deciding_words_stand_in_the_report() -> None:
    text = "My laptop was stolen from my car last night."
    words = sort(text).words
    assert words
    assert all(word in text.lower() for word in words)


def test_a_very_long_report_is_read_quickly() -> None:
    assert sort("The laptop was stolen. " + "a" * 5_000_000).kind == "theft"


@needs_data
def test_every_veris_word_that_is_given_is_in_the_taxonomy() -> None:
    from bartizan.engines.triage import veris

    book = json.loads(VERIS.read_text())
    for action, variety, vector in [*veris._ACTIONS.values(), *(meaning for _, _, meaning in veris._FINER)]:
        assert variety in book["action"][action]["variety"]
        assert not vector or vector in book["action"][action]["vector"]
    assets = set(book["asset"]["assets"]["variety"])
    given_assets = {*veris._THINGS.values(), *veris._PLACES.values(), "N - Access reader", "M - Smart card"}
    assert given_assets | {"P - Other employee", "P - End-user or employee", "Unknown"} <= assets


@needs_data
def test_no_run_of_words_of_a_narrative_is_in_the_file() -> None:
    body = json.loads(SHIPPED.read_bytes())["body"]
    names = {name.removeprefix("word:") for part in ("types", "places") for name in body[part]["weights"]}
    assert max(len(name.split()) for name in names) <= 6
    words = {word for part in ("types", "places") for word in body[part]["rarity"]}
    assert not any(" " in word for word in words)


@needs_data
def test_near_copies_and_one_institution_stay_together() -> None:
    row = reports_data.breaches()[0]
    other = reports_data.Breach("Something else entirely, in words of its own.", row.types, row.places, "Elsewhere")
    renamed = reports_data.Breach(row.text, row.types, row.places, "A second house")
    same_house = reports_data.Breach("Another telling.", row.types, row.places, row.entity.upper() + ", Inc.")
    first, second, third, fourth = reports_data.groups([row, other, renamed, same_house])
    assert first == third == fourth != second


@needs_data
def test_no_group_is_on_both_sides_of_a_split() -> None:
    group = reports_data.groups(reports_data.breaches())
    for train, test in reports.splits(group, reports.FOLDS):
        assert not {group[at] for at in train} & {group[at] for at in test}


@needs_data
def test_the_shipped_file_is_what_the_training_makes() -> None:
    pytest.importorskip("sklearn")
    assert shipped().data == reports_data.digest()
    assert reports.trained() == SHIPPED.read_bytes()
