"""A source's clock on its page: measured by somebody against something, taken back with a reason, proposed at most."""

from __future__ import annotations

import html
from datetime import UTC, datetime

import pytest
from django.test import Client

from bartizan.core.models import AuditEntry
from bartizan.core.roles import Role
from bartizan.watch.models import ClockOffset, Source
from tests import world
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]
FORM = {
    "of": "clock", "seconds": "3:40", "way": "ahead", "error": "2", "how": "Its screen against a radio clock",
    "by": "Bob Bell", "at": "2026-11-17T10:30", "since": "", "until": "",
}  # fmt: skip


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    Source.objects.create(name="doors", connector="http")
    return client


def page(console: Client, query: str = "") -> str:
    return html.unescape(console.get(f"/sources/doors{query}").content.decode())


def test_a_measurement_is_recorded_with_who_and_how_and_audited(console: Client) -> None:
    assert "Inquiries take it to be right to ± 10 s" in page(console)
    answer = console.post("/sources/doors/do/clock", FORM | {"since": "2026-11-01T00:00"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sources/doors#clock")
    made = ClockOffset.objects.get()
    assert (made.source, made.ahead_seconds, made.error_seconds, made.until) == ("doors", 220, 2, None)
    assert made.measured_at == datetime(2026, 11, 17, 9, 30, tzinfo=UTC)
    assert made.since == datetime(2026, 10, 31, 23, tzinfo=UTC)
    text = page(console)
    assert "3 min 40 s ahead, ± 2 s" in text
    assert "Its screen against a radio clock; Bob Bell" in text
    line = AuditEntry.objects.get(subject="source:doors", verb="recorded the clock of")
    assert line.detail["ahead_seconds"] == 220


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"seconds": "a while"}, "Say by how much the clock is wrong"),
        ({"seconds": "90000"}, "More than a day cannot be taken out here"),
        ({"error": "0"}, "to how many seconds the difference is known"),
        ({"error": "few"}, "Say to how many seconds that is known"),
        ({"how": " "}, "Say how it was measured"),
        ({"by": ""}, "Say who measured it"),
        ({"at": ""}, "Say when it was measured"),
        ({"at": "17 November"}, "“17 November” under “measured at” is no date and time"),
        ({"at": "2999-01-01T00:00"}, "a time that has not come yet"),
        ({"at": "2026-11-17T10:30+02:00"}, "without a zone"),
        ({"since": "2026-11-02T00:00", "until": "2026-11-01T00:00"}, "exchange “from” and “until”"),
        ({"since": "2026-03-29T02:30"}, "the clocks went forward over it"),
    ],
)
def test_a_wrong_measurement_is_refused_in_words_and_what_was_typed_stays(
    console: Client, wrong: dict[str, str], words: str
) -> None:
    answer = console.post("/sources/doors/do/clock", FORM | {"how": "By telephone"} | wrong)
    text = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert words in text
    if "how" not in wrong:
        assert 'value="By telephone"' in text
    assert not ClockOffset.objects.exists()


def test_behind_is_less_than_nothing(console: Client) -> None:
    console.post("/sources/doors/do/clock", FORM | {"seconds": "1:00:00.5", "way": "behind"})
    assert ClockOffset.objects.get().ahead_seconds == -3600.5


def test_a_measurement_is_taken_back_with_a_reason_and_stays_to_be_read(console: Client) -> None:
    console.post("/sources/doors/do/clock", FORM)
    told = {"of": "clock-back", "offset": str(ClockOffset.objects.get().pk), "because": " "}
    refused = console.post("/sources/doors/do/clock-back", told)
    assert refused.status_code == 422
    assert "Say why the measurement is taken back" in refused.content.decode()
    again = told | {"because": "It was the north recorder"}
    assert console.post("/sources/doors/do/clock-back", again).status_code == 302
    assert "It was the north recorder" in page(console)
    assert console.post("/sources/doors/do/clock-back", again).status_code == 422
    Source.objects.create(name="other", connector="http")
    assert console.post("/sources/other/do/clock-back", again).status_code == 404
    assert console.post("/sources/doors/do/clock-back", {"of": "clock-back", "offset": "x"}).status_code == 404


def test_how_its_events_arrive_is_a_proposal_and_corrects_nothing(console: Client) -> None:
    assert "Begin with this figure" not in page(console)
    Source.objects.update(skew_seconds=-94.24)
    assert "94.2 s behind of ours" in page(console)
    text = page(console, "?clock=estimate")
    assert 'value="94.2"' in text
    assert "median of its last live events" in text
    assert not ClockOffset.objects.exists()
    Source.objects.update(skew_seconds=0.1)
    assert "Begin with this figure" not in page(console, "?clock=estimate")


def test_who_may_not_change_sources_reads_it_and_records_nothing(console: Client, here: World) -> None:
    console.post("/sources/doors/do/clock", FORM)
    auditor = world.officer("olga", "Olga", "Orr", "Auditor", Role.AUDITOR)
    console.force_login(auditor)
    text = page(console)
    assert "3 min 40 s ahead" in text
    assert "Record a measurement" not in text
    assert console.post("/sources/doors/do/clock", FORM).status_code == 403
    assert ClockOffset.objects.count() == 1


def test_it_outlives_the_source_as_its_events_do(console: Client) -> None:
    console.post("/sources/doors/do/clock", FORM)
    console.post("/sources/doors/do/remove", {"typed": "doors"})
    assert ClockOffset.objects.filter(source="doors").exists()
