"""A case is kept to those who need to know; nobody sees it by another way; decisions keep their reasons."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model
from django.test import Client

from bartizan.cases import queries
from bartizan.cases.actions import add_note, need
from bartizan.cases.models import Case, Charge, Decision, Note, Report
from bartizan.core.access import covers, rule_of, visible_to
from bartizan.core.models import AuditEntry, User
from bartizan.core.roles import Role
from tests.world import World, officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(here: World) -> User:
    """A second officer of the whole house."""
    return officer("dana", "Dana", "Dean", "CSO", role=Role.OFFICER)


def test_a_case_kept_to_those_named_on_it_is_hidden_from_every_other_role(case: Case, here: World, dana: User) -> None:
    note = add_note(case, "She rang at nine.", here.alice)
    assert covers(dana, case)
    need.keep_to_named(case, "A colleague may be concerned", here.alice)
    assert not covers(dana, case)
    assert not visible_to(dana, Note.objects.filter(pk=note.pk)).exists()
    assert queries.seers(case) == [here.alice]
    need.name_on(case, dana, "counsel's view", here.alice)
    assert covers(dana, case)
    assert visible_to(dana, Note.objects.filter(pk=note.pk)).exists()
    need.take_off(case.named.get(user=dana), "gave it", here.alice)
    assert not covers(dana, case)
    need.open_to_roles(case, "it was nobody of ours", here.alice)
    assert covers(dana, case)


def test_whoever_is_walled_off_finds_no_trace_of_the_case(case: Case, here: World, dana: User, client: Client) -> None:
    need.decide(case, "Keep the lab sealed", "prints may separate two explanations", here.alice)
    need.wall_off(case, dana, "manages the person", here.alice)
    client.force_login(dana)
    for page in (f"/cases/{case.number}", f"/cases/{case.number}/audit", f"/cases/{case.number}/pinpoint"):
        assert client.get(page).status_code == 404
    for page in ("/cases?show=all", "/search?q=laptop", "/audit", "/"):
        assert case.number not in client.get(page).content.decode()
    assert AuditEntry.objects.filter(subject=f"case:{case.number}", verb="walled off from the case").exists()


def test_a_wall_holds_also_against_being_named_and_until_it_is_taken_away(case: Case, here: World, dana: User) -> None:
    wall = need.wall_off(case, dana, "manages the person", here.alice)
    with pytest.raises(ValidationError, match="walled off"):
        need.name_on(case, dana, "helps", here.alice)
    need.take_wall_away(wall, "she no longer manages him", here.alice)
    assert covers(dana, case)


def test_a_case_is_never_left_without_anybody_who_can_work_it(case: Case, here: World, dana: User) -> None:
    with pytest.raises(ValidationError, match="another lead"):
        need.wall_off(case, here.alice, "under inquiry", dana)
    need.keep_to_named(case, "A colleague may be concerned", here.alice)
    Case.objects.filter(pk=case.pk).update(lead=None)
    case.refresh_from_db()
    with pytest.raises(ValidationError, match="nobody could work"):
        need.take_off(case.named.get(user=here.alice), "done", here.alice)


def test_who_is_charged_keeps_the_own_notice_though_walled_off(case: Case, here: World, dana: User) -> None:
    dana.person = "C-1"
    dana.save()
    charge = Charge.objects.create(
        case=case, number=1, person="C-1", kind="x", is_meant=False, is_repeated=False, purpose="p",
        legal_basis="b", keep_until="2030-01-01", told_at=case.opened_at,
    )  # fmt: skip
    need.wall_off(case, dana, "is concerned", here.alice)
    assert list(visible_to(dana, Charge.objects.all())) == [charge]
    own = Report.objects.create(number="R-1", case=case, by=dana, words="A door", received_at=case.opened_at)
    assert list(visible_to(dana, Report.objects.all())) == [own]


def test_everything_that_belongs_to_a_case_is_kept_with_it(here: World) -> None:
    """A model with a way to a case that forgot to say so would show itself to whoever is walled off."""
    import_module("bartizan.urls")  # whatever declares itself has done so by then
    for model in apps.get_app_config("cases").get_models():
        if _leads_to_case(model):
            assert rule_of(model).except_for, f"{model.__name__} is shown to whoever is walled off from its case"


def _leads_to_case(model: type[Model], depth: int = 3) -> bool:
    if model is Case:
        return True
    keys = [f for f in model._meta.get_fields() if isinstance(f, ForeignKey) and f.related_model is not None]
    inside = [f.related_model for f in keys if getattr(f.related_model, "_meta", None)]
    return depth > 0 and any(m._meta.app_label == "cases" and _leads_to_case(m, depth - 1) for m in inside)


def test_a_subject_is_only_whom_the_gate_names(console: Client, case: Case, here: World) -> None:
    told = {"tab": "people", "who": here.carol.code, "part": "subject"}
    answer = console.post(f"/cases/{case.number}/do/part", told)
    assert answer.status_code == 422
    assert "Nobody is a subject while the gate is shut" in answer.content.decode()
    assert console.post(f"/cases/{case.number}/do/part", told | {"part": "witness"}).status_code == 302
    page = console.get(f"/cases/{case.number}").content.decode()
    assert "Witness" in page


def test_a_decision_needs_a_reason_and_stays_as_it_was_written(console: Client, case: Case) -> None:
    url = f"/cases/{case.number}/do/decide"
    answer = console.post(url, {"tab": "decisions", "words": "Seal the lab", "reason": " "})
    assert "Say why" in answer.content.decode()
    console.post(url, {"tab": "decisions", "words": "Seal the lab", "reason": "Prints"})
    assert Decision.objects.get().number == 1
    assert "Seal the lab" in console.get(f"/cases/{case.number}/decisions").content.decode()
