"""Settings in the console: what stands there, who may change it, and that it holds."""

from __future__ import annotations

import html
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from bartizan.connectors import installed
from bartizan.core import preferences, setting_form
from bartizan.core.actions import decide
from bartizan.core.backup import RecoveryKey, actions, by_recovery_key, schedule, tasks, verify
from bartizan.core.backup.schedule import Backups
from bartizan.core.decisions import Sessions
from bartizan.core.models import AuditEntry, BackupRun
from bartizan.core.preferences import get
from bartizan.core.roles import Role
from bartizan.watch.decisions import Escalation, Silence
from bartizan.watch.models import Source, Trouble
from bartizan.watch.tasks import look_around, walk_audit
from tests import world
from tests.world import World

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


def page(console: Client, url: str, status: int = 200) -> str:
    answer = console.get(url)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def test_settings_list_every_preference_with_how_it_stands_and_what_is_set_at_the_start(console: Client) -> None:
    text = page(console, "/settings")
    for each in preferences.all_preferences():
        assert f'href="/settings/{each.name}"' in text
        assert each.state(get(each.model)) in text
    assert all(words in text for words in ("5, 15, 60 min", "400 days", "BARTIZAN_PORT", "not scheduled"))


def test_every_preference_has_a_form_that_can_be_saved_as_it_is(console: Client) -> None:
    for each in preferences.all_preferences():
        if each.name == "roles":  # a table of its own
            continue
        text = page(console, f"/settings/{each.name}")
        assert each.words in text
        for name, field in each.model.model_fields.items():
            assert field.description, f"{each.name}.{name} has no description"
            assert f'name="set-{name}"' in text, f"{each.name}.{name}"


def test_a_change_is_made_holds_and_is_told(console: Client, here: World) -> None:
    given = {"set-critical_minutes": "2", "set-high_minutes": "15", "set-medium_minutes": "0"}
    assert console.post("/settings/escalation", given)["Location"] == "/settings/escalation?saved=1"
    assert (get(Escalation).critical_minutes, get(Escalation).medium_minutes) == (2, 0)
    assert "Saved." in page(console, "/settings/escalation?saved=1")
    assert AuditEntry.objects.get(verb="changed settings").by == here.alice
    alarm = world.alarm()
    assert alarm.escalates_at is not None
    assert timedelta(seconds=100) < alarm.escalates_at - timezone.now() < timedelta(seconds=121)
    assert world.alarm("Odd hour", level=2).escalates_at is None


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("escalation", {"set-critical_minutes": "-1"}, "greater than or equal to 0"),
        ("escalation", {"set-critical_minutes": "soon"}, "valid integer"),
        ("sessions", {"set-hours": "1000"}, "less than or equal to 168"),
        ("backup-schedule", {"set-schedule": "daily", "set-at": "half past two"}, "is not a time of day"),
        ("backup-schedule", {"set-schedule": "hourly"}, "'off', 'daily' or 'weekly'"),
        ("backup-schedule", {"set-folder": "backups"}, "Write the whole path"),
        ("backup-schedule", {"set-folder": "/proc/nowhere"}, "cannot be written"),
    ],
)
def test_a_wrong_value_gets_words_beside_its_field_and_changes_nothing(
    console: Client, name: str, given: dict[str, str], words: str
) -> None:
    answer = console.post(f"/settings/{name}", given)
    assert answer.status_code == 422
    assert words in html.unescape(answer.content.decode())
    assert not AuditEntry.objects.filter(verb="changed settings").exists()


def test_only_who_may_change_settings_does(client: Client, here: World) -> None:
    for role in (Role.AUDITOR, Role.SPECIALIST, Role.EMPLOYEE, Role.DIRECTOR):
        client.force_login(world.officer(role.value, "A", "B", "", role))
        assert client.get("/settings/escalation").status_code == 403
        assert client.post("/settings/escalation", {"set-critical_minutes": "9"}).status_code == 403
        assert client.get("/settings/backups").status_code == 403
        assert client.post("/settings/backups/take").status_code == 403
        assert client.post("/settings/backups/key").status_code == 403
        assert "BARTIZAN_DATA" not in page(client, "/settings")
    assert get(Escalation).critical_minutes == 5


def test_an_unknown_setting_is_not_found(console: Client) -> None:
    assert console.get("/settings/weather").status_code == 404


def test_a_new_source_takes_the_silence_that_was_decided(here: World) -> None:
    from bartizan.watch.actions import save_source

    decide(None, Silence(after_minutes=90))
    save_source("syslog", "syslog", {}, None)
    assert Source.objects.get().silent_after == 5400


def test_a_session_lasts_as_long_as_was_decided(client: Client, here: World) -> None:
    decide(None, Sessions(hours=3))
    client.login(username="alice", password=world.PASSWORD)
    assert 3 * 3600 - 60 < client.session.get_expiry_age() <= 3 * 3600


def test_every_setting_of_the_console_is_documented() -> None:
    text = "\n".join(p.read_text() for p in (ROOT / "docs").glob("*.md"))
    missing = [
        f"{each.name}.{name}"
        for each in preferences.all_preferences()
        for name in ("", *each.model.model_fields)
        if f"`{name or each.name}`" not in text
    ]
    assert installed()
    assert missing == []


# -- backups


@pytest.fixture
def data(tmp_path: Path, settings: Any) -> Path:
    """The keys and folders of a console; its records are the test's own database."""
    return world.own_folder(settings, tmp_path)


def test_the_recovery_key_is_shown_once_and_only_its_lock_is_kept(console: Client, data: Path) -> None:
    assert console.post("/settings/backups/take").status_code == 422
    assert "Make the recovery key" in page(console, "/settings/backups")
    text = html.unescape(console.post("/settings/backups/key").content.decode())
    shown = text.split('id="recovery">')[1].split("<")[0]
    assert RecoveryKey.read(shown).public == schedule.recovery_key()
    assert shown not in page(console, "/settings/backups")
    assert all(RecoveryKey.read(shown).secret not in p.read_bytes() for p in data.rglob("*") if p.is_file())
    answer = console.post("/settings/backups/key", {"typed": "yes"})
    assert answer.status_code == 422
    assert RecoveryKey.read(shown).public == schedule.recovery_key()


def test_a_backup_is_asked_for_once_and_shown_as_it_goes(console: Client, data: Path) -> None:
    actions.new_recovery_key(None)
    console.post("/settings/backups/take")
    console.post("/settings/backups/take")
    run = BackupRun.objects.get()
    assert "It begins within seconds" in page(console, "/settings/backups")
    actions.begin(run, data / "backups" / "x.bartizan")
    actions.progress(run, "Writing: 40 %.")
    assert "Writing: 40 %." in page(console, "/settings/backups")
    actions.interrupted()
    assert "Bartizan was stopped" in page(console, "/settings/backups")


@pytest.fixture
def recorded(data: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Records on the disk, as a backup pins them: the shape of this test's database without its rows."""
    with connection.cursor() as cursor, sqlite3.connect(data / "records.sqlite3") as db:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name IN ('django_migrations', 'core_audithead')"
        )
        for (sql,) in cursor.fetchall():
            db.execute(sql)
    return data


def test_the_worker_takes_what_was_asked_for_verifies_it_and_keeps_the_newest(recorded: Path, here: World) -> None:
    key = actions.new_recovery_key(None)
    decide(None, Backups(keep=2))
    stop = threading.Event()
    for _ in range(3):
        actions.ask(here.alice)
        BackupRun.objects.filter(state="asked").update(asked_at=timezone.now())
        tasks.step(stop)
    runs = list(BackupRun.objects.order_by("pk"))
    assert [run.state for run in runs] == ["gone", "kept", "kept"]
    assert [Path(run.path).exists() for run in runs] == [False, True, True]
    assert verify(Path(runs[2].path), by_recovery_key(key))["events"] == 0
    actions.ask_to_verify(runs[2], here.alice)
    tasks.step(stop)
    runs[2].refresh_from_db()
    assert (runs[2].state, runs[2].verify_asked_at) == ("kept", None)
    file = Path(runs[2].path)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    actions.ask_to_verify(runs[2], here.alice)
    tasks.step(stop)
    runs[2].refresh_from_db()
    assert (runs[2].state, runs[2].words) == (
        "failed",
        "Its file was changed since it was proved. Take another backup.",
    )
    look_around(timezone.now())
    assert "Its file was changed" in Trouble.objects.get(part="backups", ended_at=None).words


def test_a_scheduled_backup_is_taken_when_it_is_due_and_not_again(recorded: Path) -> None:
    tasks.step(threading.Event())
    assert not BackupRun.objects.exists()
    actions.new_recovery_key(None)
    decide(None, Backups(schedule="daily", at="00:00"))
    tasks.step(threading.Event())
    tasks.step(threading.Event())
    run = BackupRun.objects.get()
    assert (run.state, run.by) == ("kept", None)


def test_a_backup_without_a_folder_to_go_to_fails_in_words_and_health_says_so(recorded: Path) -> None:
    actions.new_recovery_key(None)
    (recorded / "backups").write_text("a file is in the way")
    actions.ask(None)
    tasks.step(threading.Event())
    assert "cannot be made" in BackupRun.objects.get().words
    assert not schedule.condition().is_well


def test_a_backup_that_bartizan_s_end_interrupts_leaves_no_file(recorded: Path) -> None:
    actions.new_recovery_key(None)
    actions.ask(None)
    stop = threading.Event()
    stop.set()
    with pytest.raises(tasks.Stopped):
        tasks.step(stop)
    assert not any((recorded / "backups").iterdir())
    assert not (recorded / "cache" / "backup").exists()


def test_an_error_that_nobody_foresaw_fails_one_backup_and_not_those_after_it(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    actions.new_recovery_key(None)
    actions.ask(None)
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "take", locked)
        tasks.step(threading.Event())
    run = BackupRun.objects.get()
    assert (run.state, run.words) == (
        "failed",
        "It failed (OperationalError: database is locked); the log has the details.",
    )
    actions.ask(None)
    tasks.step(threading.Event())
    assert BackupRun.objects.order_by("pk").last().state == "kept"  # type: ignore[union-attr]


def test_a_backup_whose_end_could_not_be_written_down_stops_no_other(recorded: Path) -> None:
    actions.new_recovery_key(None)
    actions.begin(actions.ask(None), recorded / "backups" / "x.bartizan")
    tasks.step(threading.Event())
    assert "it was not kept" in BackupRun.objects.get().words
    assert actions.ask(None).state == "asked"


def test_records_that_are_busy_while_a_backup_tells_how_far_it_is_do_not_end_it(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(tasks, "TELLS", -1.0)
    monkeypatch.setattr(tasks.actions, "progress", busy)
    actions.new_recovery_key(None)
    actions.ask(None)
    tasks.step(threading.Event())
    assert BackupRun.objects.get().state == "kept"


def test_a_chosen_folder_whose_disk_is_away_stays_chosen_and_its_backup_fails_in_words(
    console: Client, recorded: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    disk = tmp_path_factory.mktemp("disk") / "backups"
    console.post("/settings/backup-schedule", {"set-folder": str(disk), "set-at": "02:30", "set-schedule": "off"})
    assert list(disk.iterdir()) == []
    disk.rmdir()
    preferences.forget()
    assert schedule.folder() == disk
    actions.new_recovery_key(None)
    actions.ask(None)
    tasks.step(threading.Event())
    run = BackupRun.objects.get()
    assert (run.state, run.words) == (
        "failed",
        f"The folder {disk} is not there; look whether its disk is connected.",
    )
    assert not disk.exists()
    assert not (recorded / "backups").exists()


def test_the_schedule_is_on_this_machine_s_clock(settings: Any) -> None:
    settings.MACHINE_ZONE = ZoneInfo("Europe/Amsterdam")
    decided, now = Backups(schedule="daily", at="02:30"), datetime(2026, 7, 20, 12, tzinfo=UTC)
    assert schedule.last_due(decided, now) == datetime(2026, 7, 20, 0, 30, tzinfo=UTC)


def test_a_secret_in_a_form_that_was_refused_is_asked_for_again(console: Client) -> None:
    given = {"set-server": "mail.keep.example", "set-port": "99999999", "set-password": "geheim"}
    answer = console.post("/settings/mail", given)
    text = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert setting_form.TYPE_AGAIN in text
    assert "kept as it is" not in text
    assert "geheim" not in text


@pytest.mark.parametrize(
    ("decided", "now", "due"),
    [
        (Backups(schedule="off"), "2026-11-22 12:00", None),
        (Backups(schedule="daily", at="02:30"), "2026-11-22 12:00", "2026-11-22 02:30"),
        (Backups(schedule="daily", at="02:30"), "2026-11-22 02:29", "2026-11-21 02:30"),
        (Backups(schedule="weekly", at="02:30", weekday="Sunday"), "2026-11-22 12:00", "2026-11-22 02:30"),
        (Backups(schedule="weekly", at="02:30", weekday="Sunday"), "2026-11-22 01:00", "2026-11-15 02:30"),
        (Backups(schedule="weekly", at="02:30", weekday="Friday"), "2026-11-22 12:00", "2026-11-20 02:30"),
    ],
)
def test_when_a_backup_was_due(decided: Backups, now: str, due: str | None) -> None:
    at = datetime.fromisoformat(now).astimezone()
    assert schedule.last_due(decided, at) == (datetime.fromisoformat(due).astimezone() if due else None)


@pytest.mark.parametrize("tamper", ["UPDATE core_auditentry SET verb = 'did nothing'", "DELETE FROM core_audithead"])
def test_an_audit_that_is_not_whole_is_a_trouble_after_the_next_night(here: World, tamper: str) -> None:
    decide(here.alice, Silence(after_minutes=90))
    walk_audit(timezone.now())
    assert AuditEntry.objects.latest("pk").verb == "verified"
    assert not Trouble.objects.filter(part="audit").exists()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_never_changed")
        cursor.execute(tamper)
    walk_audit(timezone.now())
    assert "The audit is not whole." in Trouble.objects.get(part="audit", ended_at=None).words


def test_health_has_a_trouble_when_the_schedule_was_missed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert schedule.condition().is_well
    decide(None, Backups(schedule="daily", at="02:30"))
    assert "no recovery key" in schedule.condition().words
    actions.new_recovery_key(None)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert "look whether the process “worker” runs" in schedule.condition().words
    look_around(timezone.now())
    assert Trouble.objects.get(part="backups").ended_at is None
    decide(None, Backups())
    look_around(timezone.now())
    assert Trouble.objects.get(part="backups").ended_at is not None
