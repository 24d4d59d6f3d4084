"""Setting cameras up from nothing, drawing on their pictures, and taking clips out."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bartizan.cameras.actions.camera import password_of
from bartizan.cameras.models import Camera, Export
from bartizan.cameras.pages.zones import corners_from
from bartizan.core.models import AuditEntry
from bartizan.core.roles import Role
from bartizan.estate.models import Device, Site, Zone
from tests import world
from tests.cameras.wall_world import Cameras


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


NEW = {
    "code": "KP-C9", "name": "Roof", "zone": "KP-0.00", "main_url": "rtsp://192.0.2.9/main", "transport": "tcp",
    "record": "always", "pre_seconds": "5", "post_seconds": "20", "kept_days": "14", "kept_gigabytes": "2", "fps": "5",
    "silent_after": "10", "user": "viewer", "password": "rook and bishop",
}  # fmt: skip


def test_a_camera_is_added_with_its_place_and_its_password_is_sealed(console: Client) -> None:
    answer = console.post("/cameras/setup", NEW)
    assert answer.status_code == 302, words(answer)
    made = Camera.objects.get(device__code="KP-C9")
    assert (made.device.name, made.device.zone and made.device.zone.code) == ("Roof", "KP-0.00")
    assert (made.kept_days, made.kept_bytes) == (14, 2_000_000_000)
    assert "rook" not in str(made.secret)
    assert password_of(made) == "rook and bishop"
    assert "KP-C9" in words(console.get("/cameras/setup"))
    assert "rook" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_a_camera_of_the_register_is_set_up_under_its_own_number(console: Client) -> None:
    Device.objects.create(code="C77", name="Yard", kind="camera")
    assert "C77" in console.get("/cameras/setup").content.decode()
    assert console.post("/cameras/setup", NEW | {"code": "C77"}).status_code == 302
    assert Camera.objects.get(device__code="C77").name == "Yard"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"main_url": "http://192.0.2.9/"}, "Write it with rtsp:// in front"),
        ({"main_url": "rtspt://192.0.2.9/main"}, "Write it with rtsp:// in front"),
        ({"main_url": "rtsp://viewer:secret@192.0.2.9/main"}, "Leave name and password out of it"),
        ({"onvif_url": "http://viewer:secret@192.0.2.9/onvif"}, "Leave name and password out of it"),
        ({"onvif_url": "192.0.2.9"}, "Write it with http:// in front"),
        ({"fps": "26"}, "less than or equal to 25"),
        ({"code": "C01"}, "C01 is set up already"),
        ({"code": "M01"}, "M01 is a detector already"),
        ({"code": "no good"}, "Give it a short number"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(console: Client, wrong: dict[str, str], said: str) -> None:
    before = Camera.objects.count(), Device.objects.count()
    answer = console.post("/cameras/setup", NEW | wrong)
    assert answer.status_code == 422
    assert said in words(answer)
    assert (Camera.objects.count(), Device.objects.count()) == before


def test_a_change_without_a_password_keeps_the_one_that_is_there(console: Client) -> None:
    console.post("/cameras/setup", NEW)
    told = {name: value for name, value in NEW.items() if name not in ("password", "code", "name", "zone")}
    assert console.post("/cameras/KP-C9/setup", told | {"kept_days": "7", "groups": ["director"]}).status_code == 302
    made = Camera.objects.get(device__code="KP-C9")
    assert (made.kept_days, made.groups, password_of(made)) == (7, ["director"], "rook and bishop")


ELSEWHERE = (
    ("main_url", "rtsp://203.0.113.5/main"),
    ("sub_url", "rtsp://203.0.113.5/sub"),
    ("onvif_url", "http://203.0.113.5/onvif"),
    ("onvif_url", "http://203.0.113.5\\@192.0.2.9/onvif"),
)


@pytest.mark.parametrize(("name", "url"), ELSEWHERE)
def test_the_password_that_is_kept_goes_to_no_other_machine(console: Client, name: str, url: str) -> None:
    console.post("/cameras/setup", NEW)
    told = {key: value for key, value in NEW.items() if key not in ("password", "code", "name", "zone")} | {name: url}
    assert console.post("/cameras/KP-C9/setup", told).status_code == 422
    assert Camera.objects.get(device__code="KP-C9").main_url == NEW["main_url"]
    assert "Type the password as well" in words(console.post("/cameras/setup/try", told | {"code": "KP-C9"}))


def test_a_camera_moves_to_another_address_with_its_password(console: Client) -> None:
    console.post("/cameras/setup", NEW)
    assert console.post("/cameras/KP-C9/setup", NEW | {"main_url": "rtsp://203.0.113.5/main"}).status_code == 302
    assert Camera.objects.get(device__code="KP-C9").main_url == "rtsp://203.0.113.5/main"


def test_a_number_out_of_reach_is_taken(cameras: Cameras) -> None:
    director = world.officer("dora", "Dora", "Dean", "Director", Role.DIRECTOR)
    director.sites = ["elsewhere"]
    director.save()
    client = Client()
    client.force_login(director)
    Device.objects.create(code="C77", name="Yard", kind="camera", zone=cameras.here.vault)
    for code in ("C01", "C77", "M01"):
        assert "That number is taken" in words(client.post("/cameras/setup", NEW | {"code": code}))
    assert not Camera.objects.filter(device__code="C77").exists()


def test_what_is_out_of_reach_stays_a_choice_where_it_is_kept(cameras: Cameras) -> None:
    director = world.officer("dora", "Dora", "Dean", "Director", Role.DIRECTOR)
    director.sites = ["EG"]
    director.save()
    yard = Zone.objects.create(code="EG-1", name="Yard", site=Site.objects.create(code="EG", name="Eastgate"), level=1)
    corners = [[0.1, 0.2], [0.4, 0.2], [0.4, 0.9]]
    cameras.vault.device.zone, cameras.vault.portal = yard, cameras.here.door
    cameras.vault.zones = [{"name": "Racks", "points": corners, "zone": "KP-0.01"}]
    cameras.vault.device.save()
    cameras.vault.save()
    client = Client()
    client.force_login(director)
    assert re.search(r'value="KP-0.01" selected', client.get("/cameras/C01/zones").content.decode())
    assert re.search(rf'value="{cameras.here.door.pk}" selected', client.get("/cameras/C01/setup").content.decode())


def test_a_camera_is_switched_off_and_on(console: Client, cameras: Cameras) -> None:
    console.post("/cameras/C01/setup", {"do": "off"})
    assert not Camera.objects.get(pk=cameras.vault.pk).is_enabled
    console.post("/cameras/C01/setup", {"do": "on"})
    assert Camera.objects.get(pk=cameras.vault.pk).is_enabled


def test_a_camera_is_removed_only_after_its_number_was_typed(console: Client, cameras: Cameras) -> None:
    unsure = console.post("/cameras/C02/setup", {"do": "remove", "sure": "yes"})
    assert unsure.status_code == 422
    assert "rtsp://192.0.2.2/main" in unsure.content.decode(), "the settings stand there as they are kept"
    assert "This field is required" not in words(unsure)
    assert console.post("/cameras/C02/setup", {"do": "remove", "sure": "C02"}).status_code == 302
    assert not Camera.objects.filter(pk=cameras.corridor.pk).exists()
    refused = console.post("/cameras/C01/setup", {"do": "remove", "sure": "C01"})
    assert "There are recordings of C01" in words(refused)


def test_an_address_that_nobody_answers_at_is_said_in_words(console: Client) -> None:
    answer = console.post("/cameras/setup/try", {"main_url": "rtsp://127.0.0.1:9/main", "transport": "tcp"})
    assert answer.status_code == 200
    assert "rtsp" in words(answer) or "127.0.0.1" in words(answer)
    assert "data:image" not in answer.content.decode()


def test_a_guard_sets_nothing_up_and_takes_nothing_out(guarded: Client, cameras: Cameras) -> None:
    for address in ("/cameras/setup", "/cameras/C01/setup", "/cameras/C01/zones"):
        assert guarded.get(address).status_code == 403
    assert guarded.post("/cameras/C01/export", {"from": "now", "to": "now", "why": "x"}).status_code == 403


ZONE = {"zones-0-name": "Racks", "zones-0-points": "0.1 0.2, 0.4 0.2, 0.4 0.9", "zones-0-nobody": "on"}


def test_a_zone_is_drawn_by_typing_its_corners(console: Client, cameras: Cameras) -> None:
    told = ZONE | {"zones-0-zone": "KP-0.01", "zones-0-rule": "nobody may stand here", "zones-0-loiter_seconds": "60"}
    assert console.post("/cameras/C01/zones", told).status_code == 302
    cameras.vault.refresh_from_db()
    (zone,) = cameras.vault.zones
    assert zone["points"] == [[0.1, 0.2], [0.4, 0.2], [0.4, 0.9]]
    assert (zone["nobody"], zone["zone"], zone["loiter_seconds"]) == (True, "KP-0.01", 60)
    assert 'value="0.1 0.2, 0.4 0.2, 0.4 0.9"' in console.get("/cameras/C01/zones").content.decode()


def test_what_the_form_does_not_ask_for_stays_as_it_was(console: Client, cameras: Cameras) -> None:
    kept = {"direction": [1.0, 0.0], "most": 4, "loiter_seconds": 60}
    cameras.vault.zones = [{"name": "Racks", "points": [[0, 0], [1, 0], [1, 1]]} | kept]
    cameras.vault.save()
    console.post("/cameras/C01/zones", ZONE)
    cameras.vault.refresh_from_db()
    assert {key: cameras.vault.zones[0][key] for key in kept} == kept
    console.post("/cameras/C01/zones", ZONE | {"zones-0-loiter_seconds": ""})
    cameras.vault.refresh_from_db()
    assert cameras.vault.zones[0]["loiter_seconds"] == 0


def test_a_shape_is_removed_and_the_others_stay(console: Client, cameras: Cameras) -> None:
    mask = {"masks-0-name": "Neighbour", "masks-0-points": "0 0, 0.2 0, 0.2 1", "masks-0-for": "sealed"}
    line = {"lines-0-name": "Door", "lines-0-points": "0.2 0.5, 0.8 0.5", "lines-0-portal": "KP-0-001"}
    console.post("/cameras/C01/zones", ZONE | mask | line)
    console.post("/cameras/C01/zones", ZONE | mask | line | {"zones-0-gone": "on"})
    cameras.vault.refresh_from_db()
    assert (cameras.vault.zones, cameras.vault.masks[0]["for"]) == ([], "sealed")
    assert cameras.vault.lines[0]["portal"] == "KP-0-001"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"zones-0-points": "somewhere"}, "write its corners like"),
        ({"zones-0-points": ". ., 0.4 0.2, 0.4 0.9"}, "write its corners like"),
        ({"zones-0-points": " , 0.4 0.2 and, 0.4 0.9"}, "write its corners like"),
        ({"zones-0-points": "0.1 1.2, 0.4 0.2, 0.4 0.9"}, "write its corners like"),
        ({"zones-0-points": "0.1 0.2, 0.4 0.2"}, "Racks"),
        ({"masks-0-name": "Neighbour", "masks-0-points": "0 0, 1 0, 1 1", "masks-0-for": "nobody"}, "hides from"),
        ({"zones-0-loiter_seconds": "a while"}, "write seconds and people as whole numbers"),
    ],
)
def test_a_drawing_that_cannot_be_is_refused_in_words(console: Client, wrong: dict[str, str], said: str) -> None:
    answer = console.post("/cameras/C01/zones", ZONE | wrong)
    assert answer.status_code == 422
    assert said in words(answer)


@pytest.mark.parametrize("typed", ["0.1 0.2, 0.3 0.4", "0.1;0.2,0.3;0.4", ".1 .2, .3 .4", "0.1 0.2,\n0.3 0.4,"])
def test_corners_are_read_as_people_type_them(typed: str) -> None:
    assert corners_from(typed, "Racks") == [[0.1, 0.2], [0.3, 0.4]]


def export(console: Client, cameras: Cameras, **more: str) -> Any:
    from zoneinfo import ZoneInfo

    begun = cameras.begun.astimezone(ZoneInfo("Europe/Amsterdam"))
    told = {
        "from": f"{begun:%Y-%m-%d %H:%M:%S}",
        "to": f"{begun + timedelta(seconds=15):%Y-%m-%d %H:%M:%S}",
        "why": "Case 7",
    }
    return console.post("/cameras/C01/export", told | more)


def test_a_clip_is_taken_out_with_a_reason_and_proves_itself(console: Client, cameras: Cameras) -> None:
    answer = export(console, cameras, keep="1")
    made = Export.objects.get()
    assert answer["Location"] == f"/cameras/exports?clip={made.pk}&keep=1"
    page = console.get(answer["Location"])
    assert made.sha256 in words(page)
    assert "Case 7" in words(page)
    assert f'action="/cameras/exports/{made.pk}/exhibit"' in page.content.decode()
    assert console.post(f"/cameras/exports/{made.pk}/check").status_code == 302
    assert "whole, today" in words(console.get(answer["Location"]))


def test_a_clip_that_was_changed_afterwards_is_found_out(console: Client, cameras: Cameras) -> None:
    from bartizan.cameras import queries

    export(console, cameras)
    made = Export.objects.get()
    file = queries.media_folder() / "exports" / made.path
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    console.post(f"/cameras/exports/{made.pk}/check")
    assert "the file is not what it was" in words(console.get(f"/cameras/exports?clip={made.pk}"))


def test_who_took_a_clip_is_in_the_audit(console: Client, guarded: Client, cameras: Cameras) -> None:
    export(console, cameras)
    made = Export.objects.get()
    answer = console.get(f"/cameras/exports/{made.pk}/file/clip")
    assert answer["Content-Disposition"].startswith("attachment")
    assert int(answer["Content-Length"]) == made.bytes
    assert console.get(f"/cameras/exports/{made.pk}/file/manifest").status_code == 200
    assert console.get(f"/cameras/exports/{made.pk}/file/nonsense").status_code == 404
    assert AuditEntry.objects.filter(verb="took the clip of an export", by=cameras.here.alice).exists()
    assert guarded.get(f"/cameras/exports/{made.pk}/file/clip").status_code == 403


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"from": "whenever"}, "Write the time like"),
        ({"why": ""}, "Say what the clip is for"),
        ({"to": "2026-01-01 00:00"}, "The clip must end after it begins"),
    ],
)
def test_a_clip_that_cannot_be_is_refused_in_words(
    console: Client, cameras: Cameras, wrong: dict[str, str], said: str
) -> None:
    answer = export(console, cameras, **wrong)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Export.objects.exists()
