"""Response plans: written in the console, started by the case, ticked off, rehearsed in drills, their times kept."""

from __future__ import annotations

import html
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from bartizan.cases import tasks
from bartizan.cases.actions import join, open_case
from bartizan.cases.actions import run as runs
from bartizan.cases.models import Case, Clock, PlanVersion, Run, StepDone
from bartizan.cases.plan_book import shipped
from bartizan.cases.queries import plan as plans_of
from bartizan.core.models import AuditEntry
from bartizan.core.roles import Role
from bartizan.estate.models import BadgeIssue
from bartizan.notices.models import Duty, Notice
from bartizan.watch.lake import Lake
from bartizan.watch.models import AlarmEvent, LegalHold
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db
TEXT = """\
name: Vault opened
why: Know what is gone.
source: house
for:
  rules: [Vault opened]
steps:
  - step: 1
    do: Tell whoever is on call
    owner: Security desk
    act: tell on call
    by itself: yes
  - step: 2
    do: Look into the vault
    owner: CSO
    within: 5
    ask: Is anything missing?
    answers:
      Yes: 3
      No: end
  - step: 3
    do: Stop the badge
    owner: Security desk
    act: revoke badge
  - step: 4
    do: Lock the zone
    owner: Security desk
    act: lock zone
"""


def page(console: Client, case: Case) -> str:
    return html.unescape(console.get(f"/cases/{case.number}/tasks").content.decode())


def do(console: Client, case: Case, deed: str, **told: object) -> str:
    """What the tab says after it: its trouble, or nothing."""
    answer = console.post(f"/cases/{case.number}/plan/do/{deed}", told)
    if answer.status_code == 302:
        return ""
    text = html.unescape(answer.content.decode())
    return text.split('role="alert">', 1)[1].split("</p>", 1)[0]


@pytest.fixture
def vault(console: Client) -> str:
    """The plan of the house, as it is kept in the console."""
    answer = console.post("/plans/add", {"text": TEXT, "how": "keep"})
    assert answer.status_code == 302
    return str(answer["Location"]).rsplit("/", 1)[1]


@pytest.fixture
def opened(here: World, vault: str, lake: Lake) -> Case:
    """A case that a rule opened and the worker looked at."""
    case = open_case(world.alarm("Vault opened", actor="badge:4417"))
    tasks._look(case)
    runs.look_at_runs(timezone.now())
    return case


def test_a_case_starts_the_plan_that_is_meant_for_it_and_its_first_step_is_done_by_itself(
    console: Client, opened: Case, here: World
) -> None:
    run = Run.objects.get(case=opened)
    assert (run.key, run.version, run.started_by) == ("vault-opened", 1, None)
    told = StepDone.objects.get(run=run)
    assert (told.step, told.by, told.told) == (1, None, "Told: Alice Archer, Bob Bell.")
    assert Notice.objects.filter(trigger="plan-calls", user=here.bob).exists()
    text = page(console, opened)
    assert "Vault opened" in text
    assert "Is anything missing?" in text
    assert "lock zone" not in text
    runs.look_at_runs(timezone.now() + timedelta(seconds=2))
    assert StepDone.objects.count() == 1  # by itself is once


def test_the_steps_are_ticked_off_with_who_when_and_what_until_the_plan_is_through(
    console: Client, opened: Case, here: World
) -> None:
    run = Run.objects.get(case=opened)
    assert "is not open yet" in do(console, opened, "note", run=run.pk, step=3, how="done")
    assert "Answer step 2 with one of: Yes, No." in do(console, opened, "note", run=run.pk, step=2, answer="Maybe")
    assert not do(console, opened, "note", run=run.pk, step=2, answer="Yes", words="the box is gone")
    assert "Say why step 3 is not needed here." in do(console, opened, "note", run=run.pk, step=3, how="passed")
    assert '<option value="4417">Badge of P1<' in page(console, opened)  # whose badge it is stays masked
    assert not do(console, opened, "note", run=run.pk, step=3, how="act", target="4417")
    assert not BadgeIssue.objects.filter(badge=here.badge, ended_at=None).exists()
    assert opened.tasks.get().words.startswith("Take badge 4417 out of the door system")
    assert "by hand, no connector here can do this yet" in do(console, opened, "note", run=run.pk, step=4, how="act")
    assert not do(console, opened, "note", run=run.pk, step=4, how="done", words="by the guard")
    run.refresh_from_db()
    assert run.ended_at is not None
    assert not run.ended_because
    text = page(console, opened)
    assert "4 of 4 closed" in text
    assert "all after" in text
    assert "is over: every step is closed" in do(console, opened, "note", run=run.pk, step=4, words="again")
    assert AuditEntry.objects.filter(verb="noted a step", subject=f"case:{opened.number}").count() == 4


def test_a_wrong_answer_is_corrected_with_its_reason_and_both_are_kept(console: Client, opened: Case) -> None:
    run = Run.objects.get(case=opened)
    do(console, opened, "note", run=run.pk, step=2, answer="Yes")
    assert "To correct it, say why." in do(console, opened, "note", run=run.pk, step=2, answer="No")
    assert not do(console, opened, "note", run=run.pk, step=2, answer="No", words="it stood on the shelf")
    assert list(run.notes.filter(step=2).order_by("pk").values_list("answer", flat=True)) == ["Yes", "No"]
    assert "other branch" in page(console, opened)
    run.refresh_from_db()
    assert run.ended_at is not None


def test_another_plan_is_followed_only_for_a_reason(console: Client, opened: Case) -> None:
    run = Run.objects.get(case=opened)
    assert "Say why the plan is stopped" in do(console, opened, "change", run=run.pk, plan="malware", because=" ")
    assert "is being followed" in do(console, opened, "start", plan="malware")
    assert not do(console, opened, "change", run=run.pk, plan="malware", because="it was a program")
    first, second = Run.objects.filter(case=opened).order_by("pk")
    assert (first.ended_because, second.key, second.version) == ("it was a program", "malware", 0)
    assert "Stopped: it was a program" in page(console, opened)


def test_a_plan_gives_way_to_a_more_special_one_until_anything_is_noted(here: World, lake: Lake) -> None:
    case = open_case(world.alarm("Door forced"))
    tasks._look(case)
    join(case, world.alarm("Malware found", level=4, ago=timedelta(minutes=2)))
    join(case, world.alarm("Intruder alarm", ago=timedelta(minutes=2)))
    runs.start_fitting(case)
    assert [run.key for run in case.runs.order_by("pk")] == ["forced-door"]
    AlarmEvent.objects.update(kind="host.malware")
    runs.start_fitting(case)
    first, second = case.runs.order_by("pk")
    assert (first.ended_because, second.key) == (runs.GIVES_WAY, "malware")
    runs.look_at_runs(timezone.now())  # its first step is done by itself
    AlarmEvent.objects.update(kind="door.forced")
    assert runs.start_fitting(case) is None


def test_an_overdue_step_is_told_once_to_whoever_has_the_post(opened: Case, here: World) -> None:
    later = timezone.now() + timedelta(minutes=6)
    runs.look_at_runs(later)
    runs.look_at_runs(later + timedelta(minutes=6))
    told = Notice.objects.filter(trigger="plan-overdue")
    assert [one.user for one in told] == [here.alice]  # the step's owner is the CSO
    assert "Step 2 of “Vault opened” is overdue, CSO: Look into the vault" in told.get().words


def test_a_run_keeps_the_words_under_which_it_began(console: Client, opened: Case) -> None:
    changed = TEXT.replace("Look into the vault", "Look at the seals").replace("within: 5", "within: 9")
    looked = console.post("/plans/vault-opened/change", {"text": changed, "how": "look"})
    assert "Step 2, minutes: “5” is now “9”" in html.unescape(looked.content.decode())
    assert PlanVersion.objects.count() == 1
    assert console.post("/plans/vault-opened/change", {"text": changed, "how": "keep"}).status_code == 302
    assert "Look into the vault" in page(console, opened)
    text = html.unescape(console.get("/plans/vault-opened").content.decode())
    assert "Look at the seals" in text
    assert "Step 2, what to do: “Look into the vault” is now “Look at the seals”" in text
    assert AuditEntry.objects.filter(verb="kept plan", subject="plan:vault-opened").count() == 2


def test_a_plan_that_is_wrong_is_refused_with_its_lines_and_the_text_stays(console: Client, here: World) -> None:
    wrong = TEXT.replace("No: end", "No: 1").replace("act: lock zone", "act: start clock\n    target: gdpr-999")
    answer = console.post("/plans/add", {"text": wrong, "how": "keep"})
    text = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "step 2 leads back to itself; a walk through the plan must end" in text
    assert "target: gdpr-999" in text
    answer = console.post("/plans/add", {"text": wrong.replace("No: 1", "No: end"), "how": "keep"})
    assert "there is no rule called gdpr-999" in html.unescape(answer.content.decode())
    assert not PlanVersion.objects.exists()


def test_the_office_s_own_version_holds_over_the_shipped_one_and_is_withdrawn_for_a_reason(
    console: Client, here: World
) -> None:
    own = shipped()["malware"].text.replace("within: 5", "within: 6")
    assert console.post("/plans/malware/change", {"text": own, "how": "keep"}).status_code == 302
    assert plans_of.in_force()["malware"].version == 1
    assert console.post("/plans/malware/withdraw", {"because": ""}).status_code == 422
    assert console.post("/plans/malware/withdraw", {"because": "IT has its own"}).status_code == 302
    assert "malware" not in plans_of.in_force()
    with pytest.raises(ValidationError, match="a withdrawn one starts no more"):
        runs.start_drill("malware", here.alice)
    assert console.get("/plans").status_code == console.get("/plans/malware").status_code == 200


def test_a_drill_does_nothing_in_earnest_and_its_times_are_kept_apart(
    console: Client, opened: Case, here: World
) -> None:
    before = Notice.objects.filter(trigger="plan-calls").count()
    address = console.post("/plans/vault-opened/drill")["Location"]
    drill = Run.objects.get(case=None)
    runs.look_at_runs(timezone.now())
    assert StepDone.objects.get(run=drill).told.startswith("Drill: not done.")
    console.post(f"{address}/do/note", {"step": 2, "answer": "Yes"})
    console.post(f"{address}/do/note", {"step": 3, "how": "act"})
    console.post(f"{address}/do/note", {"step": 4, "how": "act"})
    drill.refresh_from_db()
    assert drill.ended_at is not None
    assert BadgeIssue.objects.filter(badge=here.badge, ended_at=None).exists()
    assert Notice.objects.filter(trigger="plan-calls").count() == before
    real, rehearsed = plans_of.plan_times(here.alice, timezone.now())["vault-opened"]
    assert (real.runs, real.done, rehearsed.runs) == (1, None, 1)
    assert rehearsed.done is not None
    assert "Drill" in console.get(address).content.decode()
    assert runs.forget_drills((timezone.now() + runs.DRILL_KEPT).date()) == 0
    assert runs.forget_drills((timezone.now() + runs.DRILL_KEPT + timedelta(days=1)).date())
    assert Run.objects.get().case == opened


def test_a_drill_is_planned_for_a_day_and_begun_in_the_plan_s_words_of_then(
    console: Client, vault: str, here: World
) -> None:
    day = (timezone.now() + timedelta(days=30)).date()
    assert console.post(f"/plans/{vault}/drill", {"on": "someday"}).status_code == 422
    assert console.post(f"/plans/{vault}/drill", {"on": "2020-01-01"}).status_code == 422
    assert console.post(f"/plans/{vault}/drill", {"on": day.isoformat()}).status_code == 302
    drill = Run.objects.get()
    with pytest.raises(ValidationError, match="has not begun"):
        runs.note_step(drill, 1, here.alice)
    console.post(f"/plans/{vault}/change", {"text": TEXT.replace("within: 5", "within: 7"), "how": "keep"})
    console.post(f"/drills/{drill.pk}/do/begin")
    drill.refresh_from_db()
    assert (drill.version, drill.started_by) == (2, here.alice)


def test_the_system_does_what_it_can_once_somebody_confirms_it(console: Client, case: Case, here: World) -> None:
    run = runs.start_run(case, "data-by-usb", here.alice)
    assert not do(console, case, "note", run=run.pk, step=1, how="act")
    assert LegalHold.objects.get().reason.startswith(f"Case {case.number}: Keep the logs")
    for step, answer in ((2, "No"), (4, ""), (5, "Yes")):
        assert not do(console, case, "note", run=run.pk, step=step, answer=answer)
    assert not do(console, case, "note", run=run.pk, step=6, how="act")
    assert Clock.objects.get().rule == "gdpr-33"
    assert not do(console, case, "note", run=run.pk, step=7, how="act")
    assert case.tasks.get().who == "Counsel"
    assert "is not among" not in page(console, case)


def test_what_cannot_be_done_by_itself_is_said_and_waits_for_a_person(here: World, console: Client) -> None:
    text = TEXT.replace("act: tell on call", "act: start clock\n    target: gdpr-33")
    console.post("/plans/add", {"text": text, "how": "keep"})
    case = open_case(headline="The vault stood open", by=here.alice)
    run = runs.start_run(case, "vault-opened", here.alice)
    runs.look_at_runs(timezone.now())
    assert Clock.objects.count() == 1
    runs.stop_run(run, "again", here.alice)
    second = runs.start_run(case, "vault-opened", here.alice)
    runs.look_at_runs(timezone.now())
    assert second.notes.get().outcome == "tried"
    assert "Could not be done by itself: GDPR, authority runs already." in page(console, case)
    assert plans_of.state_of(second, timezone.now()).open[0].step.number == 1


def test_a_closed_case_asks_for_no_step(console: Client, opened: Case, here: World) -> None:
    run = Run.objects.get(case=opened)
    console.post(f"/cases/{opened.number}/do/state", {"state": "closed", "reason": "all is there"})
    assert "is closed; set it to open first" in do(console, opened, "note", run=run.pk, step=2, answer="No")
    runs.look_at_runs(timezone.now() + timedelta(hours=1))
    assert not Notice.objects.filter(trigger="plan-overdue").exists()


def test_a_case_without_a_plan_offers_those_that_are_meant_for_it(console: Client, case: Case, here: World) -> None:
    text = page(console, case)
    assert "No plan is followed." in text
    assert "None of the plans is meant for a case like this" in text
    assert not do(console, case, "start", plan="missing-property")
    assert "Property is missing" in page(console, case)


def test_plans_are_read_by_all_who_see_cases_and_written_by_the_chief(client: Client, here: World) -> None:
    client.force_login(world.officer("spec", "Sam", "Spec", "", Role.SPECIALIST))
    assert "/plans/add" not in client.get("/plans").content.decode()
    assert client.get("/plans/malware").status_code == 200
    assert client.post("/plans/add", {"text": TEXT, "how": "keep"}).status_code == 403
    assert client.post("/plans/malware/drill").status_code == 302
    client.force_login(world.officer("aud", "Ada", "Aud", "", Role.AUDITOR))
    drill = Run.objects.get()
    assert client.get(f"/drills/{drill.pk}").status_code == 200
    assert client.post(f"/drills/{drill.pk}/do/note", {"step": 1}).status_code == 403


def test_somebody_who_may_not_see_the_case_sees_neither_its_run_nor_its_times(here: World, opened: Case) -> None:
    from bartizan.cases.models import Wall

    assert plans_of.runs_of(here.bob, opened).exists()
    Wall.objects.create(case=opened, user=here.bob, why="his brother is asked", by=here.alice)
    assert not plans_of.runs_of(here.bob, opened).exists()
    assert not plans_of.plan_times(here.bob, timezone.now())
    runs.start_drill("vault-opened", here.alice)
    assert plans_of.drills(here.bob).count() == 1


def test_every_shipped_plan_can_be_kept_and_followed(here: World) -> None:
    for key in shipped():
        assert runs.start_drill(key, here.alice).plan.steps
    assert {path.stem for path in (Path(runs.__file__).parents[1] / "plans").glob("*.yaml")} == set(shipped())
    assert isinstance(Run.objects.first().started_at, datetime)  # type: ignore[union-attr]


def test_whoever_planned_a_drill_and_whoever_is_on_call_are_told_the_day_before_and_on_the_day(
    console: Client, vault: str, here: World
) -> None:
    morning = timezone.now().replace(hour=runs.MORNING, minute=1)
    day = morning + timedelta(days=2)
    drill = runs.plan_drill(vault, day.date(), here.alice)
    Duty.objects.create(user=here.bob, starts_at=morning, ends_at=day + timedelta(days=1))
    told = Notice.objects.filter(trigger="drill-planned")
    assert runs.remind_of_drills(morning) == 0
    eve = day - timedelta(days=1)
    assert runs.remind_of_drills(eve - timedelta(hours=2)) == 0, "not in the night"
    assert [runs.remind_of_drills(eve), runs.remind_of_drills(eve + timedelta(hours=1))] == [1, 0]
    assert {one.user for one in told} == {here.alice, here.bob}
    assert "is planned for tomorrow" in told[0].words
    assert runs.remind_of_drills(day) == 1
    assert told.filter(words__contains="is planned for today").count() == 2
    runs.stop_run(drill, "The hall is taken.", here.alice)
    assert runs.remind_of_drills(day + timedelta(hours=1)) == 0


def test_planned_drills_stand_on_top_of_the_plans(console: Client, vault: str, here: World) -> None:
    today = timezone.now().date()
    for days in (0, 5):
        runs.plan_drill(vault, today + timedelta(days=days), here.alice)
    page = console.get("/plans").content.decode()
    assert page.index("Planned drills") < page.index("In force")
    assert "in 5 days" in page
    Run.objects.filter(planned_on=today).update(planned_on=today - timedelta(days=3))
    assert "3 days ago, and not begun" in console.get("/plans").content.decode()
