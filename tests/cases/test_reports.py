"""A report by anyone: with a name or without, coming back with the code, and what the office does with it."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bartizan.cases import actions, queries
from bartizan.cases.actions.report import LARGEST_FILE, Told
from bartizan.cases.models import Report
from bartizan.cases.pages.report_limits import ANSWERS, REPORTS, WRONG_CODES
from bartizan.core import vault
from bartizan.core.models import AuditEntry, File, User
from bartizan.core.roles import Role
from bartizan.engines import triage
from bartizan.notices.models import Notice
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db
WORDS = "My laptop was stolen from my car last night."
ADDRESS = "203.0.113.77"


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def stranger(here: World) -> Client:
    return Client(REMOTE_ADDR=ADDRESS)


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


@pytest.fixture
def carol(here: World) -> User:
    account = world.officer("carol", "Carol", "Cole", "", Role.EMPLOYEE)
    User.objects.filter(pk=account.pk).update(person=here.carol.code)
    return User.objects.get(pk=account.pk)


def send(client: Client, **more: Any) -> Any:
    once = re.search(r'name="once" value="(\w+)"', client.get("/report").content.decode())
    assert once
    return client.post("/report", {"words": WORDS, "once": once[1]} | more)


def code_in(page: str) -> str:
    found = re.search(r'class="code-once"[^>]*>([0-9A-Z-]+)<', page)
    assert found, page
    return found[1]


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_a_stranger_reports_without_a_name_and_comes_back_with_the_code(stranger: Client, here: World) -> None:
    code = code_in(text(send(stranger, place="car park", happened="last night")))
    report = Report.objects.get()
    assert (report.by, report.place, report.kind, report.state) == (None, "car park", "theft", "new")
    actions.ask_reporter(report, "Which colour is the car?", here.alice)
    page = text(stranger.post("/report/back", {"code": code.lower().replace("-", " ")}))
    assert "The office has a question for you." in page
    assert "Which colour is the car?" in page
    assert "Alice" not in page
    answered = stranger.post("/report/back", {"code": code, "words": "Green."})
    assert "Your answer has arrived." in text(answered)
    report.refresh_from_db()
    assert report.state == "answered"
    assert [one.words for one in report.messages.order_by("pk")] == ["Which colour is the car?", "Green."]


def test_the_code_has_a_hundred_bits_and_only_its_digest_is_kept(here: World) -> None:
    report, code = actions.file_report(Told(WORDS))
    assert len(code.replace("-", "")) * 5 >= 80
    assert code not in str(Report.objects.values().get())
    assert code.replace("-", "") not in str(Report.objects.values().get()) + str(list(AuditEntry.objects.values()))
    assert queries.report_of(code) == report
    _, other = actions.file_report(Told(WORDS))
    assert other != code


def test_letters_that_are_misread_open_the_report_all_the_same(here: World) -> None:
    report, code = actions.file_report(Told(WORDS))
    assert queries.report_of(f" {code.lower().replace('0', 'o').replace('1', 'l')} ") == report


@pytest.mark.parametrize("code", ["", "x", "0" * 19, "0" * 20, "💥" * 20, "\x00"])
def test_a_wrong_code_opens_nothing_and_says_so(stranger: Client, code: str) -> None:
    send(stranger)
    answer = stranger.post("/report/back", {"code": code})
    assert answer.status_code == 422
    assert "No report has this code" in text(answer)
    assert WORDS not in text(answer)


def test_no_address_is_kept_with_a_report_without_a_name(stranger: Client, here: World) -> None:
    code = code_in(text(send(stranger, file=SimpleUploadedFile("car.txt", b"green"))))
    actions.ask_reporter(Report.objects.get(), "Which colour?", here.alice)
    stranger.post("/report/back", {"code": code, "words": "Green."})
    lines = AuditEntry.objects.filter(subject__startswith="report:", by=None)
    assert {line.verb for line in lines} == {"reported", "added file", "answered"}
    assert {line.origin for line in lines} == {"report form"}
    everything = str(list(AuditEntry.objects.values())) + str(Report.objects.values().get())
    assert ADDRESS not in everything + str(list(File.objects.values()))


def test_an_employee_reports_under_the_own_name_or_leaves_it_out(stranger: Client, carol: User) -> None:
    stranger.force_login(carol)
    send(stranger)
    send(stranger, unnamed="1", words="Another one: my badge is lost.")
    named, unnamed = Report.objects.order_by("pk")
    assert (named.by, unnamed.by) == (carol, None)
    assert "carol" not in str(list(AuditEntry.objects.filter(subject=f"report:{unnamed.number}").values()))
    mine = text(stranger.get("/report/back"))
    assert named.number in mine
    assert unnamed.number not in mine
    assert WORDS in text(stranger.post("/report/back", {"report": named.number}))
    assert stranger.post("/report/back", {"report": unnamed.number}).status_code == 422
    assert "Report something" in text(stranger.get("/me"))


def test_an_employee_gets_a_notice_of_a_question_and_sees_no_office_page(
    stranger: Client, carol: User, here: World
) -> None:
    stranger.force_login(carol)
    send(stranger)
    report = Report.objects.get()
    actions.ask_reporter(report, "Which colour?", here.alice)
    assert Notice.objects.filter(user=carol, trigger="report-asked").count() == 1
    assert stranger.get("/reports").status_code == 403
    assert stranger.get(f"/reports/{report.number}").status_code == 403
    assert not queries.reports(carol).exists()


def test_whoever_is_on_call_hears_of_a_new_report(stranger: Client, here: World) -> None:
    send(stranger)
    told = Notice.objects.filter(trigger="report-received")
    assert {notice.user for notice in told} >= {here.alice}
    assert "A theft" in told[0].words
    assert told[0].url == f"/reports/{Report.objects.get().number}"


def test_a_file_goes_into_the_vault_and_officers_alone_get_it(stranger: Client, console: Client) -> None:
    send(stranger, file=SimpleUploadedFile("car.txt", b"green"))
    report, file = Report.objects.get(), File.objects.get()
    assert file.subject == f"report:{report.number}"
    page = text(console.get(f"/reports/{report.number}"))
    assert f'href="/files/{file.pk}"' in page
    assert b"".join(vault.read(file.digest)) == b"green"
    assert console.get(f"/files/{file.pk}").status_code == 200
    assert stranger.get(f"/files/{file.pk}").status_code == 302


def test_a_file_that_is_too_large_is_refused_in_words_and_nothing_is_kept(stranger: Client) -> None:
    answer = send(stranger, file=SimpleUploadedFile("film.mp4", b"x" * (LARGEST_FILE + 1)))
    assert answer.status_code in (413, 422)
    assert "over 20 MB" in text(answer)
    assert not Report.objects.exists()
    assert not File.objects.exists()


def test_a_body_that_says_it_is_too_large_is_not_even_read(here: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/report", {"words": WORDS}, CONTENT_LENGTH=str(LARGEST_FILE * 3))
    assert answer.status_code == 413
    assert "over 20 MB" in text(answer)


@pytest.mark.parametrize("words", ["", "   ", "x" * 10_001, "nul \x00 byte"])
def test_bad_words_are_refused_with_the_reason_and_kept_in_the_form(stranger: Client, words: str) -> None:
    answer = send(stranger, words=words, place="car park")
    assert answer.status_code == 422
    assert 'value="car park"' in text(answer)
    assert not Report.objects.exists()


def test_an_empty_file_is_refused(stranger: Client) -> None:
    answer = send(stranger, file=SimpleUploadedFile("empty.txt", b""))
    assert answer.status_code == 422
    assert not Report.objects.exists()


@pytest.mark.parametrize("address", ["/report", "/report/back"])
def test_a_form_from_elsewhere_is_refused(here: World, address: str) -> None:
    assert Client(enforce_csrf_checks=True).post(address, {"words": WORDS, "code": "x"}).status_code == 403
    assert not Report.objects.exists()


def test_the_same_form_sent_twice_makes_one_report(stranger: Client) -> None:
    for wanted in (200, 422):
        assert stranger.post("/report", {"words": WORDS, "once": "the same"}).status_code == wanted
    assert Report.objects.count() == 1


def test_a_form_without_its_mark_is_asked_for_again(stranger: Client) -> None:
    assert stranger.post("/report", {"words": WORDS}).status_code == 422
    assert not Report.objects.exists()


def test_a_script_is_slowed_down_and_another_address_is_not(stranger: Client) -> None:
    for _ in range(REPORTS.most):
        assert send(stranger).status_code == 200
    slowed = send(stranger)
    assert slowed.status_code == 429
    assert "Wait an hour" in text(slowed)
    assert send(Client(REMOTE_ADDR="198.51.100.3")).status_code == 200
    assert Report.objects.count() == REPORTS.most + 1


def test_guessing_codes_is_stopped_even_for_a_right_one(stranger: Client) -> None:
    code = code_in(text(send(stranger)))
    for _ in range(WRONG_CODES.most):
        assert stranger.post("/report/back", {"code": "0" * 20}).status_code == 422
    assert stranger.post("/report/back", {"code": code}).status_code == 429
    assert Client(REMOTE_ADDR="198.51.100.3").post("/report/back", {"code": code}).status_code == 200


def test_answers_are_limited_too(stranger: Client) -> None:
    code = code_in(text(send(stranger)))
    for _ in range(ANSWERS.most):
        assert stranger.post("/report/back", {"code": code, "words": "more"}).status_code == 200
    assert stranger.post("/report/back", {"code": code, "words": "more"}).status_code == 429


def test_what_counts_visits_does_not_hold_the_address(stranger: Client, settings: Any) -> None:
    send(stranger)
    kept = [path.read_bytes() for path in Path(settings.CACHES["default"]["LOCATION"]).glob("*.djcache")]
    assert kept
    assert not any(ADDRESS.encode() in content for content in kept)


def test_the_page_says_the_kind_and_why(console: Client) -> None:
    report, _ = actions.file_report(Told(WORDS, place="car park"))
    page = text(console.get(f"/reports/{report.number}"))
    for words in ("A theft", "Words that decided", "stolen", "U - Laptop", "Laptop", "three in four", "no name"):
        assert words in page
    assert report.number in text(console.get("/reports"))


def test_for_a_kind_that_the_model_does_not_know_it_shows_no_breach_type(console: Client) -> None:
    report, _ = actions.file_report(Told("The fire door on level 2 does not close."))
    page = text(console.get(f"/reports/{report.number}"))
    assert "this is our rule alone" in page
    assert "Breach type, by the model" not in page


def test_a_report_that_says_nothing_is_not_sure_and_can_be_sorted_by_hand(console: Client, here: World) -> None:
    report, _ = actions.file_report(Told("Please call me back."))
    assert report.kind == "not sure"
    assert "Nothing in the words stands out" in text(console.get(f"/reports/{report.number}"))
    console.post(f"/reports/{report.number}/sort", {"kind": "threat"})
    report.refresh_from_db()
    assert (report.kind, report.level, report.is_sorted_by_hand) == ("threat", 4, True)
    assert console.post(f"/reports/{report.number}/sort", {"kind": "nonsense"}).status_code == 422


def test_a_report_is_taken_in_even_when_the_weights_are_broken(
    console: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(text: str) -> None:
        raise triage.WeightsError("weights.json was changed since it was made; install Bartizan again.")

    monkeypatch.setattr(triage, "sort", broken)
    report, _ = actions.file_report(Told(WORDS))
    assert report.kind == "not sure"
    assert "install Bartizan again" in text(console.get(f"/reports/{report.number}"))


def test_a_case_is_opened_from_a_report(console: Client, here: World) -> None:
    report, _ = actions.file_report(Told(WORDS, place="car park"))
    answer = console.post(f"/reports/{report.number}/open", {"headline": ""})
    report.refresh_from_db()
    assert report.case is not None
    assert answer["Location"] == f"/cases/{report.case.number}"
    assert (report.state, report.case.headline) == ("case", "A theft, reported, car park")
    assert WORDS in report.case.notes.get().words
    again = console.post(f"/reports/{report.number}/open", {})
    assert again.status_code == 422
    assert "already" in text(again)
    verbs = set(AuditEntry.objects.filter(subject=f"report:{report.number}").values_list("verb", flat=True))
    assert {"reported", "joined to a case"} <= verbs


def test_a_report_joins_a_case_that_is_open_and_no_closed_one(console: Client, here: World) -> None:
    case = actions.open_case(headline="Thefts in the car park", by=here.alice)
    report, _ = actions.file_report(Told(WORDS))
    assert console.post(f"/reports/{report.number}/join", {"case": "2020-999"}).status_code == 422
    assert console.post(f"/reports/{report.number}/join", {"case": case.number}).status_code == 302
    report.refresh_from_db()
    assert report.case == case
    assert AuditEntry.objects.filter(subject=f"case:{case.number}", verb="joined by report").count() == 1
    closed = actions.open_case(headline="Old", by=here.alice)
    actions.set_state(closed, "closed", "done", here.alice)
    assert console.post(f"/reports/{report.number}/join", {"case": closed.number}).status_code == 422


def test_a_report_is_closed_with_a_reason_that_the_reporter_does_not_see(
    stranger: Client, console: Client, here: World
) -> None:
    code = code_in(text(send(stranger)))
    report = Report.objects.get()
    assert console.post(f"/reports/{report.number}/close", {"reason": " "}).status_code == 422
    assert console.post(f"/reports/{report.number}/close", {"reason": "Found in the boot"}).status_code == 302
    page = text(stranger.post("/report/back", {"code": code}))
    assert "It is closed." in page
    assert "Found in the boot" not in page
    assert "make another report" in text(stranger.post("/report/back", {"code": code, "words": "more"}))
    assert "Found in the boot" in text(console.get(f"/reports/{report.number}"))
    for deed in ("ask", "close", "open"):
        assert console.post(f"/reports/{report.number}/{deed}", {"words": "x", "reason": "x"}).status_code == 422


def test_an_answer_is_told_to_whoever_asked(here: World) -> None:
    report, _ = actions.file_report(Told(WORDS))
    actions.ask_reporter(report, "Which colour?", here.bob)
    actions.answer_question(report, "Green.")
    assert [notice.user for notice in Notice.objects.filter(trigger="report-answered")] == [here.bob]


def test_a_limited_reach_sees_a_report_only_in_a_case_within_it(here: World) -> None:
    dora = world.officer("dora", "Dora", "Dell", "", Role.DIRECTOR)
    User.objects.filter(pk=dora.pk).update(sites=[here.site.code])
    dora = User.objects.get(pk=dora.pk)
    report, _ = actions.file_report(Told(WORDS))
    assert not queries.reports(dora).exists()
    actions.join_report(report, actions.open_case(world.alarm(level=2), by=here.alice), here.alice)
    assert list(queries.reports(dora)) == [report]


def test_an_auditor_reads_and_changes_nothing(client: Client, here: World) -> None:
    client.force_login(world.officer("gus", "Gus", "Gray", "", Role.AUDITOR))
    report, _ = actions.file_report(Told(WORDS))
    page = text(client.get(f"/reports/{report.number}"))
    assert WORDS in page
    assert "Close the report" not in page
    assert client.post(f"/reports/{report.number}/close", {"reason": "x"}).status_code == 403


def test_numbers_run_on_within_the_year(here: World) -> None:
    numbers = [actions.file_report(Told(WORDS))[0].number for _ in range(3)]
    assert [number.rsplit("-", 1)[1] for number in numbers] == ["001", "002", "003"]
