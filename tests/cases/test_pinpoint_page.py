"""The pinpoint page and the gate: nobody is unmasked on any tab while it is shut, and it opens only by its rules."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from bartizan.cases import actions
from bartizan.cases.actions import gate as gates
from bartizan.cases.models import Alias, Case, Override, Reading, Unmasking
from bartizan.cases.pages.matrix import cell, figure
from bartizan.cases.pages.view import TABS, timeline_url
from bartizan.cases.queries.gate import gate_of
from bartizan.cases.queries.masks import for_anybody
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.engines.pinpoint.who.masks import Identifiers, Masks
from bartizan.estate.queries import snapshot
from bartizan.notices.models import Notice
from bartizan.watch.lake import Lake
from tests import world
from tests.cases import breach
from tests.cases.breach import DOER
from tests.lakes import event
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]
PEOPLE = range(breach.PEOPLE)


@pytest.fixture
def here() -> World:
    """The small world with forty people more; Alice leads, Dan and Fay may read and override."""
    made = world.build()
    breach.build(made)
    for username, first, last in (("dan", "Dan", "Drost"), ("fay", "Fay", "Falk")):
        account = User.objects.create(username=username, first_name=first, last_name=last, role=Role.DIRECTOR)
        TOTP.activate(account, world.TOTP_SECRET)
    return made


@pytest.fixture
def case(here: World) -> Case:
    return breach.opened(here, here.alice)


@pytest.fixture
def weighed(case: Case) -> Case:
    """With the engine's verdict, whose conditions are not all met."""
    breach.weighed(case)
    return case


@pytest.fixture
def ready(case: Case) -> Case:
    """As if the engine's own conditions were met: only the second reader is missing."""
    breach.weighed(case, is_ready=True)
    return case


def as_(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def page(username: str, url: str, status: int = 200) -> str:
    answer = as_(username).get(url)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def pinpoint(username: str, case: Case, query: str = "") -> str:
    return page(username, f"/cases/{case.number}/pinpoint{query}")


def do(username: str, case: Case, deed: str, status: int = 302, **told: Any) -> str:
    answer = as_(username).post(f"/cases/{case.number}/pinpoint/do/{deed}", told)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return html.unescape(answer.content.decode())


def tabs(username: str, case: Case) -> str:
    """Every tab of the case, and the lists of cases, as they are sent: tags, addresses and all."""
    urls = [f"/cases/{case.number}/{tab}" if tab != "overview" else f"/cases/{case.number}" for tab in TABS]
    panel = page(username, "/").split("<h2>Cases open</h2>")[1].split("</section>")[0]
    return "\n".join([*(page(username, url) for url in [*urls, "/cases"]), panel])


def unmasked(text: str, n: int) -> list[str]:
    return [word for word in breach.identifiers(n) if word.lower() in text.lower()]


def fill(case: Case, here: World, lake: Lake) -> None:
    """Words that name people, by the officers and by the machines, on every tab that can hold them."""
    actions.add_note(case, f"{breach.name(DOER)} ({breach.login(DOER)}) sits at {breach.desk(DOER)}.", here.alice)
    actions.add_task(case, f"Take badge {breach.badge(DOER)} from {breach.name(DOER)}", "", None, here.alice)
    who = {"actor": f"badge:{breach.badge(DOER)}", "person": breach.code(DOER), "host": breach.desk(DOER)}
    lake.append([event(case.first_at, summary=f"Badge {breach.badge(DOER)} opened the main door", **who)])
    lake.append([event(case.first_at, summary=f"{breach.login(3)} at {breach.desk(3)}", **who)])


def test_nothing_on_any_tab_unmasks_anybody_of_the_verdict_while_the_gate_is_shut(
    weighed: Case, here: World, lake: Lake
) -> None:
    fill(weighed, here, lake)
    text = tabs("alice", weighed)
    assert [found for n in PEOPLE if (found := unmasked(text, n))] == []
    assert "Badge of P1 opened the main door" in text
    assert "User account of P1 unlocked desk of P1" in text
    assert "/entity/badge/" not in text
    assert "Glassblower" not in text  # what the register has of a person's work


def test_the_timeline_of_the_case_masks_its_people_too(weighed: Case, here: World, lake: Lake) -> None:
    fill(weighed, here, lake)
    url = timeline_url(weighed) + "&rows=all"
    text = page("alice", url)
    assert "Badge of P1 opened the main door" in text
    assert [found for n in PEOPLE if (found := unmasked(text, n))] == []
    row = re.search(r'href="(/timeline[^"]*event=[0-9a-f-]{36}[^"]*)"', text)
    assert row is not None
    assert [found for n in PEOPLE if (found := unmasked(page("alice", row[1]), n))] == []
    assert breach.badge(DOER) in page("alice", url.replace("case=", "nothing="))


def test_the_words_that_are_masked_are_there_to_be_masked(weighed: Case, here: World, lake: Lake) -> None:
    """The search above finds everything once the gate names the person: it can fail."""
    fill(weighed, here, lake)
    asked = gates.ask_override(weighed, breach.code(DOER), "He says so.", User.objects.get(username="dan"))
    gates.agree_override(asked, "I read it.", User.objects.get(username="fay"))
    text = tabs("alice", weighed)
    assert unmasked(text, DOER) == breach.identifiers(DOER)
    assert "Glassblower" in text
    assert [found for n in PEOPLE if n != DOER and (found := unmasked(text, n))] == []


def test_a_person_keeps_the_number_whatever_later_results_say(weighed: Case) -> None:
    assert "P1" in pinpoint("alice", weighed)
    before = dict(Alias.objects.values_list("person", "number"))
    assert before[breach.code(DOER)] == 1
    turned = dict(weighed.pinpoint)
    turned["verdict"] = {**turned["verdict"], "people": list(reversed(turned["verdict"]["people"]))}
    actions.set_pinpoint(weighed, turned)
    pinpoint("alice", weighed)
    assert before.items() <= dict(Alias.objects.values_list("person", "number")).items()


def test_the_page_says_where_how_and_that_nobody_is_named_and_what_would_change_it(weighed: Case) -> None:
    text = pinpoint("alice", weighed)
    for words in (
        "Not identifiable from this evidence.", "0.95 is needed", "What would change that:",
        "have desk of P1 imaged", "Copied to a USB disk", "VERIS", "ATT&CK T1052.001", "None of these",
        "each family capped at ×100", "Falls if", "Would settle", "The same inputs give the same bytes",
    ):  # fmt: skip
        assert words in text, words


def test_conditions_that_are_not_met_come_first(weighed: Case) -> None:
    found = re.findall(r'<div class="(yes|no)">', pinpoint("alice", weighed))
    assert found == ["no", "no", "no", "no", "yes"]


def test_the_matrix_holds_every_item_and_explanation_and_none_of_these_last(weighed: Case) -> None:
    verdict = weighed.pinpoint["verdict"]
    text = pinpoint("alice", weighed)
    matrix = text[text.index('<table class="ach">') :].split("</table>")[0]
    assert len(re.findall(r'<td class="t2">E\d+</td>', matrix)) == len(verdict["items"])
    assert re.findall(r'<span class="t3">(H\d)</span>', matrix) == [one["key"] for one in verdict["columns"]]
    assert matrix.count("How likely after all evidence") == 1
    assert f"event={verdict['items'][0]['events'][0]}" in matrix


@pytest.mark.parametrize(
    ("nats", "ratio", "words"),
    [
        (0.0, "×1", "says nothing"), (0.4, "×1.5", "next to nothing"), (-0.4, "÷1.5", "next to nothing"),
        (1.8, "×6", "weakly for"), (-3.69, "÷40", "clearly against"), (4.7, "×110", "strongly for"),
    ],
)  # fmt: skip
def test_a_cell_says_its_ratio_and_its_word(nats: float, ratio: str, words: str) -> None:
    assert (cell(nats).ratio, cell(nats).words) == (ratio, words)


def test_bars_go_right_for_and_left_against_and_never_beyond_the_cell() -> None:
    assert (cell(1.8).start, cell(-50).start, cell(-50).length, cell(0.1).length) == (50.0, 0.0, 50.0, 0.0)


def test_what_is_nearly_certain_is_not_shown_as_certain() -> None:
    assert [figure(share) for share in (0.99999, 0.95, 0.004)] == ["0.999", "0.95", "< 0.01"]


def test_the_gate_opens_only_with_every_condition_and_a_second_reader(ready: Case, here: World) -> None:
    assert not gate_of(ready).is_open
    do("dan", ready, "sign", agrees="yes", words="Badge and login agree.")
    assert gate_of(ready).person == breach.code(DOER)
    text = pinpoint("alice", ready)
    assert f"Named: {breach.name(DOER)}." in text
    assert "must be informed and heard" in text
    assert "is-named" in text


def test_a_signature_under_conditions_that_are_not_met_opens_nothing(weighed: Case) -> None:
    do("dan", weighed, "sign", agrees="yes", words="I would.")
    text = pinpoint("dan", weighed)
    assert not gate_of(weighed).is_open
    assert unmasked(text, DOER) == []
    assert "Dan Drost agrees" in text


def test_a_reader_who_does_not_agree_keeps_it_shut_and_another_result_asks_for_another_signature(ready: Case) -> None:
    do("dan", ready, "sign", agrees="no", words="The badge may have been lent.")
    assert not gate_of(ready).is_open
    do("fay", ready, "sign", agrees="yes", words="It was not.")
    assert gate_of(ready).is_open
    actions.set_pinpoint(ready, ready.pinpoint | {"gate": {**ready.pinpoint["gate"], "digest": "later"}})
    assert not gate_of(ready).is_open
    assert unmasked(pinpoint("dan", ready), DOER) == []


def test_whoever_leads_or_opened_the_case_cannot_sign_and_reads_why(ready: Case) -> None:
    assert "A colleague signs as the second." in pinpoint("alice", ready)
    assert 'name="agrees"' not in pinpoint("alice", ready, "?do=sign")
    assert "A colleague signs as the second." in do("alice", ready, "sign", 422, agrees="yes", words="Me too")
    assert not Reading.objects.exists()


def test_a_look_behind_needs_a_reason_is_recorded_and_is_for_that_reader_alone(weighed: Case) -> None:
    pinpoint("alice", weighed)
    assert "Say why you need to know" in do("dan", weighed, "look", 422, alias="1", reason=" ")
    assert not Unmasking.objects.exists()
    do("dan", weighed, "look", alias="1", reason="To know whom not to brief.")
    text = tabs("dan", weighed)
    assert f"{breach.name(DOER)} (P1)" in text
    assert f"{breach.desk(DOER)} (P1)" in text
    assert "(P1) (P1)" not in text
    assert [found for n in PEOPLE if n != DOER and (found := unmasked(text, n))] == []
    other = tabs("alice", weighed)
    assert unmasked(other, DOER) == []
    assert "Dan Drost, behind P1" in other
    assert "To know whom not to brief." in other
    assert "Looked behind P1" in page("alice", f"/cases/{weighed.number}/audit")


def test_an_override_takes_two_people_and_can_be_ended(weighed: Case) -> None:
    pinpoint("alice", weighed)
    assert "Say why the case must go on" in do("alice", weighed, "override", 422, alias="1", reason="")
    do("alice", weighed, "override", alias="1", reason="He came to say so himself.")
    assert Override.objects.get().person == breach.code(DOER)
    assert "a second person must agree" in pinpoint("alice", weighed)
    assert "A second person must." in do("alice", weighed, "agree", 422, reason="Me again")
    assert not gate_of(weighed).is_open
    do("dan", weighed, "agree", reason="I heard him.")
    text = pinpoint("fay", weighed)
    assert f"Opened for {breach.name(DOER)}, by an override of two people." in text
    assert "He came to say so himself." in text
    assert "I heard him." in text
    do("fay", weighed, "end", reason="He took it back.")
    assert unmasked(tabs("fay", weighed), DOER) == []
    audit = page("alice", f"/cases/{weighed.number}/audit")
    for verb in ("Asked to override the gate", "Agreed to override the gate", "Ended the override of the gate"):
        assert verb in audit


def test_what_to_collect_becomes_a_task_that_unmasks_nobody_once(weighed: Case) -> None:
    pinpoint("alice", weighed)
    do("alice", weighed, "collect", item="2")
    assert weighed.tasks.get().words.startswith("Ask P1")
    assert "That is a task of the case already." in do("alice", weighed, "collect", 422, item="2")
    assert weighed.tasks.count() == 1


@pytest.mark.parametrize(
    ("deed", "told", "words"),
    [
        ("sign", {"agrees": "", "words": "x"}, "Say whether the evidence carries it"),
        ("sign", {"agrees": "yes", "words": " "}, "Say in a sentence why"),
        ("look", {"alias": "99", "reason": "x"}, "Choose one of the numbers of this case"),
        ("look", {"alias": "²", "reason": "x"}, "Choose one of the numbers of this case"),
        ("override", {"alias": "", "reason": "x"}, "Choose one of the numbers of this case"),
        ("agree", {"reason": "x"}, "No override is asked for or stands"),
        ("end", {"reason": "x"}, "No override is asked for or stands"),
        ("collect", {"item": "0"}, "choose again"),
        ("collect", {"item": "x"}, "choose again"),
    ],
)
def test_a_wrong_form_gets_words_on_the_page(weighed: Case, deed: str, told: dict[str, str], words: str) -> None:
    assert words in do("dan", weighed, deed, 422, **told)


def test_a_deed_that_is_none_is_not_found(weighed: Case) -> None:
    do("dan", weighed, "guess", 404)


def test_before_anything_is_weighed_the_page_says_what_is_missing(here: World) -> None:
    number = actions.open_case(headline="A letter", by=here.alice).number
    text = page("alice", f"/cases/{number}/pinpoint")
    assert "Nothing is weighed yet." in text
    assert "once an alarm belongs to the case" in text
    assert "Nobody has a number in this case yet." in text


def test_an_officer_is_named_for_what_they_do_on_the_case(weighed: Case, here: World) -> None:
    person = breach.estate.Person.objects.create(code="QX-9001", name="Alice Archer", site=here.site)
    actions.add_note(weighed, "Rang the janitor.", here.alice)
    assert "Alice Archer" in page("alice", f"/cases/{weighed.number}/notes")
    assert person.code not in page("alice", f"/cases/{weighed.number}/notes")


def test_words_that_only_look_like_an_identifier_stay() -> None:
    masks = Masks(Identifiers(snapshot_with_may()), lambda _: "P1")
    assert masks.text("May I? You may not.") == "May I? You user account of P1 not."
    assert masks.text("12 doors, badge 12, Badges 7 and 12") == "12 doors, badge of P1, Badges 7 and of P1"
    assert masks.text("QWS-1-old and qws-1 and 192.0.2.70") == "QWS-1-old and desk of P1 and 192.0.2.70"


def snapshot_with_may() -> Any:
    made = world.build()
    estate = breach.estate
    made.carol.code = "QX-1"
    made.carol.save()
    estate.UserAccount.objects.create(name="may", person=made.carol)
    estate.Host.objects.create(name="QWS-1", owner=made.carol, addresses=["192.0.2.7"])
    twelve = estate.Badge.objects.create(number="12")
    estate.BadgeIssue.objects.create(badge=twelve, person=made.carol, issued_at=breach.office.FIRST)
    return snapshot()


def test_a_notice_and_a_hit_of_the_search_unmask_nobody(weighed: Case, here: World) -> None:
    actions.add_note(weighed, f"{breach.name(DOER)} was seen.", here.alice)
    texts = [for_anybody(weighed, words) for words in (weighed.headline, weighed.notes.get().words)]
    assert texts == ["Badge of somebody of somebody at desk of somebody", "Somebody was seen."]
    actions.set_lead(weighed, User.objects.get(username="dan"), here.alice)
    told = Notice.objects.get(user__username="dan").words
    assert "made you lead of case" in told
    assert unmasked(told, DOER) == []
