"""Pages and our own files come compressed to whoever takes it, and whole to whoever does not."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli
import pytest
from django.test import Client

from tests import world

pytestmark = pytest.mark.django_db


def test_a_page_is_compressed_for_a_browser_that_takes_it(client: Client) -> None:
    client.force_login(world.build().alice)
    packed = client.get("/registers", headers={"Accept-Encoding": "gzip, deflate"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(client.get("/registers").content) / 2
    assert b"<h1>Registers" in gzip.decompress(packed.content)


def test_two_answers_of_the_same_page_differ_in_length_so_that_it_tells_no_secret(client: Client) -> None:
    client.force_login(world.build().alice)
    lengths = {len(client.get("/registers", headers={"Accept-Encoding": "gzip"}).content) for _ in range(12)}
    assert len(lengths) > 1


@pytest.mark.parametrize(
    ("takes", "encoding", "unpack"),
    [("gzip", "gzip", gzip.decompress), ("gzip, deflate, br", "br", brotli.decompress)],
)
def test_our_own_files_are_compressed_once_and_say_so(
    client: Client, takes: str, encoding: str, unpack: Callable[[bytes], bytes]
) -> None:
    packed = client.get("/static/vendor/tabler.min.css", headers={"Accept-Encoding": takes})
    body = b"".join(packed)  # type: ignore[arg-type]  # a stream
    assert packed["Content-Encoding"] == encoding
    assert "Accept-Encoding" in packed["Vary"]
    plain = b"".join(client.get("/static/vendor/tabler.min.css"))  # type: ignore[arg-type]
    assert unpack(body) == plain
    assert len(body) < len(plain) / 5


def test_a_font_is_left_as_it_is(client: Client) -> None:
    answer = client.get("/static/vendor/inter.woff2", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_a_stream_leaves_line_by_line(client: Client) -> None:
    client.force_login(world.build().alice)
    answer = client.get("/registers/people.csv", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
