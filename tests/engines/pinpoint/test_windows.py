"""Which ten minutes stand out, when nobody knows yet what happened."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.engines.pinpoint.units import MINUTE
from bartizan.engines.pinpoint.windows import Alert, windows

DAY = 24 * 60 * MINUTE


def ordinary(days: int = 5) -> list[Alert]:
    """Four machines that each raise their own kind of alert every half hour."""
    own = {"mail": "spam", "web": "404", "vpn": "refused", "dns": "long name"}
    return [
        Alert(day * DAY + n * 30 * MINUTE, kind, host)
        for day in range(days)
        for n in range(48)
        for host, kind in own.items()
    ]


def attack(host: str = "intranet", at: int = 3 * DAY + 11 * 60 * MINUTE) -> list[Alert]:
    return [Alert(at + n * MINUTE, kind, host) for n in range(10) for kind in ("spam", "404", "long name")]


def test_alerts_from_where_they_never_come_stand_out() -> None:
    first, *_ = windows([*ordinary(), *attack()])
    assert first.since == 3 * DAY + 11 * 60 * MINUTE
    assert first.until - first.since == 10 * MINUTE
    assert first.entry == "intranet"
    assert {(one.kind, one.host) for one in first.oddities} >= {("spam", "intranet"), ("404", "intranet")}


def test_an_attack_that_goes_on_for_an_hour_does_not_make_itself_usual() -> None:
    begin = 3 * DAY + 11 * 60 * MINUTE
    long = [Alert(begin + n * MINUTE // 4, "404", "intranet") for n in range(240)]
    first, *_ = windows([*ordinary(), *long])
    assert begin <= first.since < begin + 60 * MINUTE
    assert first.entry == "intranet"


def test_a_flood_of_one_usual_kind_does_not_outweigh_several_strange_ones() -> None:
    flood = [Alert(DAY + n, "spam", "mail") for n in range(5_000)]
    first, *_ = windows([*ordinary(), *flood, *attack()])
    assert first.entry == "intranet"


def test_the_order_of_the_alerts_makes_no_difference() -> None:
    alerts = [*ordinary(), *attack()]
    shuffled = list(alerts)
    Random(4).shuffle(shuffled)
    assert windows(alerts) == windows(shuffled)


def test_with_one_host_nothing_can_be_surprising() -> None:
    assert windows([Alert(n * MINUTE, "404", "web") for n in range(500)]) == ()
    assert windows([]) == ()


def test_a_window_lasts_a_minute_at_least() -> None:
    with pytest.raises(ValueError, match="a minute at least"):
        windows(attack(), minutes=0)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(Alert, st.integers(0, 3 * DAY), st.sampled_from("abc"), st.sampled_from(("x", "y", "z"))), max_size=80
    )
)
def test_windows_come_in_order_hold_their_alerts_and_add_up(alerts: list[Alert]) -> None:
    found = windows(alerts, most=1_000)
    assert [one.nats for one in found] == sorted((one.nats for one in found), reverse=True)
    for one in found:
        assert one.alerts == sum(one.since <= alert.time < one.until for alert in alerts)
        assert one.nats == pytest.approx(sum(nats for _host, nats in one.hosts))
        assert one.entry == one.hosts[0][0]
        assert all(0 < odd.share < 1 for odd in one.oddities)


def test_four_attacked_companies_are_seen_to_be_so_and_where() -> None:
    from benchmarks import ait

    if absent := ait.missing():
        pytest.skip(f"test data {absent}")
    assert ait.first() == (4, 4)
