"""The audit's chain: a thousand tampers, all found; what was not touched is never blamed; writers at once."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic, savepoint, savepoint_rollback
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.core import access, actions, chain
from bartizan.core.audit import Anchor, verify
from bartizan.core.models import AuditEntry, AuditHead, User
from tests.served import ROOT

ENTRIES = 40
Tamper = Callable[[random.Random], None]
pytestmark = pytest.mark.django_db


@pytest.fixture
def written() -> None:
    """An audit of forty entries by several people, without the triggers that stand in the way of whoever tampers."""
    people = [None, *(User.objects.create_user(name) for name in ("alice", "bob"))]
    rng = random.Random(5)
    for number in range(ENTRIES):
        verb = rng.choice(("changed", "closed", "signed in", "acknowledged"))
        before, after = {"state": "open", "level": number}, {"state": "closed", "ratio": number / 8, "at": None}
        actions.record(rng.choice(people), verb, f"case:2026-{number:03d}", before=before, after=after)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_never_changed")
        cursor.execute("DROP TRIGGER audit_never_removed")
        cursor.execute("DROP TRIGGER audit_never_replaced")


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def edit(rng: random.Random) -> None:
    entry = AuditEntry.objects.get(pk=rng.randint(1, ENTRIES))
    others = User.objects.exclude(pk=entry.by_id)
    new: dict[str, Any] = {
        "at": entry.at + timedelta(microseconds=rng.choice((-1, 1, 10**6, -(10**9)))),
        "by": rng.choice([None, *others]) if entry.by_id else others[0],
        "by_name": entry.by_name + rng.choice(("x", " ", "é")),
        "verb": rng.choice((entry.verb.upper(), "", entry.verb + ".")),
        "subject": f"{entry.subject}0",
        "detail": entry.detail | {"after": {"state": rng.choice(("lost", "", 1, True))}},
        "origin": entry.origin + "1",
        "digest": "".join(rng.sample("0123456789abcdef" * 4, 64)),
    }
    name = rng.choice(list(new))
    AuditEntry.objects.filter(pk=entry.pk).update(**{name: new[name]})


def edit_so_that_it_cannot_be_read(rng: random.Random) -> None:
    name, value = rng.choice((("detail", "{"), ("at", "yesterday"), ("detail", "[]"), ("by_name", "\ud7ff")))
    run("PRAGMA ignore_check_constraints = 1")
    run(f"UPDATE core_auditentry SET {name} = %s WHERE id = %s", value, rng.randint(1, ENTRIES))
    run("PRAGMA ignore_check_constraints = 0")


def delete_some(rng: random.Random) -> None:
    AuditEntry.objects.filter(pk__in=rng.sample(range(1, ENTRIES + 1), rng.randint(1, 5))).delete()


def delete_and_close_the_gap(rng: random.Random) -> None:
    gone = rng.randint(1, ENTRIES)
    AuditEntry.objects.filter(pk=gone).delete()
    for number in range(gone + 1, ENTRIES + 1):
        run("UPDATE core_auditentry SET id = %s WHERE id = %s", number - 1, number)


def cut_the_end(rng: random.Random) -> None:
    AuditEntry.objects.filter(pk__gt=rng.randint(0, ENTRIES - 1)).delete()


def cut_the_end_and_set_the_head_back(rng: random.Random) -> None:
    cut_the_end(rng)
    last = AuditEntry.objects.order_by("-pk").first()
    AuditHead.objects.update(number=last.pk if last else 0, digest=last.digest if last else chain.FIRST)


def swap(rng: random.Random) -> None:
    one, other = rng.sample(range(1, ENTRIES + 1), 2)
    for was, becomes in ((one, 9999), (other, one), (9999, other)):
        run("UPDATE core_auditentry SET id = %s WHERE id = %s", becomes, was)


def shuffle(rng: random.Random) -> None:
    run("UPDATE core_auditentry SET id = id + 1000")
    order = list(range(1, ENTRIES + 1))
    while order == sorted(order):
        rng.shuffle(order)
    for number, place in enumerate(order, start=1):
        run("UPDATE core_auditentry SET id = %s WHERE id = %s", place, 1000 + number)


def forged(rng: random.Random, number: int, previous: str, key: bytes) -> AuditEntry:
    entry = AuditEntry(pk=number, at=timezone.now(), verb="closed", subject="alarm:1", detail={}, by_name="alice")
    entry.digest = rng.choice((previous, chain.digest(key, previous, number, entry.at, actions.fields_of(entry))))
    return entry


def insert(rng: random.Random) -> None:
    """A forged entry at the end, before the first, or in the place of another one that moves on."""
    number = rng.choice((ENTRIES + 1, 0, -3, rng.randint(1, ENTRIES)))
    for one in range(ENTRIES, number - 1, -1) if number > 0 else ():
        run("UPDATE core_auditentry SET id = %s WHERE id = %s", one + 1, one)
    previous = AuditEntry.objects.filter(pk=number - 1).first()
    forged(rng, number, previous.digest if previous else chain.FIRST, rng.randbytes(32)).save(force_insert=True)


def change_the_head(rng: random.Random) -> None:
    head = AuditHead.objects.get()
    name, value = rng.choice(
        (
            ("number", head.number + rng.choice((-1, 1, 100))),
            ("digest", AuditEntry.objects.get(pk=rng.randint(1, ENTRIES - 1)).digest),
            ("seal", head.seal[::-1]),
        )
    )
    AuditHead.objects.update(**{name: value})


def remove_the_head(rng: random.Random) -> None:
    AuditHead.objects.all().delete()


def recompute_without_the_key(rng: random.Random) -> None:
    """Whoever has the records but not the key makes a chain of his own, from some entry on, with a head to it."""
    key, start = rng.randbytes(32), rng.randint(1, ENTRIES)
    previous = AuditEntry.objects.get(pk=start - 1).digest if start > 1 else chain.FIRST
    for entry in AuditEntry.objects.filter(pk__gte=start).order_by("pk"):
        entry.verb = "saw" if entry.pk == start else entry.verb
        previous = chain.digest(key, previous, entry.pk, entry.at, actions.fields_of(entry))
        AuditEntry.objects.filter(pk=entry.pk).update(verb=entry.verb, digest=previous)
    AuditHead.objects.update(digest=previous, seal=chain.seal(key, ENTRIES, previous))


TAMPERS: tuple[Tamper, ...] = (
    edit,
    edit,
    edit_so_that_it_cannot_be_read,
    delete_some,
    delete_and_close_the_gap,
    cut_the_end,
    cut_the_end_and_set_the_head_back,
    swap,
    shuffle,
    insert,
    change_the_head,
    remove_the_head,
    recompute_without_the_key,
)


def test_a_thousand_random_tampers_are_all_found(written: None) -> None:
    rng, missed = random.Random(2026), []
    for number in range(1000):
        tamper = TAMPERS[number % len(TAMPERS)]
        point = savepoint()
        tamper(rng)
        if verify().is_whole:
            missed.append((number, tamper.__name__))
        savepoint_rollback(point)
        if number % 100 == 0:
            assert verify().is_whole, "what was not touched is blamed"
    assert missed == []


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (lambda: run("UPDATE core_auditentry SET verb = 'saw' WHERE id = 7"), "Entry 7 was edited or replaced"),
        (lambda: run("DELETE FROM core_auditentry WHERE id = 9"), "Entry 9 is missing"),
        (lambda: run("DELETE FROM core_auditentry WHERE id IN (9, 10, 11)"), "Entries 9 to 11 are missing"),
        (lambda: run("DELETE FROM core_auditentry WHERE id > 30"), "The end was cut off: Entries 31 to 40 are missing"),
        (
            lambda: run("UPDATE core_auditentry SET at = 'yesterday' WHERE id = 3"),
            "Entry 3 was edited: it cannot be read",
        ),
        (lambda: run("UPDATE core_audithead SET number = 39"), "how long the audit is was edited"),
    ],
)
def test_the_first_wrong_entry_is_named(written: None, tamper: Callable[[], None], words: str) -> None:
    run("PRAGMA ignore_check_constraints = 1")
    tamper()
    run("PRAGMA ignore_check_constraints = 0")
    assert words in verify().trouble


def test_entries_that_changed_places_are_said_to_be_out_of_order(written: None) -> None:
    for was, becomes in ((12, 999), (20, 12), (999, 20)):
        run("UPDATE core_auditentry SET id = %s WHERE id = %s", becomes, was)
    assert verify().trouble == "Entries are out of order from 12 on: entry 20 belongs there."


def test_an_earlier_state_of_the_records_is_whole_but_not_with_a_later_anchor(written: None) -> None:
    noted = verify().last
    assert verify(Anchor.of(str(noted))).is_whole
    actions.record(None, "closed", "alarm:1")
    assert verify(noted).is_whole
    later = Anchor(noted.number + 5, noted.digest)
    assert "set back to an earlier state" in verify(later).trouble
    assert "anchor names" in verify(Anchor(3, noted.digest)).trouble


def test_the_database_refuses_to_change_or_remove_an_entry() -> None:
    actions.record(None, "closed", "alarm:1")
    replace = "REPLACE INTO core_auditentry SELECT * FROM core_auditentry"
    for change in (
        lambda: AuditEntry.objects.update(verb="saw"),
        lambda: AuditEntry.objects.all().delete(),
        lambda: run(replace),
    ):
        with pytest.raises(IntegrityError, match="only added to"), atomic():
            change()


@pytest.mark.parametrize("tamper", [remove_the_head, cut_the_end_and_set_the_head_back, change_the_head])
def test_nothing_is_recorded_over_a_tamper_that_a_new_seal_would_cover_up(written: None, tamper: Tamper) -> None:
    tamper(random.Random(3))
    with pytest.raises(chain.AuditBrokenError, match="audit verify"):
        actions.record(None, "closed", "alarm:2")
    assert not verify().is_whole


def test_an_emptied_audit_takes_no_new_entry(written: None) -> None:
    AuditEntry.objects.all().delete()
    AuditHead.objects.all().delete()
    with pytest.raises(chain.AuditBrokenError):
        actions.record(None, "closed", "alarm:2")
    assert not verify().is_whole


def test_a_lost_key_is_named_and_not_made_anew(written: None, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    assert "put keys/audit.key back" in verify().trouble
    with pytest.raises(chain.AuditBrokenError, match="key is missing"):
        actions.record(None, "closed", "alarm:2")
    assert not (tmp_path / "keys").exists()


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(-1e12, 1e12) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(details=st.lists(st.dictionaries(st.sampled_from(["before", "after", "words"]), _json), max_size=6))
def test_an_untouched_chain_is_never_blamed(details: list[dict[str, Any]]) -> None:
    with atomic():
        for number, detail in enumerate(details):
            actions.record(None, "é" * 90, f"thing:{number}" * 20, **detail)
        assert verify().is_whole
        assert verify().last.number == AuditEntry.objects.count()


def test_what_is_recorded_keeps_its_digest_whatever_python_types_it_had() -> None:
    actions.record(None, "changed", "x:1", before={2: (1, 2), 10: 3.0}, after={"a": (), "b": -0.0, "c": 1e22})
    assert verify().is_whole


WRITER = """
import os, sys, threading
os.environ["BARTIZAN_DATA"] = sys.argv[1]
import django
django.setup()
from django.db import connection
from bartizan.core import access, actions
access.acts_as(sys.argv[2])
def write(name):
    for n in range(15):
        actions.record(None, "wrote", f"{name}:{n}", n=n)
    connection.close()
threads = [threading.Thread(target=write, args=(f"{sys.argv[2]}{n}",)) for n in range(3)]
[t.start() for t in threads]
[t.join() for t in threads]
"""


def test_writers_in_several_threads_and_processes_leave_one_whole_chain(tmp_path: Path) -> None:
    cli = [sys.executable, "-m", "bartizan.cli", "--data", str(tmp_path)]
    none = subprocess.run([*cli, "audit", "verify"], check=False, capture_output=True, text=True, cwd=ROOT)
    assert none.returncode == 1
    assert "There are no records in" in none.stderr
    subprocess.run([*cli, "search", "rebuild"], check=True, capture_output=True, cwd=ROOT)
    names = ("judge", "worker", "web")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name], cwd=ROOT) for name in names]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    done = subprocess.run([*cli, "audit", "verify"], check=False, capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout.split(".")[0]) == (0, "135 entries, whole")


def test_the_command_names_what_is_wrong_and_answers_one(tmp_path: Path) -> None:
    import sqlite3

    cli = [sys.executable, "-m", "bartizan.cli", "--data", str(tmp_path)]
    subprocess.run([*cli, "sign-in-link"], check=True, capture_output=True, cwd=ROOT)
    records = sqlite3.connect(tmp_path / "records.sqlite3")
    assert {name for (name,) in records.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")} >= {
        "audit_never_changed",
        "audit_never_removed",
        "audit_never_replaced",
    }
    assert records.execute("SELECT DISTINCT origin FROM core_auditentry").fetchall() == [("command line",)]
    records.execute("DROP TRIGGER audit_never_changed")
    records.execute("UPDATE core_auditentry SET detail = ? WHERE id = 1", [json.dumps({"by": "nobody"})])
    records.commit()
    done = subprocess.run([*cli, "audit", "verify"], check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert "Entry 1 was edited or replaced" in done.stdout
    wrong = subprocess.run([*cli, "audit", "verify", "--anchor", "x"], check=False, capture_output=True, cwd=ROOT)
    assert wrong.returncode == 2
    assert b"NUMBER" in wrong.stderr or b"anchor is a number" in wrong.stderr


def test_outside_of_a_request_the_process_is_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_process", ["judge"])
    actions.record(None, "closed", "alarm:1")
    assert AuditEntry.objects.get().origin == "judge"


BEFORE = """
from django.core.management import call_command
call_command("migrate", "core", "0002_office", verbosity=0)
from django.db import connection
with connection.cursor() as cursor:
    for pk, name, is_admin in ((1, "alice", 1), (2, "bob", 0)):
        cursor.execute(
            "INSERT INTO core_user (id, username, password, first_name, last_name, email, is_superuser, is_staff,"
            " is_active, date_joined, title, role, sites, departments, person, theme, has_single_keys)"
            " VALUES (%s, %s, '', '', '', '', %s, 0, 1, '2026-01-01', '', 'employee', '[]', '[]', '', '', 1)",
            [pk, name, is_admin],
        )
    for pk in (3, 4, 9, 10, 4000):
        cursor.execute(
            "INSERT INTO core_auditentry (id, at, by_id, by_name, verb, subject, detail, origin, digest)"
            " VALUES (%s, '2026-01-02 03:04:05', %s, '', 'closed', 'alarm:1', '{\\"ratio\\": 2.0}', '', '')",
            [pk, pk % 2 + 1],
        )
"""


def test_an_audit_from_before_the_chain_is_chained_and_whole(tmp_path: Path) -> None:
    import os
    import sqlite3

    here = os.environ | {"BARTIZAN_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "bartizan.settings"}
    setup = "import django; django.setup()\n"
    subprocess.run([sys.executable, "-c", setup + BEFORE], check=True, cwd=ROOT, env=here)
    cli = [sys.executable, "-m", "bartizan.cli", "--data", str(tmp_path), "audit", "verify"]
    done = subprocess.run(cli, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.startswith("5 entries, whole"), done.stdout + done.stderr
    records = sqlite3.connect(tmp_path / "records.sqlite3")
    assert records.execute("SELECT id, by_name FROM core_auditentry ORDER BY id").fetchall()[:3] == [
        (1, "bob"),
        (2, "alice"),
        (3, "bob"),
    ]
    roles = dict(records.execute("SELECT username, role FROM core_user").fetchall())
    assert roles == {"alice": "officer", "bob": "specialist"}
