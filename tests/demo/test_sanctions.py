"""The demo shows one charge in the middle of its procedure, and leaves nothing of it behind."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from bartizan.cases.models import Case, Charge, Interview, PastSanction
from bartizan.core.models import User
from bartizan.demo import removal, seeding
from bartizan.demo.sanctions import PAST, PERSON
from bartizan.estate.models import Person
from tests.world import own_folder

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 17, 14, 20, tzinfo=UTC)


def test_the_demos_charge_waits_for_a_reason_and_goes_with_the_demo(tmp_path: Path, settings: Settings) -> None:
    own_folder(settings, tmp_path)
    seeding.seed(days=1, now=NOW)
    charge = Charge.objects.get()
    assert charge.case.state == "closed"
    assert PastSanction.objects.count() == len(PAST)
    names = set(Person.objects.values_list("name", flat=True))
    assert not any(name in one.what for one in PastSanction.objects.all() for name in names)
    heard = Interview.objects.get(case=charge.case)
    assert (heard.person, heard.stage, heard.gate_by) == (PERSON, "done", "override")
    client = Client()
    client.force_login(User.objects.get(username="nora"), backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["bz_link"] = "machine"
    session.save()
    text = client.get(f"/cases/{charge.case.number}/findings").content.decode()
    assert Person.objects.get(code=PERSON).name in text
    assert "Cannot be decided yet: 1 of 7 conditions is not met." in text
    assert "is harsher than every like case" in text
    removal.remove()
    assert not Charge.objects.exists()
    assert not Interview.objects.exists()
    assert not PastSanction.objects.exists()
    assert not Case.objects.exists()
