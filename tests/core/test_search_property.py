"""For any user and any words: nothing is found that is not visible, and nothing visible that matches is left out."""

from __future__ import annotations

import re
import unicodedata

import pytest
from django.db.models import Model
from django.db.transaction import atomic, set_rollback
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan.core import search
from bartizan.core.access import may, rule_of, visible_to
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.core.search.kinds import Kind, kinds, values_at
from bartizan.estate import models as estate

pytestmark = pytest.mark.django_db
SITES, DEPARTMENTS = ("KP", "FAR"), ("LEG", "OPS", "LAB")
WORDS = ("anna", "Änna", "ann", "bo", "bob-2", "KP-1", "10.20.2.14", "20.2", "vault", "vau", "2", "zz", "Weiß")
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join)
codes = st.lists(st.sampled_from(DEPARTMENTS), max_size=2, unique=True)


def plain(text: str) -> list[str]:
    """The words of a text, folded in another way than the search folds them."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[a-z0-9]+", "".join(c for c in apart if not unicodedata.combining(c)))


def paths_for(user: User, kind: Kind) -> list[str]:
    """Without the names of other records when any record of theirs may be hidden from the user."""
    return [path for path in kind.paths if "__" not in path or all(sees_all(user, m) for m in kind.other_models)]


def sees_all(user: User, model: type[Model]) -> bool:
    rule = rule_of(model)
    is_whole = user.role == Role.OFFICER or not (user.sites or user.departments)
    return may(user, rule.see) and (rule.within is None or is_whole)


def has(paths: list[str], row: Model, phrase: list[str]) -> bool:
    for path in paths:
        for value in values_at(row, path):
            found = plain(value)
            for at in range(len(found) - len(phrase) + 1):
                part = found[at : at + len(phrase)]
                if part[:-1] == phrase[:-1] and part[-1].startswith(phrase[-1]):
                    return True
    return False


def expected(user: User, words: str) -> set[tuple[str, int]]:
    phrases = [phrase for word in words.split() if (phrase := plain(word))]
    return {
        (kind.name, row.pk)
        for kind in kinds()
        if may(user, kind.needs)
        for row in visible_to(user, kind.model._default_manager.all())
        if phrases and all(has(paths_for(user, kind), row, phrase) for phrase in phrases)
    }


def found(user: User, words: str) -> set[tuple[str, int]]:
    by_url = {kind.url(row): (kind.name, row.pk) for kind in kinds() for row in kind.model._default_manager.all()}
    hits = [hit for kind in kinds() for hit in search.search(user, words, 500, kind.name)]
    return {by_url[hit.url] for hit in hits}


@pytest.fixture
def places() -> None:
    for code in DEPARTMENTS:
        estate.Department.objects.create(code=code, name=f"Department {code}")
    for code in SITES:
        site = estate.Site.objects.create(code=code, name=f"Site {code}")
        estate.Zone.objects.create(code=f"{code}-1", name="Vault", site=site)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_search_finds_exactly_what_is_visible_and_matches(data: st.DataObject, places: None) -> None:
    with atomic():
        user = draw_world(data)
        words = data.draw(texts)
        assert found(user, words) == expected(user, words)
        set_rollback(True)


def draw_world(data: st.DataObject) -> User:
    for number in range(data.draw(st.integers(1, 5))):
        person = estate.Person.objects.create(
            code=f"P-{number}",
            name=data.draw(texts),
            job=data.draw(texts),
            department=estate.Department.objects.get(code=data.draw(st.sampled_from(DEPARTMENTS))),
            site=estate.Site.objects.get(code=data.draw(st.sampled_from(SITES))),
        )
        estate.Host.objects.create(name=f"{data.draw(texts)} {number}", owner=person, addresses=["10.20.2.14"])
    if data.draw(st.booleans()):
        renamed = estate.Person.objects.order_by("pk").first()
        assert renamed is not None
        renamed.name = data.draw(texts)
        renamed.save()
    return User.objects.create(
        username="reader",
        role=data.draw(st.sampled_from(list(Role))),
        sites=data.draw(st.lists(st.sampled_from(SITES), max_size=2, unique=True)),
        departments=data.draw(codes),
        person=data.draw(st.sampled_from(("", "P-0", "P-1"))),
    )
