"""What is to be reviewed: ticked off, taken back, told to the audit, and what of it a guard may see."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import cv2
import numpy as np
import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bartizan.cameras import queries
from bartizan.cameras.models import Review, Sighting
from bartizan.cameras.showing import Showing
from bartizan.cases.actions import open_case
from bartizan.core.models import AuditEntry, LiveMessage
from bartizan.engines.vision.planes import Box
from bartizan.estate.models import Zone
from tests import world
from tests.cameras import footage
from tests.cameras.wall_world import MASK, Cameras, review


def words(content: bytes) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content.decode())).split())


def listed(answer: Any) -> list[str]:
    return re.findall(r'id="rv-(\d+)"', answer.content.decode())


def do(client: Client, one: Review, deed: str) -> Any:
    return client.post(f"/cameras/review/{one.pk}/do/{deed}", headers={"x-part": "review"})


def test_the_gravest_stands_first_and_has_the_focus(console: Client, cameras: Cameras) -> None:
    low = review(cameras.corridor, "Object left", severity=1, ago=10)
    grave = review(cameras.vault, "Person in the vault", severity=4, ago=600, why="No badge opened the door.")
    answer = console.get("/cameras/review")
    assert listed(answer) == [str(grave.pk), str(low.pk)]
    assert re.search(rf'class="rv is-focus" id="rv-{grave.pk}"', answer.content.decode())
    assert "No badge opened the door." in words(answer.content)


def test_ticking_off_moves_on_to_the_next_and_can_be_undone(console: Client, cameras: Cameras) -> None:
    first, second = review(cameras.vault, severity=4), review(cameras.vault, "Loitering", severity=2)
    answer = do(console, first, "seen")
    assert listed(answer) == [str(second.pk)]
    assert re.search(rf'class="rv is-focus" id="rv-{second.pk}"', answer.content.decode())
    assert "Ticked off in 24 hours · 1" in words(answer.content)
    assert "A. Archer" in words(answer.content)
    assert f"/cameras/review/{first.pk}/do/undo" in answer.content.decode()
    back = do(console, first, "undo")
    assert listed(back) == [str(first.pk), str(second.pk)]
    assert re.search(rf'class="rv is-focus" id="rv-{first.pk}"', back.content.decode())
    verbs = AuditEntry.objects.filter(subject="camera:C01").order_by("pk").values_list("verb", flat=True)
    assert [verb for verb in verbs if not verb.startswith("watched")] == ["ticked off", "took back a tick"]


def test_what_is_not_a_person_is_kept_as_such(console: Client, cameras: Cameras) -> None:
    one = review(cameras.vault)
    assert "not a person" in words(do(console, one, "nobody").content)
    one.refresh_from_db()
    assert (one.verdict, one.ticked_by) == ("not a person", cameras.here.alice)


def test_not_a_person_is_offered_only_where_a_person_was_said_to_be(console: Client, cameras: Cameras) -> None:
    review(cameras.vault)
    Review.objects.update(kind="camera.covered")
    assert "Not a person" not in words(console.get("/cameras/review").content)


def test_two_at_once_are_told_that_the_other_was_faster(console: Client, guarded: Client, cameras: Cameras) -> None:
    one = review(cameras.vault)
    do(console, one, "seen")
    answer = do(guarded, one, "seen")
    assert answer.status_code == 422
    assert "Somebody ticked it off already." in words(answer.content)


def test_open_pages_hear_of_a_tick(console: Client, cameras: Cameras) -> None:
    one = review(cameras.vault)
    do(console, one, "seen")
    last = LiveMessage.objects.filter(topic="camera").order_by("-pk").first()
    assert last is not None
    assert last.body == {"code": "C01", "review": one.pk}


def test_of_a_camera_of_others_nothing_is_to_be_reviewed(guarded: Client, cameras: Cameras) -> None:
    cameras.vault.groups = ["director"]
    cameras.vault.save()
    one = review(cameras.vault)
    assert listed(guarded.get("/cameras/review")) == []
    assert do(guarded, one, "seen").status_code == 404


def test_a_review_leads_to_the_case_of_its_alarm(console: Client, cameras: Cameras) -> None:
    raised = world.alarm()
    case = open_case(raised, by=cameras.here.alice)
    review(cameras.vault, alarm=raised)
    assert f"Case {case.number}" in words(console.get("/cameras/review").content)


def kept(cameras: Cameras, box: Box, masks: list[Any]) -> Review:
    """Something at ``box`` that was seen while the masks were drawn, as the cameras process keeps it."""
    cameras.vault.masks = masks
    cameras.vault.save()
    showing = Showing(queries.run_folder(), queries.media_folder(), "C01", {"masks": masks})
    picture = footage.picture(2).to_ndarray(format="bgr24").astype(np.uint8)
    path = showing.thumbnail(picture, box, cameras.begun.timestamp(), f"{len(masks)}-{box.left:.0f}")
    return review(cameras.vault, thumbnail=path)


def shades(client: Client, one: Review) -> tuple[int, int]:
    """The darkest and the brightest of its picture."""
    content = client.get(f"/cameras/review/{one.pk}/picture").content
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    return int(decoded.min()), int(decoded.max())


SOMEBODY, NOBODY = Box(40, 60, 80, 160), Box(280, 20, 310, 60)


@pytest.mark.parametrize("hides", ["all", "sealed"])
def test_the_picture_of_a_review_shows_nothing_of_what_was_masked(
    guarded: Client, cameras: Cameras, hides: str
) -> None:
    assert shades(guarded, kept(cameras, SOMEBODY, []))[1] > 200
    assert shades(guarded, kept(cameras, SOMEBODY, [MASK | {"for": hides}]))[1] < 140


def test_the_picture_of_a_review_shows_what_stood_beside_the_mask(guarded: Client, cameras: Cameras) -> None:
    """It is a cutting: the mask's corners, which are shares of the whole picture, lie elsewhere on it."""
    shown = shades(guarded, kept(cameras, NOBODY, []))
    assert shades(guarded, kept(cameras, NOBODY, [MASK])) == shown


def test_a_picture_outside_of_the_recordings_is_never_handed_over(console: Client, cameras: Cameras) -> None:
    one = review(cameras.vault, thumbnail="../secret.key")
    assert console.get(f"/cameras/review/{one.pk}/picture").status_code == 404


def seen(cameras: Cameras, kind: str = "person", **more: Any) -> Sighting:
    told = {"begun_at": cameras.begun, "ended_at": cameras.begun + timedelta(seconds=40), "zones": ["KP-0.01"]} | more
    return Sighting.objects.create(camera=more.pop("camera", cameras.vault), kind=kind, **told)


def test_a_person_in_a_zone_between_two_times_is_found(console: Client, cameras: Cameras) -> None:
    seen(cameras)
    seen(cameras, "vehicle")
    seen(cameras, begun_at=cameras.begun - timedelta(days=3), ended_at=cameras.begun - timedelta(days=3))
    found = console.get("/cameras/search", {"kind": "person", "zone": "KP-0.01"})
    assert "Seen 1" in words(found.content)
    assert "/cameras?camera=C01&amp;at=" in found.content.decode()
    assert "Seen 2" in words(console.get("/cameras/search", {"zone": "KP-0.01"}).content)
    assert "Seen 0" in words(console.get("/cameras/search", {"zone": "KP-0.00"}).content)
    early = console.get("/cameras/search", {"from": "2026-01-01 00:00", "kind": "person"})
    assert "Seen 2" in words(early.content)


def test_bare_motion_is_found_only_when_it_is_asked_for(console: Client, cameras: Cameras) -> None:
    seen(cameras, "motion")
    assert "Seen 0" in words(console.get("/cameras/search").content)
    assert "Seen 1" in words(console.get("/cameras/search", {"kind": "motion"}).content)


def test_motion_alone_is_what_is_counted_as_other_motion(console: Client, cameras: Cameras) -> None:
    seen(cameras)
    seen(cameras, "motion")
    assert "1 other motion held nothing that matters" in words(console.get("/cameras/review").content)


@pytest.mark.parametrize("address", ["/cameras/search?zone=KP-0.01", "/cameras/review"])
def test_many_rows_ask_the_records_no_more_than_few(
    console: Client, cameras: Cameras, django_assert_max_num_queries: Any, address: str
) -> None:
    from django.db import connection

    seen(cameras)
    review(cameras.vault)
    console.get(address)
    with CaptureQueriesContext(connection) as few:
        console.get(address)
    for _ in range(5):
        seen(cameras)
        review(cameras.vault)
    with django_assert_max_num_queries(len(few) + 3):  # fewer than one a row
        console.get(address)


def test_a_search_between_no_times_says_how_to_write_them(console: Client) -> None:
    answer = console.get("/cameras/search", {"from": "sometime"})
    assert answer.status_code == 422
    assert "Write the time like" in words(answer.content)


def test_an_alarm_s_clip_comes_from_the_camera_that_covers_its_zone(console: Client, cameras: Cameras) -> None:
    at = (cameras.begun + timedelta(seconds=10)).isoformat()
    answer = console.get("/cameras/clip-for", {"zone": "KP-0.01", "at": at})
    assert answer.content.decode().count("<img") == 5
    assert "C01" in words(answer.content)
    assert "C02" not in words(answer.content)
    nowhere = Zone.objects.create(code="KP-9", name="Attic", site=cameras.here.site, level=1)
    assert "No camera covers this place" in words(
        console.get("/cameras/clip-for", {"zone": nowhere.code, "at": at}).content
    )


def test_a_camera_on_whose_picture_a_zone_is_drawn_covers_it(console: Client, cameras: Cameras) -> None:
    corners = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]
    cameras.corridor.zones = [{"name": "Vault seen from outside", "points": corners, "zone": "KP-0.01"}]
    cameras.corridor.save()
    answer = console.get("/cameras/clip-for", {"zone": "KP-0.01", "at": cameras.begun.isoformat()})
    assert "Nothing was recorded by C02 at that time." in words(answer.content)
