"""What is changed in a register: stale edits, cells, many at once, removal and its undo, and the reach of the user."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from bartizan.core import registers
from bartizan.core.models import AuditEntry, User
from bartizan.core.registers import Deed, Register, actions
from bartizan.core.roles import Role
from bartizan.estate.models import (
    BadgeIssue,
    Department,
    Host,
    IntellectualProperty,
    Person,
    Site,
    UserAccount,
    Zone,
)
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


@pytest.fixture
def limited(here: World) -> Client:
    """The console of Dora, a director of the Legal department alone."""
    dora = world.officer("dora", "Dora", "Dunn", "Director", Role.DIRECTOR)
    dora.departments = ["LEG"]
    dora.save()
    Department.objects.create(code="FIN", name="Finance")
    console = Client()
    console.force_login(dora)
    return console


def register(name: str) -> Register:
    found = registers.named(name)
    assert found is not None
    return found


def part(console: Client, address: str, sent: dict[str, Any] | None = None) -> Any:
    if sent is not None:
        return console.post(address, sent, headers={"X-Part": "side"})
    return console.get(address, headers={"X-Part": "side"})


def filled_form(console: Client, address: str) -> dict[str, str]:
    """What a browser would send back unchanged."""
    page = part(console, address).content.decode()
    sent = {m[1]: m[2] for m in re.finditer(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)}
    sent |= {m[2]: m[1] for m in re.finditer(r'<input[^>]*value="([^"]*)"[^>]*name="([^"]+)"', page)}
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    return {name: html.unescape(value) for name, value in sent.items()}


def test_a_form_that_comes_back_unchanged_changes_nothing(console: Client, here: World) -> None:
    address = f"/registers/people/{here.carol.pk}/edit"
    assert console.post(address, filled_form(console, address)).status_code == 302
    assert not AuditEntry.objects.filter(subject="person:K-3").exists()


def test_a_stale_edit_is_refused_with_both_values_and_nothing_typed_is_lost(console: Client, here: World) -> None:
    address = f"/registers/people/{here.carol.pk}/edit"
    mine = filled_form(console, address) | {"job": "Counsel", "phone": "+31 20 1"}
    theirs = filled_form(console, address) | {"job": "Lawyer", "email": "carol@keep.example"}
    assert console.post(address, theirs).status_code == 302
    answer = part(console, address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else changed this" in page
    assert "Job is now “Lawyer”; yours is in the form" in page
    assert "Email is now “carol@keep.example”, and so it is in the form" in page
    assert 'value="Counsel"' in page
    assert 'value="carol@keep.example"' in page
    here.carol.refresh_from_db()
    assert (here.carol.job, here.carol.phone) == ("Lawyer", "")


def test_what_was_shown_as_stale_can_be_saved_then(console: Client, here: World) -> None:
    address = f"/registers/people/{here.carol.pk}/edit"
    mine = filled_form(console, address) | {"job": "Counsel"}
    Person.objects.filter(pk=here.carol.pk).update(job="Lawyer", email="carol@keep.example")
    page = part(console, address, mine).content.decode()
    again = re.search(r'name="seen" value="([^"]*)"', page)
    assert again
    mine |= {"seen": html.unescape(again[1]), "email": "carol@keep.example"}
    assert console.post(address, mine).status_code == 302
    here.carol.refresh_from_db()
    assert (here.carol.job, here.carol.email) == ("Counsel", "carol@keep.example")


def test_a_cell_that_somebody_else_changed_meanwhile_says_so(console: Client, here: World) -> None:
    address = f"/registers/people/{here.carol.pk}/field/job"
    seen = re.search(r'name="seen" value="([^"]*)"', part(console, address).content.decode())
    assert seen
    Person.objects.filter(pk=here.carol.pk).update(job="Lawyer")
    answer = part(console, address, {"job": "Counsel", "seen": html.unescape(seen[1])})
    assert answer.status_code == 409
    assert "Somebody else saved “Lawyer” meanwhile" in answer.content.decode()
    assert 'value="Counsel"' in answer.content.decode()


def test_a_cell_with_a_wrong_value_says_what_is_wrong_and_keeps_what_was_typed(console: Client, here: World) -> None:
    answer = part(console, f"/registers/people/{here.carol.pk}/field/email", {"email": "carol at keep"})
    assert answer.status_code == 422
    assert "Enter a valid email address" in answer.content.decode()
    assert "carol at keep" in answer.content.decode()


def test_a_cell_is_checked_together_with_the_rest_of_its_record(console: Client, here: World) -> None:
    Person.objects.filter(pk=here.carol.pk).update(joined_on="2026-02-01")
    answer = part(console, f"/registers/people/{here.carol.pk}/field/left_on", {"left_on": "2026-01-01"})
    assert answer.status_code in (404, 422)
    here.carol.refresh_from_db()
    assert here.carol.left_on is None


def test_a_cell_of_a_fixed_key_is_not_edited(console: Client, here: World) -> None:
    assert part(console, f"/registers/people/{here.carol.pk}/field/code").status_code == 404


def test_the_undo_of_a_cell_puts_the_old_value_back(console: Client, here: World) -> None:
    address = f"/registers/people/{here.carol.pk}/field/job"
    part(console, address, {"job": "Counsel"})
    toast = part(console, address, {"job": "Judge"}).content.decode()
    before = re.search(r'<input type="hidden" name="job" value="([^"]*)"', toast)
    seen = re.search(r'name="seen" value="([^"]*)"', toast)
    assert before
    assert seen
    part(console, address, {"job": before[1], "seen": html.unescape(seen[1])})
    here.carol.refresh_from_db()
    assert here.carol.job == "Counsel"


def bulk_of(name: str, *rows: Any, **more: Any) -> str:
    picks = "&".join(f"pick={row.pk}" for row in rows)
    return f"/registers/{name}/bulk?{picks}" + "".join(f"&{key}={value}" for key, value in more.items())


def crowd(number: int, **fields: Any) -> list[Person]:
    return [Person.objects.create(code=f"X-{n:03}", name=f"Person {n:03}", **fields) for n in range(number)]


def test_one_field_of_many_is_changed_after_a_preview_each_with_its_line_in_the_audit(console: Client) -> None:
    people = crowd(3)
    Person.objects.filter(pk=people[0].pk).update(job="Guard")
    address = bulk_of("people", *people)
    page = part(console, address, {"field": "job", "job": "Guard"}).content.decode()
    assert "2 of 3 get another job" in page
    assert not AuditEntry.objects.filter(verb="changed").exists()
    said = part(console, address, {"field": "job", "job": "Guard", "step": "apply"}).content.decode()
    assert "2 people changed" in said
    assert set(Person.objects.filter(code__startswith="X").values_list("job", flat=True)) == {"Guard"}
    entries = AuditEntry.objects.filter(verb="changed").order_by("subject")
    assert [(e.subject, e.detail) for e in entries] == [
        ("person:X-001", {"before": {"job": ""}, "after": {"job": "Guard"}}),
        ("person:X-002", {"before": {"job": ""}, "after": {"job": "Guard"}}),
    ]


def test_all_that_fit_the_filter_are_changed_and_nobody_else(console: Client, here: World) -> None:
    crowd(60, site=here.site)
    Person.objects.create(code="Y-1", name="Yolanda")
    address = f"/registers/people/bulk?all=1&site={here.site.pk}&do=edit"
    assert "Edit 61 people" in part(console, address).content.decode()
    part(console, address, {"field": "phone", "phone": "+31 20 7", "step": "apply"})
    assert Person.objects.filter(phone="+31 20 7").count() == 61
    assert Person.objects.get(code="Y-1").phone == ""


def test_when_one_of_many_would_be_wrong_none_is_changed(console: Client) -> None:
    people = crowd(3, joined_on="2026-02-01")
    Person.objects.filter(pk=people[0].pk).update(joined_on="2026-01-01")
    sent = {"field": "left_on", "left_on": "2026-01-15", "step": "apply"}
    answer = part(console, bulk_of("people", *people), sent)
    assert answer.status_code == 422
    assert "Nothing was changed: 2 of them would be wrong." in answer.content.decode()
    assert not Person.objects.exclude(left_on=None).exists()
    assert not AuditEntry.objects.filter(verb="changed").exists()


def test_many_are_removed_together_or_not_at_all(console: Client, here: World) -> None:
    people = crowd(3)
    refused = part(console, bulk_of("people", *people, here.carol, do="remove"), {"reason": "closed"})
    assert refused.status_code == 422
    assert "Carol Cole cannot be removed" in refused.content.decode()
    assert Person.objects.count() == 4
    part(console, bulk_of("people", *people, do="remove"), {"reason": "closed"})
    assert Person.objects.get() == here.carol
    assert AuditEntry.objects.filter(verb="removed", detail__reason="closed").count() == 3


def test_a_removal_asks_for_a_reason(console: Client) -> None:
    (one,) = crowd(1)
    answer = part(console, f"/registers/people/{one.pk}/remove", {"reason": "  "})
    assert answer.status_code == 422
    assert "Write why" in answer.content.decode()
    assert Person.objects.filter(pk=one.pk).exists()


def test_a_removal_says_what_still_refers_to_the_record_and_how_many(console: Client, here: World) -> None:
    crowd(2, site=here.site)
    answer = part(console, f"/registers/sites/{here.site.pk}/remove", {"reason": "sold"})
    words = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r"The Keep cannot be removed: .*3 people", words)
    assert "Nothing was removed." in words
    assert Site.objects.exists()


def test_a_removal_that_empties_other_records_is_not_offered_to_be_undone(console: Client, here: World) -> None:
    (boss,) = crowd(1)
    Person.objects.filter(pk=here.carol.pk).update(manager=boss)
    assert "Undo" not in part(console, f"/registers/people/{boss.pk}/remove", {"reason": "left"}).content.decode()


def test_only_who_removed_a_record_brings_it_back(console: Client, here: World) -> None:
    (one,) = crowd(1)
    part(console, f"/registers/people/{one.pk}/remove", {"reason": "left"})
    entry = AuditEntry.objects.get(verb="removed")
    bob = Client()
    bob.force_login(here.bob)
    assert bob.post(f"/registers/people/undo/{entry.pk}").status_code == 404
    assert console.post(f"/registers/sites/undo/{entry.pk}").status_code == 404
    assert console.post(f"/registers/people/undo/{entry.pk}").status_code == 302
    assert Person.objects.get(code="X-000").pk == one.pk
    again = console.post(f"/registers/people/undo/{entry.pk}")
    assert (again.status_code, "It is there already" in again.content.decode()) == (422, True)


def test_somebody_with_a_reach_cannot_move_a_person_out_of_it(limited: Client, here: World) -> None:
    address = f"/registers/people/{here.carol.pk}/edit"
    finance = Department.objects.get(code="FIN")
    sent = filled_form(limited, address)
    assert "Finance" not in part(limited, address).content.decode()
    assert limited.post(address, sent | {"department": finance.pk}).status_code == 422
    emptied = part(limited, address, sent | {"department": ""})
    assert emptied.status_code == 422
    assert "outside your part of the organisation" in emptied.content.decode()
    here.carol.refresh_from_db()
    assert here.carol.department is not None


def test_somebody_with_a_reach_makes_nothing_outside_of_it(limited: Client, here: World) -> None:
    assert limited.post("/registers/people/new", {"code": "N-1", "name": "Nora"}).status_code == 422
    assert limited.post("/registers/departments/new", {"code": "NEW", "name": "New"}).status_code == 422
    legal = Department.objects.get(code="LEG")
    sent = {"code": "N-1", "name": "Nora", "department": legal.pk}
    assert limited.post("/registers/people/new", sent).status_code == 302
    assert list(Person.objects.filter(code="N-1").values_list("department__code", flat=True)) == ["LEG"]


def test_somebody_with_a_reach_moves_nobody_out_of_it_by_cell_or_in_bulk(limited: Client, here: World) -> None:
    cell = part(limited, f"/registers/people/{here.carol.pk}/field/department", {"department": ""})
    many = part(limited, bulk_of("people", here.carol), {"field": "department", "department": "", "step": "apply"})
    assert (cell.status_code, many.status_code) == (422, 422)
    here.carol.refresh_from_db()
    assert here.carol.department is not None


def test_one_s_own_record_outside_the_reach_is_seen_but_not_changed(limited: Client, here: World) -> None:
    own = Person.objects.create(code="D-1", name="Dora Dunn", department=Department.objects.get(code="FIN"))
    User.objects.filter(username="dora").update(person="D-1")
    address = f"/registers/people/{own.pk}/edit"
    assert "Dora Dunn" in part(limited, address).content.decode()
    answer = limited.post(address, filled_form(limited, address) | {"job": "Chief"})
    assert answer.status_code == 422
    own.refresh_from_db()
    assert own.job == ""


def test_a_related_record_that_is_not_open_to_one_is_not_named(limited: Client, here: World) -> None:
    secret = Person.objects.create(code="F-1", name="Frida Falk", department=Department.objects.get(code="FIN"))
    Person.objects.filter(pk=here.carol.pk).update(manager=secret)
    page = limited.get("/registers/people?col=manager").content.decode()
    assert "Frida" not in page
    assert "not open to you" in page
    assert "Frida" not in part(limited, f"/registers/people/{here.carol.pk}").content.decode()


def test_a_deed_is_done_with_its_reason_and_refused_in_words(console: Client, here: World) -> None:
    done: list[tuple[Any, ...]] = []

    def lock(zone: Zone, user: Any, reason: str) -> None:
        if reason == "no":
            raise ValidationError("Somebody is still inside.")
        done.append((zone.code, user.username, reason))

    zones = register("zones")
    deeds = zones.deeds
    object.__setattr__(zones, "deeds", (Deed("lock", "Lock it", lock),))
    try:
        address = f"/registers/zones/{here.vault.pk}/do/lock"
        assert "Lock it" in part(console, f"/registers/zones/{here.vault.pk}").content.decode()
        assert "Write why" in part(console, address, {"reason": ""}).content.decode()
        assert "Somebody is still inside." in part(console, address, {"reason": "no"}).content.decode()
        assert console.post(address, {"reason": "drill"}).status_code == 302
        assert done == [("KP-0.01", "alice", "drill")]
        auditor = Client()
        auditor.force_login(world.officer("ann", "Ann", "Ash", "", Role.AUDITOR))
        assert auditor.post(address, {"reason": "drill"}).status_code == 403
    finally:
        object.__setattr__(zones, "deeds", deeds)


def test_among_thousands_a_related_record_is_typed_by_name_or_key(console: Client, here: World) -> None:
    crowd(101)
    Person.objects.create(code="Z-1", name="Person 007")
    address = f"/registers/hosts/{Host.objects.get().pk}/edit"
    page = part(console, address).content.decode()
    assert 'value="Carol Cole (K-3)"' in page
    assert 'data-suggest="/registers/people/choices"' in page
    sent = filled_form(console, address)
    assert console.post(address, sent | {"owner": "X-042"}).status_code == 302
    assert Host.objects.get().owner == Person.objects.get(code="X-042")
    sent = filled_form(console, address)
    assert "Several are called Person 007" in part(console, address, sent | {"owner": "Person 007"}).content.decode()
    assert "No person is called Nobody" in part(console, address, sent | {"owner": "Nobody"}).content.decode()
    found = console.get("/registers/people/choices?q=person 042").json()["found"]
    assert found == ["Person 042 (X-042)"]


def test_a_change_of_many_is_refused_above_ten_thousand(console: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from bartizan.core.pages import register_bulk

    monkeypatch.setattr(register_bulk, "MOST", 2)
    crowd(2)
    assert part(console, "/registers/people/bulk?all=1").status_code == 404


def test_nothing_is_written_when_the_reach_forbids_it_in_the_action_itself(limited: Client, here: World) -> None:
    outsider = Person.objects.create(code="F-1", name="Frida", department=Department.objects.get(code="FIN"))
    with pytest.raises(ValidationError, match="outside your part"):
        actions.remove(User.objects.get(username="dora"), register("people"), [outsider], "because")
    assert Person.objects.filter(pk=outsider.pk).exists()


def rita_of_finance() -> Person:
    return Person.objects.create(code="F-2", name="Rita Reed", department=Department.objects.get(code="FIN"))


def test_what_one_may_not_see_stays_as_it_is_when_one_saves_the_rest(limited: Client, here: World) -> None:
    rita = rita_of_finance()
    Person.objects.filter(pk=here.carol.pk).update(manager=rita)
    address = f"/registers/people/{here.carol.pk}/edit"
    assert 'name="manager"' not in part(limited, address).content.decode()
    assert limited.post(address, filled_form(limited, address) | {"job": "Counsel"}).status_code == 302
    here.carol.refresh_from_db()
    assert (here.carol.job, here.carol.manager) == ("Counsel", rita)
    cell = f"/registers/people/{here.carol.pk}/field/manager"
    assert (part(limited, cell).status_code, part(limited, cell, {"manager": ""}).status_code) == (404, 404)


def test_a_secret_keeps_the_readers_whom_the_one_that_saves_it_may_not_see(limited: Client, here: World) -> None:
    User.objects.filter(username="dora").update(person="K-3")
    secret = IntellectualProperty.objects.create(
        code="IP-1", name="Recipe", kind="formula", department=here.carol.department
    )
    secret.readers.set([here.carol, rita_of_finance()])
    address = f"/registers/intellectual-property/{secret.pk}/edit"
    sent = filled_form(limited, address) | {"note": "old"}
    del sent["reader_departments"]
    assert limited.post(address, sent).status_code == 302
    secret.refresh_from_db()
    assert (secret.note, sorted(one.code for one in secret.readers.all())) == ("old", ["F-2", "K-3"])


def test_a_change_of_many_does_not_name_what_one_may_not_see(limited: Client, here: World) -> None:
    Person.objects.filter(pk=here.carol.pk).update(manager=rita_of_finance())
    page = part(limited, bulk_of("people", here.carol), {"field": "manager", "manager": ""}).content.decode()
    assert ("Rita" in page, "not open to you" in page) == (False, True)


def test_the_last_named_reader_of_a_secret_is_not_removed_with_its_secrecy(console: Client, here: World) -> None:
    secret = IntellectualProperty.objects.create(code="IP-1", name="Recipe", kind="formula")
    one = crowd(1)[0]
    secret.readers.add(one)
    answer = part(console, f"/registers/people/{one.pk}/remove", {"reason": "tidy"})
    assert answer.status_code == 422
    assert "readers of 1 intellectual property name it. Take it off there first." in answer.content.decode()
    assert secret.readers.get() == one


def test_a_change_of_many_asks_the_records_a_fixed_number_of_times_and_a_removal_few(
    console: Client, here: World, django_assert_max_num_queries: Any
) -> None:
    many = crowd(300)
    people = register("people")
    with django_assert_max_num_queries(40):
        assert actions.change_all(here.alice, people, people.rows(here.alice), "job", "Counsel") == 301
    assert AuditEntry.objects.filter(verb="changed").count() == 301
    assert f"/registers/people/{many[42].pk}" in console.get("/search?q=042+counsel").content.decode()
    gone = Person.objects.filter(pk__in=[one.pk for one in many])
    with django_assert_max_num_queries(10 * 300):  # the search index follows each by itself
        actions.remove(here.alice, people, gone, "tidy")
    assert AuditEntry.objects.filter(verb="removed").count() == 300
    assert Person.objects.count() == 1


def test_what_the_records_forbid_is_said_in_words_by_cell_in_bulk_and_when_it_comes_back(
    console: Client, here: World
) -> None:
    issues = register("badge-issues")
    ended = BadgeIssue.objects.create(
        badge=here.badge,
        person=here.carol,
        issued_at=datetime(2025, 1, 1, tzinfo=UTC),
        ended_at=datetime(2025, 2, 1, tzinfo=UTC),
    )
    cell = part(console, f"/registers/badge-issues/{ended.pk}/field/ended_at", {"ended_at": ""})
    assert (cell.status_code, "Somebody holds this badge already" in cell.content.decode()) == (422, True)
    with pytest.raises(ValidationError, match="two of them cannot have the same here"):
        actions.change_all(here.alice, issues, BadgeIssue.objects.filter(pk=ended.pk), "ended_at", None)
    account = UserAccount.objects.get()
    entry = actions.remove(here.alice, register("user-accounts"), [account], "tidy")
    assert entry is not None
    entry.detail["record"] = entry.detail["record"].replace(f'"person": {here.carol.pk}', '"person": 4711')
    with pytest.raises(ValidationError, match="what it belonged to is gone"):
        actions.bring_back(here.alice, register("user-accounts"), entry)


def test_numbers_that_no_record_has_are_answered_like_any_other(console: Client) -> None:
    long = "9" * 23
    for address in (f"people?department={long}", f"people.csv?pick={long}", f"people/bulk?pick={long}"):
        assert console.get(f"/registers/{address}").status_code == 200, address
    assert console.get(f"/registers/property/new?department={long}&by=department").status_code == 200


def test_a_deed_asks_for_a_thing_and_for_the_reason_in_two_fields(console: Client, here: World) -> None:
    done: list[tuple[Any, ...]] = []

    def hand(zone: Zone, user: Any, asked: str, reason: str) -> None:
        done.append((zone.code, user.username, asked, reason))

    zones = register("zones")
    deeds = zones.deeds
    object.__setattr__(zones, "deeds", (Deed("hand", "Hand over", hand, asks="To whom", suggests="people"),))
    try:
        page = part(console, f"/registers/zones/{here.vault.pk}").content.decode()
        assert ("To whom" in page, 'data-suggest="/registers/people/choices"' in page) == (True, True)
        address = f"/registers/zones/{here.vault.pk}/do/hand"
        again = part(console, address, {"asked": " ", "reason": "drill"}).content.decode()
        assert ("Fill in “To whom”." in again, 'value="drill"' in again) == (True, True)
        assert console.post(address, {"asked": "K-3", "reason": "drill"}).status_code == 302
        assert done == [("KP-0.01", "alice", "K-3", "drill")]
    finally:
        object.__setattr__(zones, "deeds", deeds)
