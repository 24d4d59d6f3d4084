"""Time stamps of custody, by a real authority."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases import evidence_tasks
from bartizan.cases.actions import proving
from bartizan.cases.custody import Evidence
from bartizan.cases.models import Case, Custody, Exhibit, TimeStamp
from bartizan.cases.proofs import prove
from bartizan.cases.queries.exhibit import as_stamp, stamping
from bartizan.core import actions, preferences
from bartizan.engines.custody.stamp import message_of
from bartizan.notices.decisions import Sending
from tests.authority import OPENSSL, Authority, served
from tests.cases.exhibits import faults, past_the_triggers
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority(tmp_path: Path, here: World) -> Iterator[Authority]:
    if OPENSSL is None:
        pytest.skip("Debian's openssl is not installed.")
    folder = tmp_path / "authority"
    folder.mkdir()
    made = Authority(folder)
    with served(made) as address:
        actions.decide(here.alice, Sending(allows_private_addresses=True))
        actions.decide(here.alice, Evidence(authority=address, ca_file=str(made.root)))
        preferences.forget()
        yield made
    preferences.forget()


def test_each_new_head_is_stamped_once_and_the_stamp_holds(laptop: Exhibit, authority: Authority, case: Case) -> None:
    evidence_tasks.once(timezone.now())
    evidence_tasks.once(timezone.now())
    stamp = TimeStamp.objects.get()
    assert abs(stamp.at - timezone.now()) < timedelta(minutes=1)
    assert authority.confirms(message_of(case.number, 1, stamp.digest), bytes(stamp.token))
    assert not stamping(Custody.objects.get()).is_due
    assert prove(case).faults == []
    past_the_triggers("UPDATE cases_timestamp SET at = '2020-01-01 00:00:00'")
    assert "time stamp at link 1 was edited" in faults(case)


def test_a_stamp_is_neither_changed_nor_removed(laptop: Exhibit, authority: Authority, case: Case) -> None:
    evidence_tasks.once(timezone.now())
    for attempt in (lambda: TimeStamp.objects.update(number=9), lambda: TimeStamp.objects.all().delete()):
        with pytest.raises(DatabaseError, match="only added to"), atomic():
            attempt()
    past_the_triggers("DELETE FROM cases_timestamp")
    assert "There are 0 time stamps and should be 1" in faults(case)


def test_an_authority_that_does_not_answer_is_asked_again_after_a_while(laptop: Exhibit, here: World) -> None:
    actions.decide(here.alice, Sending(allows_private_addresses=True))
    actions.decide(here.alice, Evidence(authority="http://127.0.0.1:9/tsr", ca_file="/dev/null"))
    preferences.forget()
    evidence_tasks.once(timezone.now())
    custody = Custody.objects.get()
    assert stamping(custody).is_due
    assert "connection refused" in custody.trouble
    assert evidence_tasks.unstamped(timezone.now()) == []
    assert evidence_tasks.unstamped(timezone.now() + timedelta(minutes=3)) == [custody]


def test_an_answer_of_somebody_who_is_not_trusted_is_no_stamp(
    laptop: Exhibit, authority: Authority, here: World, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other", "Other")
    actions.decide(here.alice, preferences.get(Evidence).model_copy(update={"ca_file": str(other.root)}))
    preferences.forget()
    evidence_tasks.once(timezone.now())
    assert not TimeStamp.objects.exists()
    assert "certificates" in Custody.objects.get().trouble
    actions.decide(here.alice, preferences.get(Evidence).model_copy(update={"ca_file": "/nowhere.pem"}))
    preferences.forget()
    proving.stamp(Custody.objects.get())
    assert "certificate to trust cannot be read" in Custody.objects.get().trouble


def test_the_setting_takes_addresses_certificates_and_whole_paths() -> None:
    from pydantic import ValidationError as Wrong

    for told in ({"authority": "ftp://x"}, {"image_folders": ["images"]}):
        with pytest.raises(Wrong):
            Evidence.model_validate(told)
    with pytest.raises(Wrong, match="no certificate"):
        Evidence.model_validate({"ca_file": "/nowhere.pem"}, context={"is_form": True})


def test_a_stamp_is_what_the_engine_reads(laptop: Exhibit, authority: Authority) -> None:
    evidence_tasks.once(timezone.now())
    assert as_stamp(TimeStamp.objects.get()).number == 1
