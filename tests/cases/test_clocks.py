"""Legal clocks of a case, as an officer works them in the console, and who is told that one runs out."""

from __future__ import annotations

import html
import re
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bartizan.cases import actions, queries, tasks
from bartizan.cases.models import Case, Clock, LawAnswers
from bartizan.core.models import AuditEntry, User
from bartizan.core.roles import Role
from bartizan.notices.models import Notice
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db
ZONE = "Europe/Amsterdam"
MONDAY = datetime(2026, 11, 16, 20, 47, tzinfo=UTC)
"""21:47 at The Keep."""


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


@pytest.fixture
def case(here: World) -> Case:
    return actions.open_case(world.alarm(level=2), by=here.alice)


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Wednesday 18 November 2026, 10:20 at The Keep."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 18, 9, 20, tzinfo=UTC))


def started(case: Case, by: User, rule: str = "gdpr-33", at: datetime = MONDAY) -> Clock:
    return actions.start_clock(case, rule, at, "", ZONE, by)


def page(console: Client, case: Case, tab: str = "/clocks") -> str:
    answer = console.get(f"/cases/{case.number}{tab}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def post(console: Client, case: Case, what: str, **form: Any) -> str:
    """What is said when it is refused; empty when it is done."""
    answer = console.post(f"/cases/{case.number}/clocks/do/{what}", form)
    if answer.status_code == 302:
        assert answer["Location"] == f"/cases/{case.number}/clocks"
        return ""
    assert answer.status_code == 422
    found = re.search(r'role="alert">.*?<span>(.*?)</span>', answer.content.decode(), re.DOTALL)
    assert found
    return html.unescape(found[1])


def rows(text: str) -> list[str]:
    """Each clock on the page in plain words, in order."""
    found = re.findall(r'<div class="clock clock-l".*?(?=<details|</div>)', text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


def audit(case: Case, verb: str) -> AuditEntry:
    return AuditEntry.objects.get(subject=f"case:{case.number}", verb=verb)


# -- a clock runs


def test_a_clock_is_started_in_the_console_and_says_when_it_ends_and_why(console: Client, case: Case) -> None:
    assert post(console, case, "start", rule="gdpr-33", trigger_at="2026-11-16T21:47", trigger="the lab rang") == ""
    text = page(console, case)
    assert (
        rows(text)[0] == "GDPR, authority 1 d 11 h 72 hours Thu 21:47 GDPR Art. 33(1) ; the lab rang, Mon 16 Nov 21:47"
    )
    assert 'title="Thu 19 Nov 2026 20:47 UTC"' in text
    assert "72 hours are elapsed hours; week-ends and holidays count." in text
    assert "Regulation (EEC, Euratom) No 1182/71, Article 3(1), leaves out the hour of the trigger" in text
    assert "Not confirmed yet" in text
    assert audit(case, "started clock").detail["due"].startswith("2026-11-19T20:47")


def test_the_two_most_urgent_stand_on_the_overview(console: Client, case: Case, here: World) -> None:
    assert "No legal clock runs." in page(console, case, "")
    for rule in ("hipaa-404", "nis2-notification", "gdpr-33"):
        started(case, here.alice, rule, MONDAY - timedelta(hours=rule == "gdpr-33"))
    names = [row.split("  ")[0] for row in rows(page(console, case, ""))]
    assert [name.partition(",")[0] for name in names] == ["GDPR", "NIS2"]


def test_the_colour_and_the_word_follow_what_is_left(console: Client, case: Case, here: World) -> None:
    now = timezone.now()
    for hours, rule in ((80, "gdpr-33"), (55, "nis2-notification"), (22, "nis2-early-warning"), (1, "hipaa-404")):
        started(case, here.alice, rule, now - timedelta(hours=hours))
    text = page(console, case)
    begun = [row.split(" hours")[0].rsplit(" ", 1)[0] for row in rows(text)[:3]]
    assert begun == [
        "GDPR, authority passed 8 h 00 late",
        "NIS2, early warning urgent 2 h 00",
        "NIS2, notification soon 17 h 00",
    ]
    assert rows(text)[3].startswith("HIPAA, individuals 60 d")
    assert re.findall(r"sev sev-(\w+)", text.split("Running")[1]) == ["critical", "high", "medium"]


def test_a_law_without_a_number_runs_without_an_end(console: Client, case: Case, here: World) -> None:
    clock = started(case, here.alice, "gdpr-34")
    assert clock.due_at is None
    assert "GDPR, people concerned 1 d 12 h since without undue delay" in rows(page(console, case))[0]


def test_the_end_of_a_day_is_its_24_00(console: Client, case: Case, here: World) -> None:
    started(case, here.alice, "nis2-final-report", datetime(2026, 10, 20, 9, tzinfo=UTC))
    assert "Fri 24:00" in rows(page(console, case))[0]


# -- the trigger moves, the duty is met


def test_a_trigger_that_moves_is_a_second_clock_and_the_earlier_binds(console: Client, case: Case, here: World) -> None:
    first = started(case, here.alice)
    assert post(console, case, "move", clock=first.pk, trigger_at="2026-11-18T10:20", because="names confirmed") == ""
    shown = rows(page(console, case))
    assert "1 d 11 h" in shown[0]
    assert "second trigger: names confirmed, Wed 18 Nov 10:20. Both are kept; the earlier binds" in shown[1]
    assert case.clocks.filter(met_at=None).count() == 2
    assert audit(case, "moved trigger of clock").detail["before"].startswith("2026-11-16T20:47")


def test_a_trigger_that_is_found_to_lie_earlier_binds(case: Case, here: World) -> None:
    first = started(case, here.alice)
    second = actions.move_trigger(first, MONDAY - timedelta(hours=3), "an earlier alarm", here.alice)
    assert list(queries.clocks_of(here.alice, case)) == [second, first]


def test_meeting_the_notification_stops_its_clocks_and_starts_the_final_report(
    console: Client, case: Case, here: World
) -> None:
    assert "starts by itself once this is met: NIS2, notification" not in page(console, case)  # not decided yet
    actions.answer_laws(case, {"nis2-entity": True, "significant-incident": True}, here.alice)
    assert "starts by itself once this is met: NIS2, notification" in page(console, case)
    clock = started(case, here.alice, "nis2-notification")
    actions.move_trigger(clock, MONDAY + timedelta(hours=1), "the second host", here.alice)
    assert post(console, case, "meet", clock=clock.pk, met_at="2026-11-18T10:00", met_with="receipt NC-26-7731") == ""
    assert set(case.clocks.filter(rule="nis2-notification").values_list("met_with", flat=True)) == {
        "receipt NC-26-7731"
    }
    report = case.clocks.get(rule="nis2-final-report")
    assert report.due_at == datetime(2026, 12, 18, 23, tzinfo=UTC)
    text = page(console, case)
    assert "NIS2, notification kept" in " ".join(rows(text))
    assert "1 d 11 h before its end" in text
    entry = AuditEntry.objects.filter(verb="started clock").order_by("-pk")[0]
    assert (entry.detail["clock"], entry.detail["after"]) == ("nis2-final-report", "nis2-notification")


def test_what_is_done_late_is_said_to_be_late(console: Client, case: Case, here: World) -> None:
    clock = started(case, here.alice, "nis2-early-warning")
    assert post(console, case, "meet", clock=clock.pk, met_at="2026-11-17T22:00", met_with="portal") == ""
    assert "NIS2, early warning late" in " ".join(rows(page(console, case)))
    assert audit(case, "met clock").detail["late"] is True


def test_a_clock_is_set_aside_with_a_reason_and_stays_listed(console: Client, case: Case, here: World) -> None:
    clock = started(case, here.alice)
    assert (
        post(console, case, "aside", clock=clock.pk, because=" ")
        == "Say why this clock does not count; the reason stays with it."
    )
    assert post(console, case, "aside", clock=clock.pk, because="counsel: not a controller") == ""
    assert "GDPR, authority set aside" in " ".join(rows(page(console, case)))
    assert post(console, case, "meet", clock=clock.pk, met_at="2026-11-18T10:00", met_with="x") == (
        "GDPR, authority does not run any more: it was set aside."
    )


def test_counsel_s_word_is_kept_with_the_clock(console: Client, case: Case, here: World) -> None:
    clock = started(case, here.alice)
    assert post(console, case, "confirm", clock=clock.pk, counsel="Hanneke de Wit") == ""
    assert "Confirmed by Hanneke de Wit" in page(console, case)
    assert "1 of 1 clock confirmed by counsel" in page(console, case)


# -- holds


def test_a_hold_is_refused_where_the_statute_allows_none(console: Client, case: Case, here: World) -> None:
    clock = started(case, here.alice)
    said = post(
        console,
        case,
        "hold",
        clock=clock.pk,
        form="written",
        stated_at="2026-11-17T09:00",
        until="2026-12-01",
        by="Police",
    )
    assert said.startswith("GDPR, Regulation (EU) 2016/679, Art. 33(1), allows no hold. Article 33 has no such clause")
    clock.refresh_from_db()
    assert clock.holds == []
    assert "Not allowed. Article 33 has no such clause" in page(console, case)


def test_a_hold_moves_every_clock_of_the_duty(console: Client, case: Case, here: World) -> None:
    clock = started(case, here.alice, "hipaa-404")
    second = actions.move_trigger(clock, MONDAY + timedelta(days=1), "another list", here.alice)
    Clock.objects.filter(pk=clock.pk).update(told="quarter")
    assert post(console, case, "hold", clock=clock.pk, form="written", stated_at="2026-11-18T09:00", until="2027-03-01",
                by="Agent Fox, FBI Albany") == ""  # fmt: skip
    for each in (clock, second):
        each.refresh_from_db()
        assert (each.due_at, each.told) == (datetime(2027, 3, 1, 23, tzinfo=UTC), "")
    assert "held by Agent Fox, FBI Albany (written statement) until the end of Mon 1 Mar 2027" in page(console, case)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"until": "2027-01-17", "form": "oral"}, "45 CFR 164.412 allows at most 30 days"),
        ({"by": ""}, "Say who made the statement"),
        ({"until": "soon"}, "“soon” is not a day; write it like 2026-11-17."),
        ({"stated_at": "2026-11-19T09:00"}, "The statement lies in the future."),
        ({"form": "sung"}, "“sung” is none"),
    ],
)
def test_a_hold_that_is_not_as_the_statute_wants_it_is_refused_in_words(
    console: Client, case: Case, here: World, wrong: dict[str, str], words: str
) -> None:
    clock = started(case, here.alice, "hipaa-404")
    form = {"form": "written", "stated_at": "2026-11-18T09:00", "until": "2027-02-01", "by": "Agent Fox"}
    assert words in post(console, case, "hold", clock=clock.pk, **(form | wrong))
    clock.refresh_from_db()
    assert clock.holds == []


# -- what cannot be


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"trigger_at": ""}, "Give the time of the trigger, on the site's clock."),
        ({"trigger_at": "monday"}, "“monday” is not a date and a time; write it like 2026-11-17 10:30."),
        ({"trigger_at": "9999-12-31T23:59"}, "is no time of the trigger"),
        ({"trigger_at": "2026-11-18T11:20"}, "The trigger lies in the future. Give the time at which it happened."),
        ({"trigger_at": "2026-03-29T02:30"}, "02:30 on Sun 29 Mar 2026 never was in Europe/Amsterdam"),
        ({"trigger_at": "2026-10-25T02:30"}, "came twice in Europe/Amsterdam (CEST or CET)"),
        ({"trigger_at": "2026-11-16T21:47+01:00"}, "without a zone"),
        ({"rule": "gdpr-99"}, "Choose the law from the list."),
        ({"rule": ""}, "Choose the law from the list."),
    ],
)
def test_a_clock_that_cannot_be_started_says_why(
    console: Client, case: Case, wrong: dict[str, str], words: str
) -> None:
    form = {"rule": "gdpr-33", "trigger_at": "2026-11-16T21:47"} | wrong
    assert words in post(console, case, "start", **form)
    assert not Clock.objects.exists()


def test_the_hour_that_came_twice_is_asked_for_and_taken(console: Client, case: Case) -> None:
    form = {"deed": "start", "rule": "gdpr-33", "trigger_at": "2026-10-25T02:30"}
    answer = console.post(f"/cases/{case.number}/clocks/do/start", form)
    assert "In the hour that came twice" in answer.content.decode()
    assert post(console, case, "start", **form, which="second") == ""
    assert Clock.objects.get().trigger_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_law_that_runs_already_is_not_started_twice(console: Client, case: Case, here: World) -> None:
    started(case, here.alice)
    assert "runs already" in post(console, case, "start", rule="gdpr-33", trigger_at="2026-11-17T21:47")
    assert "has had a clock from that very time" in post(
        console, case, "move", clock=Clock.objects.get().pk, trigger_at="2026-11-16T21:47", because="again"
    )


def test_what_is_met_before_its_trigger_or_without_a_word_is_refused(console: Client, case: Case, here: World) -> None:
    clock = started(case, here.alice)
    assert "before its trigger" in post(console, case, "meet", clock=clock.pk, met_at="2026-11-16T20:00", met_with="x")
    assert "Say what was done" in post(console, case, "meet", clock=clock.pk, met_at="2026-11-17T20:00", met_with=" ")
    assert "Choose a clock" in post(console, case, "meet", clock="first", met_at="2026-11-17T20:00", met_with="x")


def test_a_clock_of_another_case_is_not_found(console: Client, case: Case, here: World) -> None:
    other = actions.open_case(headline="Another", by=here.alice)
    clock = started(other, here.alice)
    answer = console.post(f"/cases/{case.number}/clocks/do/aside", {"clock": clock.pk, "because": "x"})
    assert answer.status_code == 404
    assert console.post(f"/cases/{case.number}/clocks/do/sing").status_code == 404


# -- which laws apply


def test_laws_that_the_answers_rule_out_are_listed_last_with_the_reason(console: Client, case: Case) -> None:
    assert post(console, case, "answer", **{"fact-sec-registrant": "no", "fact-individuals": "499"}) == ""
    text = page(console, case)
    assert text.index("Not started") < text.index("Do not apply")
    shown = rows(text)
    assert [row for row in shown if "does not apply" in row] == shown[-2:]
    assert (
        "SEC, Form 8-K does not apply 4 business days SEC Item 1.05(a) ; the organisation files no reports on Form 8-K"
        in shown[-1]
    )
    assert "fewer than 500 individuals are concerned" in " ".join(shown[-2:])
    said = post(console, case, "start", rule="sec-8k-105", trigger_at="2026-11-16T21:47")
    assert (
        said
        == "SEC, Form 8-K does not apply here: the organisation files no reports on Form 8-K. Change that answer first."
    )


def test_an_answer_can_be_taken_back_and_is_in_the_audit(console: Client, case: Case) -> None:
    post(console, case, "answer", **{"fact-sec-registrant": "no"})
    post(console, case, "answer", **{"fact-sec-registrant": ""})
    assert LawAnswers.objects.get().answers == {}
    entries = AuditEntry.objects.filter(verb="answered what decides the laws").order_by("pk")
    assert [entry.detail["after"] for entry in entries] == [{"sec-registrant": False}, {"sec-registrant": None}]


@pytest.mark.parametrize("answer", ["many", "-1", "1.5", "9" * 30])
def test_a_number_that_is_none_is_refused(console: Client, case: Case, answer: str) -> None:
    assert "is no number that answers: How many individuals" in post(
        console, case, "answer", **{"fact-individuals": answer}
    )
    assert not LawAnswers.objects.exists()


# -- who sees it, who is told


def test_a_reader_sees_the_clocks_and_can_do_nothing_to_them(client: Client, case: Case, here: World) -> None:
    clock = started(case, here.alice)
    client.force_login(world.officer("audra", "Audra", "Aud", "", Role.AUDITOR))
    text = page(client, case)
    assert "GDPR, authority" in rows(text)[0]
    assert "clocks/do" not in text
    assert client.post(f"/cases/{case.number}/clocks/do/aside", {"clock": clock.pk}).status_code == 403


def test_who_does_not_see_the_case_sees_no_clock_of_it(case: Case, here: World) -> None:
    started(case, here.alice)
    elsewhere = world.officer("ed", "Ed", "Else", "", Role.SPECIALIST)
    elsewhere.sites = ["XX"]
    elsewhere.save()
    assert not queries.clocks_of(elsewhere, case).exists()
    assert queries.clocks_of(here.bob, case).exists()


def told() -> list[tuple[str, int]]:
    found = Notice.objects.filter(trigger="case-clock", user__isnull=False).order_by("pk")
    return list(found.values_list("user__username", "level"))


def test_the_lead_and_the_chief_are_told_at_a_quarter_an_hour_and_the_end_once_each(case: Case, here: World) -> None:
    User.objects.filter(pk=here.bob.pk).update(role=Role.SPECIALIST)
    guard = world.officer("gil", "Gil", "Guard", "", Role.SPECIALIST)
    actions.set_lead(case, guard, here.alice)
    due = started(case, here.alice).due_at
    assert due is not None
    hour = timedelta(hours=1)
    for at, level in ((due - 19 * hour, 0), (due - 18 * hour, 2), (due - hour, 3), (due, 4)):
        before = len(told())
        actions.tell_due(at)
        actions.tell_due(at + timedelta(seconds=30))
        assert told()[before:] == ([("gil", level), ("alice", level)] if level else [])
    words = Notice.objects.filter(trigger="case-clock").order_by("-pk")[0]
    assert words.words == (
        f"GDPR, authority passed 0 s ago in case {case.number}: Art. 33(1), "
        "to the competent supervisory authority (Art. 55, Art. 56 where processing is cross-border)"
    )
    assert words.url == f"/cases/{case.number}/clocks"


def test_a_clock_that_was_met_or_has_no_end_tells_nobody(case: Case, here: World) -> None:
    clock = started(case, here.alice)
    started(case, here.alice, "gdpr-34")
    actions.meet_clock(clock, MONDAY + timedelta(hours=2), "receipt", here.alice)
    assert actions.tell_due(MONDAY + timedelta(days=30)) == 0
    assert told() == []


def test_an_open_hold_form_comes_back_with_what_was_typed(console: Client, case: Case, here: World) -> None:
    clock = started(case, here.alice, "hipaa-404")
    form = {"deed": "hold", "clock": clock.pk, "form": "oral", "by": "Agent Fox", "stated_at": "2026-11-18T09:00",
            "until": str(date(2027, 3, 1))}  # fmt: skip
    text = console.post(f"/cases/{case.number}/clocks/do/hold", form).content.decode()
    assert re.search(r'<details class="clock-more more" open>', text)
    assert 'value="Agent Fox"' in text
    assert '<option value="oral" selected>' in text


def test_the_worker_looks_at_the_clocks(case: Case, here: World) -> None:
    started(case, here.alice, at=timezone.now() - timedelta(hours=71, minutes=30))
    stop = threading.Event()
    threading.Timer(0.6, stop.set).start()
    tasks.work(stop)
    assert told() == [("alice", 3), ("bob", 3)]


def test_a_clock_that_was_set_aside_can_be_started_again_from_another_time(
    console: Client, case: Case, here: World
) -> None:
    clock = started(case, here.alice)
    assert '<option value="gdpr-33"' not in page(console, case)
    actions.set_aside_clock(clock, "the wrong day", here.alice)
    assert '<option value="gdpr-33"' in page(console, case)
    assert post(console, case, "start", rule="gdpr-33", trigger_at="2026-11-17T21:47") == ""


def test_a_question_that_decides_nothing_any_more_is_not_asked(console: Client, case: Case, here: World) -> None:
    assert "How many individuals are concerned?" in page(console, case)
    actions.answer_laws(case, {"hipaa-entity": False}, here.alice)
    text = page(console, case)
    assert "How many individuals are concerned?" not in text
    assert "Is the organisation a covered entity under HIPAA" in text
