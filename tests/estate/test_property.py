"""What property is worth, in the organisation's currency."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from bartizan.estate.models import Organisation, Property
from tests import world

pytestmark = pytest.mark.django_db


def test_the_list_says_what_all_that_fits_is_worth(client: Client) -> None:
    here = world.build()
    Organisation.objects.update(currency="CHF")
    Organisation.objects.get().save()
    legal = here.carol.department
    Property.objects.create(code="A", name="Desk", department=legal, value=1200)
    Property.objects.create(code="B", name="Safe", value="2500.50", zone=here.vault)
    Property.objects.create(code="C", name="Old car", department=legal, value=9000, gone_on=date(2026, 1, 1))
    client.force_login(here.alice)
    assert "worth 3,700.50 CHF" in client.get("/registers/property").content.decode()
    assert legal is not None
    assert "worth 1,200 CHF" in client.get(f"/registers/property?department={legal.pk}").content.decode()
