"""The brake on guessing passwords."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bartizan.core.attempts import PAIR, TRACKED, WINDOW, Attempts


def test_a_quarter_of_an_hour_later_one_may_try_again() -> None:
    attempts = Attempts()
    for second in range(PAIR):
        attempts.failed("alice", "192.0.2.1", second)
    assert attempts.wait("alice", "192.0.2.1", 10.0) > 0
    assert attempts.wait("alice", "192.0.2.1", WINDOW + PAIR) == 0


def test_somebody_elsewhere_is_not_kept_out_by_it() -> None:
    attempts = Attempts()
    for second in range(PAIR):
        attempts.failed("alice", "192.0.2.1", second)
    assert attempts.wait("alice", "192.0.2.2", 10.0) == 0
    assert attempts.wait("bob", "192.0.2.1", 10.0) == 0


def test_upper_case_is_the_same_name() -> None:
    attempts = Attempts()
    for second in range(PAIR):
        attempts.failed("Alice", "192.0.2.1", second)
    assert attempts.wait("aLICE", "192.0.2.1", 10.0) > 0


def test_a_right_password_does_not_free_the_address_of_a_script() -> None:
    attempts = Attempts()
    for number in range(20):
        attempts.failed(f"name{number}", "192.0.2.1", 1.0)
    attempts.succeeded("name0", "192.0.2.1")
    assert attempts.wait("somebody", "192.0.2.1", 2.0) > 0


def test_names_made_up_by_the_million_do_not_fill_the_memory() -> None:
    attempts = Attempts()
    for number in range(TRACKED):
        attempts.failed(f"name{number}", f"198.51.100.{number % 250}", float(number) / 1000)
    assert len(attempts._times) <= TRACKED


@given(st.lists(st.floats(0, 10_000), max_size=60))
def test_the_wait_is_never_longer_than_the_window(times: list[float]) -> None:
    attempts = Attempts()
    for at in sorted(times):
        attempts.failed("alice", "192.0.2.1", at)
    assert 0 <= attempts.wait("alice", "192.0.2.1", max(times, default=0.0)) <= WINDOW
