"""Rules of the organisation's own for legal clocks: written, changed and withdrawn in the console."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from bartizan.cases import actions, queries
from bartizan.cases.models import Case, LawRule
from bartizan.core.models import AuditEntry
from bartizan.core.roles import Role
from bartizan.engines.clocks import LawError
from tests import world
from tests.cases.test_clocks import _wednesday, case, console, here, page, started
from tests.world import World

__all__ = ["_wednesday", "case", "console", "here"]
pytestmark = pytest.mark.django_db
OWN = {
    "set-name": "Arkade, trial partner", "set-law": "Contract of 3 March 2026", "set-article": "clause 14.3",
    "set-whom": "the trial partner", "set-trigger": "trial data left the house", "set-unit": "business days",
    "set-length": "5", "set-source": "Contract, clause 14.3", "set-as_of": "2026-03-03", "set-zone": "site",
    "set-country": "NL", "set-closed": "2026-11-20",
    "set-questions": "Are trial data concerned?\nHow many trial staff are concerned? at least 10",
}  # fmt: skip


def test_a_rule_of_one_s_own_is_written_in_the_console_and_its_clock_runs(
    console: Client, case: Case, here: World
) -> None:
    answer = console.post("/settings/laws/add", OWN)
    assert (answer.status_code, answer["Location"]) == (302, "/settings/laws/own-arkade-trial-partner")
    shown = html.unescape(console.get(answer["Location"]).content.decode())
    assert "Contract of 3 March 2026, clause 14.3" in shown
    assert "How many trial staff are concerned?" in shown
    clock = started(case, here.alice, "own-arkade-trial-partner")
    assert clock.due_at == datetime(2026, 11, 24, 23, tzinfo=UTC)  # Tue, Wed, Thu, not Friday 20, Mon, Tue
    assert "Fri 20 Nov 2026 (closed by the rule)" in page(console, case)
    assert AuditEntry.objects.get(verb="kept law").subject == "law:own-arkade-trial-partner"


def test_changing_a_rule_makes_a_version_and_leaves_running_clocks_alone(
    console: Client, case: Case, here: World
) -> None:
    console.post("/settings/laws/add", OWN)
    rule = "own-arkade-trial-partner"
    clock = started(case, here.alice, rule)
    form = html.unescape(console.get(f"/settings/laws/{rule}/change").content.decode())
    assert "How many trial staff are concerned? at least 10" in form
    assert console.post(f"/settings/laws/{rule}/change", OWN | {"set-length": "2"}).status_code == 302
    assert console.post(f"/settings/laws/{rule}/change", OWN | {"set-length": "2"}).status_code == 302
    assert list(LawRule.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
    clock.refresh_from_db()
    assert (clock.law.length, queries.laws_in_force()[rule].length) == (5, 2)
    assert clock.digest == LawRule.objects.get(version=1).digest


def test_a_rule_is_withdrawn_with_a_reason_and_starts_no_more(console: Client, case: Case, here: World) -> None:
    console.post("/settings/laws/add", OWN)
    address = "/settings/laws/own-arkade-trial-partner/withdraw"
    assert "Say why the rule is withdrawn." in console.post(address, {"because": ""}).content.decode()
    assert console.post(address, {"because": "the contract ended"}).status_code == 302
    assert "own-arkade-trial-partner" not in queries.laws_in_force()
    assert "Withdrawn: the contract ended" in console.get("/settings/laws/own-arkade-trial-partner").content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"set-country": ""}, "The two letters of a country are expected, such as DE or US."),
        ({"set-country": "", "set-closed": ""}, "A country is needed to know which days are business days."),
        ({"set-country": "Holland"}, "no holidays are known of the country “Holland”"),
        ({"set-length": ""}, "A whole number from 1 to 10000 is expected, not nothing."),
        ({"set-zone": "Mars"}, "“site” or a zone such as Europe/Brussels is expected, not “Mars”."),
        ({"set-as_of": "lately"}, "A day such as 2026-11-01 is expected, not “lately”."),
        ({"set-closed": "soon"}, "A day such as 2026-11-01 is expected, not “soon”."),
        ({"set-after": "gdpr-99"}, "There is no rule called gdpr-99."),
        ({"set-hold_clause": "clause 15"}, "Words are expected, not nothing."),
        ({"set-name": ""}, "This must be given."),
    ],
)
def test_a_rule_that_is_wrong_is_refused_at_its_field(console: Client, wrong: dict[str, str], words: str) -> None:
    answer = console.post("/settings/laws/add", OWN | wrong)
    assert answer.status_code == 422
    said = " ".join(re.findall(r'<span class="wrong">(.*?)</span>', html.unescape(answer.content.decode())))
    assert words.lower() in said.lower()
    assert not LawRule.objects.exists()


def test_a_rule_is_not_named_twice_nor_like_one_that_is_shipped(console: Client, here: World) -> None:
    console.post("/settings/laws/add", OWN)
    assert "A rule of this name is there already" in console.post("/settings/laws/add", OWN).content.decode()
    shipped = dict(queries.laws_in_force()["gdpr-33"].raw or {})
    with pytest.raises(LawError, match="a rule that Bartizan ships has this name"):
        actions.keep_rule(shipped, here.alice)


def test_a_rule_that_another_waits_for_is_not_withdrawn(here: World) -> None:
    base = dict(queries.laws_in_force()["gdpr-33"].raw or {})
    first = actions.keep_rule(base | {"id": "own-first"}, here.alice)
    actions.keep_rule(base | {"id": "own-second", "after": "own-first", "name": "Second"}, here.alice)
    with pytest.raises(ValidationError, match="Second waits for this rule"):
        actions.withdraw_rule(first, "gone", here.alice)


def test_the_laws_are_read_by_all_and_changed_by_the_chief(client: Client, here: World) -> None:
    client.force_login(world.officer("dirk", "Dirk", "Dir", "", Role.DIRECTOR))
    text = client.get("/settings/laws").content.decode()
    assert "HIPAA, individuals" in text
    assert "/settings/laws/add" not in text
    assert client.get("/settings/laws/gdpr-33").status_code == 200
    assert client.get("/settings/laws/gdpr-99").status_code == 404
    assert client.post("/settings/laws/add", OWN).status_code == 403


def test_questions_of_any_alphabet_and_length_keep_answers_of_their_own(console: Client) -> None:
    asked = ["Есть ли данные?", "Есть ли люди?", "Is it " + "very " * 20 + "large?", "Is it " + "very " * 20 + "small?"]
    assert (
        console.post("/settings/laws/add", OWN | {"set-name": "Договор", "set-questions": "\n".join(asked)}).status_code
        == 302
    )
    [rule] = LawRule.objects.all()
    assert rule.rule.startswith("own-")
    assert len({fact.id for fact in rule.law.facts}) == 4
