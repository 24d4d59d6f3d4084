"""Evidence: taken in, handed on with two signatures, and looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from bartizan.cases.actions import exhibit, set_state
from bartizan.cases.custody import Description, Party, Step, party_of, signed_by, signed_on_paper
from bartizan.cases.models import Case, Exhibit
from bartizan.cases.proofs import prove
from bartizan.cases.queries.exhibit import links_of, open_break
from bartizan.core import vault
from bartizan.core.models import AuditEntry
from tests.cases.exhibits import LAPTOP, POLICE, mine, on, to_police
from tests.world import World

pytestmark = pytest.mark.django_db


def test_what_is_taken_in_has_a_number_a_holder_and_its_first_link(laptop: Exhibit, here: World, case: Case) -> None:
    assert (laptop.number, laptop.holder, laptop.holder_ref, laptop.seal) == (
        "E-01",
        "Alice Archer",
        "officer:alice",
        "S-20871",
    )
    (first,) = links_of(laptop)
    assert (first.deed, first.giver, first.taker, first.place) == (
        "taken in",
        "Carol Cole",
        "Alice Archer",
        "Evidence safe, shelf 1",
    )
    assert first.signatures[0].way == "session"
    entry = AuditEntry.objects.filter(subject=f"case:{case.number}", verb="took in exhibit").get()
    assert entry.detail == {"exhibit": "E-01", "link": 1, "digest": first.digest}
    assert prove(case).faults == []


@pytest.mark.parametrize(
    ("told", "step", "words"),
    [
        (Description(" "), Step("why", place="here"), "what the exhibit is"),
        (Description("A"), Step(" ", place="here"), "why it is taken in"),
        (Description("A"), Step("why"), "where it is kept now"),
        (Description("A", found_at=datetime(2999, 1, 1, tzinfo=UTC)), Step("why", place="here"), "in the future"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(
    case: Case, here: World, told: Description, step: Step, words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        exhibit.take_in(case, told, step, [mine(here.alice, "takes")], here.alice)
    assert not Exhibit.objects.exists()


def test_nobody_signs_with_another_name_or_for_somebody_else(case: Case, here: World) -> None:
    with pytest.raises(ValidationError, match="Alice Archer"):
        signed_by(here.alice, "takes", "Bob Bell")
    with pytest.raises(ValidationError, match="somebody else's"):
        exhibit.take_in(case, LAPTOP, Step("why", place="here"), [mine(here.bob, "takes")], here.alice)
    with pytest.raises(ValidationError, match="must sign"):
        exhibit.take_in(case, LAPTOP, Step("why", place="here"), [], here.alice)


def test_a_closed_case_takes_nothing_in(case: Case, here: World) -> None:
    set_state(case, "closed", "over", here.alice)
    with pytest.raises(ValidationError, match="closed"):
        exhibit.take_in(case, LAPTOP, Step("why", place="here"), [mine(here.alice, "takes")], here.alice)


def test_it_goes_to_the_police_on_paper_and_comes_back(laptop: Exhibit, here: World, case: Case) -> None:
    to_police(laptop, here.alice)
    laptop.refresh_from_db()
    assert (laptop.is_outside, laptop.holder, laptop.place) == (True, POLICE.name, "Police laboratory")
    back = [signed_on_paper(POLICE, "gives", "receipt 9", "warrant card 4711"), mine(here.bob, "takes")]
    home = Step("the report is written", place="Safe", seal_state="whole", seal_found="S-20871")
    exhibit.return_exhibit(laptop, party_of(here.bob), home, back, here.bob)
    laptop.refresh_from_db()
    assert (laptop.holder, laptop.steps) == ("Bob Bell", 3)
    assert prove(case).faults == []
    assert prove(case).looks == []


def test_only_whoever_holds_it_gives_it(laptop: Exhibit, here: World) -> None:
    taken = signed_on_paper(POLICE, "takes", "r", "card")
    with pytest.raises(ValidationError, match="somebody else's"):
        exhibit.hand_over(laptop, POLICE, on(), [mine(here.bob, "gives"), taken], here.bob)
    with pytest.raises(ValidationError, match="has it already"):
        exhibit.hand_over(laptop, party_of(here.alice), on(), [], here.alice)
    with pytest.raises(ValidationError, match="in the house already"):
        exhibit.return_exhibit(laptop, party_of(here.bob), on(), [], here.bob)
    assert laptop.links.count() == 1


@pytest.mark.parametrize(("reference", "shown", "words"), [("", "card", "receipt"), ("r", "", "showed")])
def test_an_outsider_signs_with_a_reference_and_what_was_shown(reference: str, shown: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        signed_on_paper(POLICE, "takes", reference, shown)


def test_a_deed_lies_neither_in_the_future_nor_before_the_last_one(laptop: Exhibit, here: World) -> None:
    later = timezone.now() + timedelta(hours=1)
    for at, words in ((later, "future"), (later - timedelta(days=2), "before the step before it")):
        with pytest.raises(ValidationError, match=words):
            exhibit.check_seal(laptop, on(at=at), [mine(here.alice, "does")], here.alice)


def test_a_seal_that_differs_stops_it_until_two_have_seen_it_sealed_again(laptop: Exhibit, here: World) -> None:
    exhibit.check_seal(laptop, on(seal="S-20999"), [mine(here.alice, "does")], here.alice)
    broken = open_break(links_of(laptop))
    assert broken
    assert "is S-20999, the record says S-20871" in broken.words
    with pytest.raises(ValidationError, match="Seal it again with a witness"):
        to_police(laptop, here.alice)
    anew = Step("the number differed", seal_state="broken", seal_found="S-20999", seal_left="S-33190")
    with pytest.raises(ValidationError, match="second person"):
        exhibit.seal(laptop, anew, [mine(here.alice, "does")], here.alice)
    exhibit.seal(laptop, anew, [mine(here.alice, "does"), mine(here.bob, "witnesses")], here.alice)
    laptop.refresh_from_db()
    assert laptop.seal == "S-33190"
    assert open_break(links_of(laptop)) is None


def test_what_is_given_back_to_its_owner_is_never_touched_again(laptop: Exhibit, here: World) -> None:
    owner = Party("Carol Cole")
    signed = [mine(here.alice, "gives"), signed_on_paper(owner, "takes", "receipt 12", "passport")]
    exhibit.give_back(laptop, owner, on(), signed, here.alice)
    with pytest.raises(ValidationError, match="was given back"):
        exhibit.note_view(laptop, "once more", [mine(here.alice, "does")], here.alice)


def test_a_change_has_somebody_who_answers_for_it(laptop: Exhibit, here: World) -> None:
    with pytest.raises(ValidationError, match="answers for the change"):
        exhibit.check_seal(laptop, on(changes="battery taken out"), [mine(here.alice, "does")], here.alice)


def test_looking_is_written_down_with_its_reason_and_alters_nothing(note: Exhibit, here: World) -> None:
    before = vault.path_of(note.digest).read_bytes()
    with pytest.raises(ValidationError, match="why you look"):
        exhibit.note_view(note, " ", [mine(here.bob, "does")], here.bob)
    exhibit.note_view(note, "to read it", [mine(here.bob, "does")], here.bob)
    assert [link.deed for link in links_of(note)] == ["taken in", "looked at"]
    assert vault.path_of(note.digest).read_bytes() == before
    note.refresh_from_db()
    assert note.holder == "Alice Archer"


def test_a_copy_leaves_and_the_original_stays(note: Exhibit, laptop: Exhibit, here: World) -> None:
    signed = [mine(here.alice, "gives"), signed_on_paper(POLICE, "takes", "r-1", "card")]
    link = exhibit.give_copy(note, POLICE, Step("asked for"), signed, here.alice)
    assert (link.how, link.taker) == (f"copy to {POLICE.name}", "Alice Archer")
    with pytest.raises(ValidationError, match="no copy"):
        exhibit.give_copy(laptop, POLICE, Step("asked for"), signed, here.alice)
    with pytest.raises(ValidationError, match="give a copy"):
        exhibit.hand_over(note, POLICE, on(), signed, here.alice)
