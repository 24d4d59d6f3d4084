"""What the worker does for the doors by itself."""

from __future__ import annotations

import stat
from datetime import timedelta

import pytest
from django.utils import timezone

from bartizan.doors import inside_list
from bartizan.doors.models import AccessGroup
from bartizan.doors.table_file import NAME, folder, read_table
from bartizan.doors.tasks import LISTS_EVERY, Rounds
from bartizan.watch.lake import Lake
from bartizan.watch.models import Trouble
from tests.lakes import event
from tests.world import World

pytestmark = pytest.mark.django_db


def test_the_table_follows_a_change_at_the_next_look(here: World) -> None:
    rounds = Rounds()
    rounds.turn(1)
    table = read_table()
    assert table is not None
    assert [group.code for group in table.groups] == ["legal"]
    AccessGroup.objects.create(code="night", name="Night shift")
    rounds.turn(1.5)
    table = read_table()
    assert table is not None
    assert [group.code for group in table.groups] == ["legal", "night"]


def test_a_table_that_somebody_removed_comes_back(here: World) -> None:
    rounds = Rounds()
    rounds.turn(1)
    (folder() / NAME).unlink()
    rounds.turn(1.5)
    assert read_table() is not None


def test_a_table_that_cannot_be_written_is_said_under_health_and_is_well_again(here: World) -> None:
    (folder() / f"{NAME}.new").mkdir(parents=True)  # no file can be written there
    rounds = Rounds()
    rounds.turn(1)
    assert "readers go on by the last one" in Trouble.objects.get(part="access table", ended_at=None).words
    (folder() / f"{NAME}.new").rmdir()
    rounds.turn(1.5)
    assert not Trouble.objects.filter(part="access table", ended_at=None).exists()


def test_the_list_of_who_is_inside_lies_ready_one_a_site_and_is_renewed(here: World, lake: Lake) -> None:
    lake.append([event(timezone.now() - timedelta(minutes=5))])
    rounds = Rounds()
    rounds.turn(1)
    (file,) = inside_list.folder().iterdir()
    assert (file.name, stat.S_IMODE(file.stat().st_mode)) == ("KP.pdf", 0o600)
    first = file.stat().st_mtime_ns
    rounds.turn(2)
    assert file.stat().st_mtime_ns == first
    rounds.turn(2 + LISTS_EVERY)
    assert file.stat().st_mtime_ns > first
    assert [one.site for one in inside_list.written({"KP"})] == ["KP"]
    assert inside_list.written({"EG"}) == []


def test_the_paper_holds_the_names_and_where_they_were_read_last(here: World, lake: Lake) -> None:
    pypdf = pytest.importorskip("pypdf", reason="The Python package pypdf is not installed.")
    lake.append([event(timezone.now() - timedelta(minutes=5))])
    (file,) = inside_list.write_lists(timezone.now())
    text = "".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    assert "Carol Cole" in text
    assert "Vault" in text
