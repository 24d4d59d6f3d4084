"""Third-party files are what VENDOR.md says."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import bartizan.web

STATIC = Path(bartizan.web.__file__).parent / "static"
VENDOR = STATIC / "vendor"


def test_every_vendored_file_is_listed_with_its_digest() -> None:
    listed = dict(re.findall(r"^\| (\S+) \|.*`([0-9a-f]{64})` \|$", (VENDOR / "VENDOR.md").read_text(), re.MULTILINE))
    there = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in VENDOR.iterdir()
        if file.name != "VENDOR.md"
    }
    assert listed == there


def test_no_page_style_or_script_of_ours_names_another_site() -> None:
    ours = [*STATIC.glob("bz/*.js"), *STATIC.glob("bz/*.css")]
    assert ours
    for file in ours:
        assert not re.search(r"(https?:)?//(?!www\.w3\.org/)[a-z0-9-]+\.[a-z]{2,}", file.read_text()), file.name


def test_every_icon_that_a_template_asks_for_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'id="i-([a-z]+)"', (STATIC / "bz" / "sprite.svg").read_text()))
    source = Path(bartizan.web.__file__).parents[1]
    asked: dict[str, str] = {}
    for template in source.rglob("templates/**/*.html"):
        asked |= dict.fromkeys(re.findall(r'{% icon "([a-z]+)"', template.read_text()), str(template))
    assert {name: where for name, where in asked.items() if name not in sprite} == {}
