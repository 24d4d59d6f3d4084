"""What must be known to every process: of many that add at once, one does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings

from bartizan.core.accounts.cache import KeptCache


def test_of_many_that_take_a_code_at_once_one_does(tmp_path: Path) -> None:
    caches = [KeptCache(str(tmp_path / "cache"), {}) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda cache: cache.add("code", 1, timeout=60), caches))
    assert taken.count(True) == 1


def test_what_was_added_outlives_the_process_that_did(tmp_path: Path) -> None:
    KeptCache(str(tmp_path / "cache"), {}).set("tries", [1.0], 60)
    assert KeptCache(str(tmp_path / "cache"), {}).get("tries") == [1.0]


def test_a_thousand_tries_push_no_used_code_out(tmp_path: Path) -> None:
    cache = KeptCache(str(tmp_path / "cache"), {})
    cache.set("code", 1, 120)
    for number in range(1000):
        cache.set(f"try-{number}", 1, 60)
    assert cache.get("code") == 1


def test_the_tests_have_a_data_folder_of_their_own() -> None:
    assert settings.DATA.name.startswith("bartizan-test-")
