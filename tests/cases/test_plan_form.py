"""A response plan is written as a form by somebody who knows nothing of its text, and two may write at once."""

from __future__ import annotations

import html
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client

from bartizan.cases.actions import plan as acts
from bartizan.cases.actions.plan import PlanMoved, keep_plan, withdraw_plan
from bartizan.cases.models import PlanVersion
from bartizan.cases.plan_book import shipped
from bartizan.cases.queries import plan as plans_of
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.engines.plans import plan_of
from tests import world
from tests.cases.test_plans import TEXT
from tests.world import World

pytestmark = pytest.mark.django_db
Fields = dict[str, list[str]]


class Form(HTMLParser):
    """The fields of the page's plan form as a browser would send them."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.fields: Fields = {}
        self._in, self._area, self._select, self._options = False, "", "", list[tuple[str, bool]]()
        self.feed(answer.content.decode())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._in = told.get("id") == "plan-form"
        elif not self._in:
            return
        elif tag == "input" and (told.get("type") != "checkbox" or "checked" in told):
            self.fields.setdefault(told["name"], []).append(told.get("value", ""))
        elif tag == "textarea":
            self._area = told["name"]
            self.fields[self._area] = [""]
        elif tag == "select":
            self._select, self._options = told["name"], []
        elif tag == "option" and self._select:
            self._options.append((told["value"], "selected" in told))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            chosen = next((value for value, is_on in self._options if is_on), self._options[0][0])
            self.fields.setdefault(self._select, []).append(chosen)
            self._select = ""
        self._area = "" if tag == "textarea" else self._area
        self._in = self._in and tag != "form"


def fields_of(answer: HttpResponse) -> Fields:
    return {name: values for name, values in Form(answer).fields.items() if name != "csrfmiddlewaretoken"}


def opened(console: Client, address: str) -> Fields:
    return fields_of(console.get(address))


def press(console: Client, address: str, fields: Fields, how: str, **headers: str) -> HttpResponse:
    answer = console.post(address, fields | {"how": [how]}, headers=headers)
    assert isinstance(answer, HttpResponse)
    return answer


def words_of(answer: HttpResponse) -> str:
    return html.unescape(answer.content.decode())


@pytest.fixture
def vault(console: Client) -> str:
    """The address at which the house's plan is changed."""
    console.post("/plans/add", {"text": TEXT, "how": "keep"})
    return "/plans/vault-opened/change"


def test_a_plan_is_written_step_by_step_and_kept(console: Client) -> None:
    fields = opened(console, "/plans/add")
    fields |= {"name": ["Vault opened"], "why": ["Know what is gone."], "rules": ["Vault opened"], "level": ["high"]}
    fields |= {
        "do-s1": ["Look into the vault"],
        "owner-s1": ["CSO"],
        "within-s1": ["5"],
        "ask-s1": ["Is it all there?"],
    }
    fields = fields_of(press(console, "/plans/add", fields, "add"))
    fields |= {"do-s2": ["Lock the zone"], "owner-s2": ["Security desk"], "act-s2": ["lock zone"], "waits-s2": ["yes"]}
    fields |= {"answer-s1": ["Yes", "No"], "go-s1": ["end", "s2"]}
    looked = press(console, "/plans/add", fields, "look")
    assert "Is it all there?</b> Yes: the end; No: step 2" in words_of(looked)
    assert not PlanVersion.objects.exists()
    assert press(console, "/plans/add", fields_of(looked), "keep")["Location"] == "/plans/vault-opened"
    assert PlanVersion.objects.get().text == (
        "name: Vault opened\nwhy: Know what is gone.\nsource: House\nfor:\n  rules:\n  - Vault opened\n  level: high\n"
        "steps:\n- step: 1\n  do: Look into the vault\n  owner: CSO\n  within: 5\n  ask: Is it all there?\n  answers:\n"
        "    'Yes': end\n    'No': 2\n- step: 2\n  do: Lock the zone\n  owner: Security desk\n  waits: yes\n"
        "  act: lock zone\n"
    )


@pytest.mark.parametrize("key", sorted(shipped()))
def test_a_plan_that_is_opened_and_kept_unchanged_makes_no_version_and_changed_only_what_was(
    console: Client, key: str
) -> None:
    address = f"/plans/{key}/change"
    fields = opened(console, address)
    assert "It says the same as before." in words_of(press(console, address, fields, "look"))
    assert press(console, address, fields, "keep").status_code == 302
    assert not PlanVersion.objects.filter(version__gt=1).exists()
    assert plan_of(shipped()[key].text) == plans_of.latest()[key].plan
    press(console, address, opened(console, address) | {"why": ["Ours."]}, "keep")
    kept = plans_of.latest()[key].plan
    assert (kept.why, kept.steps, kept.fits) == ("Ours.", shipped()[key].plan.steps, shipped()[key].plan.fits)


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(console: Client, vault: str) -> None:
    typed = opened(console, vault) | {"within-s2": ["soon"], "do-s4": [""], "act-s3": ["start clock"], "level": ["9"]}
    typed |= {
        "target-s3": [""],
        "why": ["<b>mine</b>"],
        "answer-s2": ["Yes", "Yes", "Perhaps"],
        "go-s2": ["s3", "s9", ""],
    }
    answer = press(console, vault, typed, "keep")
    assert answer.status_code == 422
    assert "a second time" in words_of(answer).split('id="w-answer-s2-1">')[1].split("</span>")[0]
    fields = fields_of(answer)
    assert fields == typed
    answer = press(console, vault, typed | {"answer-s2": ["Yes", "No", "Perhaps"]}, "look")
    page = words_of(answer)
    for field, words in (
        ("within-s2", "A whole number from 1 to 129600 is expected, not “soon”."),
        ("do-s4", "Words are expected, not nothing."),
        ("act-s3", "Give under “target” a rule's name"),
        ("answer-s2-1", "It leads to “s9”"),
        ("level", "One of low, medium, high, critical is expected, not “9”."),
    ):
        assert words in page.split(f'id="w-{field}">')[1].split("</span>")[0], field
        assert f'href="#f-{field}"' in page
    assert "Step 2, minutes: a whole number" in page
    assert PlanVersion.objects.count() == 1


def test_steps_are_moved_taken_out_and_put_back_without_script(console: Client, vault: str) -> None:
    fields = opened(console, vault)
    assert fields["step"] == ["s1", "s2", "s3", "s4"]
    fields = fields_of(press(console, vault, fields, "up:s4"))
    assert fields["step"] == ["s1", "s2", "s4", "s3"]
    out = press(console, vault, fields, "out:s2")
    assert "Taken out: <s>Look into the vault</s>" in words_of(out)
    assert "no walk" not in words_of(press(console, vault, fields_of(out), "look"))
    back = press(console, vault, fields_of(out), "back:s2")
    assert fields_of(back) == fields
    assert 'id="b-out-s2"' in words_of(back)
    looked = words_of(press(console, vault, fields, "look"))
    assert "No walk comes to step 3" in looked.split('id="w-step-s4">')[1].split("</span>")[0]
    looked = words_of(press(console, vault, fields | {"go-s2": ["s4", "s3"]}, "look"))
    assert "Step 3 was step 4" in looked
    assert "Yes: step 3; No: step 4" in looked


def test_a_button_on_a_step_brings_only_the_fields_where_a_script_asks_for_them(console: Client, vault: str) -> None:
    fields = opened(console, vault)
    part = words_of(press(console, vault, fields, "add", **{"X-Part": "plan-fields"}))
    assert "<html" not in part
    assert part.count("autofocus") == 1
    assert 'name="do-s5" rows="2" autofocus' in part
    assert 'id="b-up-s3" data-step-do aria-label="Move step 2 up" autofocus' in words_of(
        press(console, vault, fields, "up:s3")
    )


def test_the_rules_kinds_and_owners_that_there_are_are_offered(console: Client, vault: str, here: World) -> None:
    page = words_of(console.get(vault))
    owners = page.split('<datalist id="owners">')[1].split("</datalist>")[0]
    assert '"Guard"' in owners  # Bob's title, which no plan names
    assert '"Facilities"' in owners  # a shipped plan names it
    assert "Alice" not in owners
    assert '<option value="Door forced">' in page
    assert 'Vault opened <span class="t3">(no rule has this title now)' in page
    more = press(console, vault, opened(console, vault) | {"rules": ["Door forced", "Vault opened"]}, "more:rules")
    assert fields_of(more)["rules"] == ["Door forced", "Vault opened", ""]
    assert "Door forced <span" not in words_of(more)


def test_form_and_text_are_two_ways_to_the_same_draft(console: Client, vault: str) -> None:
    half = opened(console, vault) | {"owner-s1": [""], "do-s2": ["Look: at the “seals” # all"]}
    text = words_of(press(console, vault, half, "as-text")).split('spellcheck="false">')[1].split("</textarea>")[0]
    assert "do: 'Look: at the “seals” # all'" in text
    back = console.post(vault, {"text": text, "how": "as-form", "base": "1"})
    assert isinstance(back, HttpResponse)
    assert fields_of(back) == half
    strange = words_of(console.post(vault, {"text": TEXT.replace("owner: CSO", "owners: CSO"), "how": "as-form"}))  # type: ignore[arg-type]
    assert "The form has no field for all of this; mend the text first." in strange
    assert "owners: CSO" in strange
    assert 'name="text"' in words_of(console.get(f"{vault}?as=text"))  # type: ignore[arg-type]


def test_remarks_in_the_text_stay_unless_the_form_changes_the_plan(console: Client, vault: str) -> None:
    console.post(vault, {"text": f"# ours, since 2019\n{TEXT}", "how": "keep"})
    page = console.get(vault)
    assert "Its text has remarks behind #." in words_of(page)  # type: ignore[arg-type]
    press(console, vault, fields_of(page), "keep")  # type: ignore[arg-type]
    assert plans_of.latest()["vault-opened"].text.startswith("# ours")
    assert "# ours" in words_of(press(console, vault, opened(console, vault), "as-text"))


@pytest.mark.parametrize("way", ["form", "text"])
def test_whoever_keeps_second_is_told_and_loses_nothing(console: Client, vault: str, here: World, way: str) -> None:
    mine = opened(console, vault) | {"within-s2": ["9"]}
    if way == "text":
        mine = {"text": [TEXT.replace("within: 5", "within: 9")], "base": mine["base"]}
    keep_plan("vault-opened", TEXT.replace("Lock the zone", "Lock it all"), here.bob)
    told = press(console, vault, mine, "keep")
    page = words_of(told)
    assert told.status_code == 409
    assert "Version 2 was kept meanwhile by Bob Bell" in page
    assert "Step 4, what to do: “Lock the zone” is now “Lock it all”" in page.split("Yours takes its place")[0]
    assert "Step 2, minutes: “5” is now “9”" in page
    assert "Step 4, what to do: “Lock it all” is now “Lock the zone”" in page
    assert PlanVersion.objects.count() == 2
    again = mine | {"base": ["2"]}
    if way == "form":
        assert fields_of(told) == again
    assert press(console, vault, again, "keep").status_code == 302
    assert plans_of.latest()["vault-opened"].plan.steps[1].within == 9


def test_a_button_on_a_step_passes_over_nothing_that_was_kept_meanwhile(
    console: Client, vault: str, here: World
) -> None:
    mine = opened(console, vault)
    withdraw_plan(plans_of.latest()["vault-opened"], "IT has its own", here.bob)
    fields = fields_of(press(console, vault, mine, "add"))
    assert fields["base"] == ["1"]
    fields |= {"do-s5": ["Sign"], "owner-s5": ["CSO"]}
    page = words_of(press(console, vault, fields, "look"))
    assert "The plan was withdrawn meanwhile by Bob Bell" in page
    assert "The reason: IT has its own" in page


def test_of_two_who_keep_at_the_very_same_moment_one_has_the_number(
    vault: str, here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = plans_of.latest()
    keep_plan("vault-opened", TEXT.replace("within: 5", "within: 6"), here.bob, after=1)
    seen = iter([before, plans_of.latest()])  # the other one's was not committed when this one looked
    monkeypatch.setattr(acts, "latest", lambda: next(seen))
    with pytest.raises(PlanMoved) as told:
        keep_plan("vault-opened", TEXT.replace("within: 5", "within: 7"), here.alice, after=1)
    assert told.value.now.by == here.bob
    monkeypatch.setattr(acts, "latest", dict)
    with pytest.raises(ValidationError, match="There is a plan called vault-opened already"):
        keep_plan("vault-opened", TEXT, here.alice, is_new=True)


def test_a_name_that_is_taken_and_a_clock_that_there_is_not_are_said_at_their_fields(
    console: Client, vault: str
) -> None:
    answer = press(console, "/plans/add", opened(console, vault) | {"base": [""]}, "keep")
    assert (
        "There is a plan called vault-opened already" in words_of(answer).split('id="w-name">')[1].split("</span>")[0]
    )
    typed = opened(console, vault) | {"act-s4": ["start clock"], "target-s4": ["gdpr-999"]}
    page = words_of(press(console, vault, typed, "look"))
    assert "There is no rule called gdpr-999" in page.split('id="w-target-s4">')[1].split("</span>")[0]


def test_a_plan_of_as_many_steps_as_there_may_be_is_sent_as_a_form(console: Client) -> None:
    step = "  - do: Look\n    owner: CSO\n    ask: On?\n    answers: {a: next, b: next}\n"
    console.post("/plans/add", {"text": f"name: Long\nwhy: w\nsource: s\nsteps:\n{step * 99}", "how": "keep"})
    fields = opened(console, "/plans/long/change")
    assert press(console, "/plans/long/change", fields | {"why": ["more"]}, "keep").status_code == 302
    fields = fields_of(press(console, "/plans/long/change", opened(console, "/plans/long/change"), "add"))
    answer = press(console, "/plans/long/change", fields, "look")
    assert "A whole number from 1 to 99 is expected" in words_of(answer)


def test_the_form_is_for_whoever_may_change_plans(client: Client, here: World) -> None:
    client.force_login(world.officer("spec", "Sam", "Spec", "", Role.SPECIALIST))
    assert client.get("/plans/malware/change").status_code == 403
    assert client.post("/plans/malware/change", {"how": "keep", "name": "x"}).status_code == 403
    client.force_login(User.objects.get(username="alice"))
    assert client.get("/plans/nothing/change").status_code == 404
    assert client.post("/plans/malware/change", {"how": "look"}).status_code == 422
