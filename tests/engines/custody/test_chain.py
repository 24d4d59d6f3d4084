"""A chain of custody in which no change can hide."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from bartizan.engines import custody
from bartizan.engines.custody.stamp import message_of
from benchmarks.custody import KEY, Kept, faults, kept, tampers_found
from tests.authority import OPENSSL, Authority

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="Debian's openssl is not installed.")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def case(authority: Authority) -> Kept:
    return kept(Random(7), authority)


def words(one: Kept) -> str:
    return " ".join(fault.words for fault in faults(one))


def with_(one: Kept, **parts: object) -> Kept:
    return replace(one, book=replace(one.book, **parts))  # type: ignore[arg-type]


def test_of_1000_random_tampers_all_are_found() -> None:
    assert tampers_found(1000, seed=41) == (1000, 1000)


def test_a_chain_that_nobody_touched_is_whole(case: Kept) -> None:
    assert faults(case) == []


def test_the_same_link_has_the_same_bytes_whatever_the_zone_of_its_time(case: Kept) -> None:
    link = case.book.links[0]
    there = replace(link, at=link.at.astimezone(datetime.now().astimezone().tzinfo))
    assert custody.canonical(there) == custody.canonical(link)
    with pytest.raises(ValueError, match="without a zone"):
        custody.canonical(replace(link, at=link.at.replace(tzinfo=None)))


def test_an_edit_is_named_with_its_link(case: Kept) -> None:
    links = list(case.book.links)
    links[3] = replace(links[3], taker="Somebody Else")
    assert "Link 4 was edited" in words(with_(case, links=links))


def test_a_missing_link_is_named(case: Kept) -> None:
    links = list(case.book.links)
    assert "Link 3 is missing." in words(with_(case, links=links[:2] + links[3:]))


def test_a_cut_end_is_found_by_the_sealed_head(case: Kept) -> None:
    cut = with_(case, links=case.book.links[:-2])
    assert f"the sealed head knows {len(case.book.links)}: its end was cut off" in words(cut)


def test_a_chain_that_somebody_wrote_anew_is_found_by_whoever_noted_a_link(case: Kept) -> None:
    noted = [custody.Anchor(2, case.book.links[1].digest, "the audit")]
    first = replace(case.book.links[0], why="another reason")
    links = [replace(first, digest=custody.link_digest(first))]
    for link in case.book.links[1:]:
        following = replace(link, previous=links[-1].digest)
        links.append(replace(following, digest=custody.link_digest(following)))
    told = [one.words for one in custody.verify(links, [], noted)]
    assert "Link 2 is not the one that the audit knows: the chain was written anew." in told


def test_without_a_head_a_case_with_links_is_not_whole_and_one_without_anything_is(case: Kept) -> None:
    assert "how long the chain is has been removed" in words(with_(case, head=None))
    assert custody.examine(custody.Book("2026-002", [], [], None), KEY) == []


def test_a_content_that_changed_by_a_byte_or_went_is_named(case: Kept) -> None:
    number = next(iter(case.contents))
    assert f"The content of {number} has changed" in words(replace(case, contents=case.contents | {number: b"other"}))
    gone = {n: c for n, c in case.contents.items() if n != number}
    assert f"The content of {number} is not there" in words(replace(case, contents=gone))


def test_a_time_stamp_holds_and_openssl_says_the_same(case: Kept, authority: Authority) -> None:
    stamp = case.book.stamps[0]
    message = message_of(case.book.case, stamp.number, stamp.digest)
    assert authority.confirms(message, stamp.token)
    assert not authority.confirms(message_of(case.book.case, stamp.number - 1, stamp.digest), stamp.token)
    with pytest.raises(custody.StampError, match="Mismatch"):
        custody.read_token(stamp.token, case.book.case, stamp.number - 1, stamp.digest, stamp.trusted)


def test_a_time_stamp_by_somebody_who_is_not_trusted_proves_nothing(case: Kept, tmp_path: Path) -> None:
    stranger, stamp = Authority(tmp_path, "Stranger"), case.book.stamps[0]
    token = stranger.answer(custody.request_for(case.book.case, stamp.number, stamp.digest))
    with pytest.raises(custody.StampError, match="certificates"):
        custody.read_token(token, case.book.case, stamp.number, stamp.digest, stamp.trusted)


@pytest.mark.parametrize("token", [b"", b"nonsense", b"\x30\x03\x02\x01\x02", b"\x30\x05\x30\x03\x02\x01\x02"])
def test_what_is_no_time_stamp_is_refused_in_words(case: Kept, token: bytes) -> None:
    stamp = case.book.stamps[0]
    with pytest.raises(custody.StampError, match=r"cannot be read|refused"):
        custody.read_token(token, case.book.case, stamp.number, stamp.digest, stamp.trusted)
    with pytest.raises(custody.StampError, match="not in PEM"):
        custody.read_token(stamp.token, case.book.case, stamp.number, stamp.digest, "nothing")


def test_any_bit_of_a_time_stamp_that_is_turned_is_found(case: Kept) -> None:
    stamp, rng = case.book.stamps[0], Random(3)
    for _ in range(60):
        token = bytearray(stamp.token)
        token[rng.randrange(len(token))] ^= 1 << rng.randrange(8)
        assert faults(with_(case, stamps=[replace(stamp, token=bytes(token))]))


def test_a_seal_that_differs_and_a_broken_one_are_named(case: Kept) -> None:
    link = replace(case.book.links[0], exhibit="E-01", step=1, seal_state="", seal_found="", seal_left="S-20872")
    read = replace(link, step=2, seal_state="whole", seal_found="S-20873", seal_left="S-20872")
    broken = replace(read, step=3, seal_state="broken", seal_found="S-20872")
    said = [one.words for one in custody.seal_breaks([link, read, broken])]
    assert said == [
        "E-01: the seal read at step 2 is S-20873, the record says S-20872.",
        "E-01: the seal S-20872 was broken at step 3.",
    ]
    assert custody.seal_breaks([link, replace(read, seal_found="S-20872")]) == []


def test_a_time_when_nobody_had_it_is_named(case: Kept) -> None:
    link = replace(case.book.links[0], exhibit="E-01", step=1, taker="Aisha", taker_ref="")
    kept_on = replace(link, step=2, giver="Aisha", giver_ref="", taker="Jonas", at=link.at + timedelta(hours=1))
    assert custody.gaps([link, kept_on]) == []
    assert "Piet gave what Aisha had" in custody.gaps([link, replace(kept_on, giver="Piet")])[0].words
    assert "lies before step 1" in custody.gaps([link, replace(kept_on, at=link.at - timedelta(hours=1))])[0].words
