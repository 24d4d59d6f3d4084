"""Placing on a floor's plan, and the picture under it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from bartizan.core.models import AuditEntry, File
from bartizan.core.roles import Role
from bartizan.estate.actions import hang_picture, place, take_off
from bartizan.estate.models import Building, Department, Device, Floor, Host, Portal, Zone
from bartizan.estate.pictures import picture_size
from bartizan.estate.plan import door_at, zone_at
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(tmp_path: Path, settings: Settings) -> World:
    world.own_folder(settings, tmp_path)
    return world.build()


@pytest.fixture
def console(client: Client, here: World) -> Client:
    client.force_login(here.alice)
    return client


def png(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\xff" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xd9"


def test_a_device_that_is_put_into_another_room_is_in_that_room(here: World) -> None:
    camera = Device.objects.get(code="C01")
    assert place(camera, here.floor, [200, 150], here.alice) == "Vault camera is on the plan, in Corridor."
    camera.refresh_from_db()
    assert (camera.x, camera.y, camera.zone) == (200, 150, here.corridor)
    entry = AuditEntry.objects.get(verb="placed")
    assert entry.subject == "camera:C01"
    assert entry.detail == {"before": {"place": "20, 20 in Vault"}, "after": {"place": "200, 150 in Corridor"}}


def test_a_device_at_the_wall_of_its_room_stays_in_it(here: World) -> None:
    camera = Device.objects.get(code="C01")
    place(camera, here.floor, [60, 134], here.alice)
    assert camera.zone == here.vault


def test_a_door_goes_into_the_nearest_wall_of_its_zones(here: World) -> None:
    place(here.door, here.floor, [100, 125], here.alice)
    assert here.door.line == [91, 132, 109, 132]
    assert door_at([[0, 0, 100, 100]], 99, 50) == [100, 41, 100, 59]
    with pytest.raises(ValidationError, match="No wall of Vault or Corridor is near"):
        place(here.door, here.floor, [600, 290], here.alice)


def test_a_zone_is_drawn_by_two_corners_in_any_order(here: World) -> None:
    attic = Zone.objects.create(code="KP-0.09", name="Attic", site=here.site)
    place(attic, here.floor, [400, 100, 350, 20], here.alice)
    assert (attic.outline, attic.floor) == ([350, 20, 50, 80], here.floor)
    assert zone_at([attic], 360, 30) == attic
    take_off(attic, here.alice)
    assert (attic.outline, attic.floor) == ([], here.floor)


def test_what_cannot_be_placed_says_why_and_stays(here: World) -> None:
    host = Host.objects.create(name="KP-WS-9")
    attic = Zone.objects.create(code="KP-0.09", name="Attic", site=here.site)
    for thing, spot, words in (
        (host, [600, 290], "No zone is drawn there"),
        (host, [900, 10], "outside the plan"),
        (attic, [10, 10, 12, 12], "too near to each other"),
    ):
        with pytest.raises(ValidationError, match=words):
            place(thing, here.floor, spot, here.alice)
    host.refresh_from_db()
    assert host.x is None


def test_things_are_placed_on_the_page_by_typing_where(console: Client, here: World) -> None:
    Host.objects.create(name="KP-WS-9")
    page = console.get("/map/KP-0/edit").content.decode()
    assert "Not on the plan yet" in page
    assert "KP-WS-9" in page
    answer = console.post(
        "/map/KP-0/edit", {"thing": "host:KP-WS-9", "x": "200", "y": "150"}, headers={"X-Part": "edit"}
    )
    assert "KP-WS-9 is on the plan, in Corridor." in answer.content.decode()
    assert Host.objects.get(name="KP-WS-9").zone == here.corridor
    wrong = console.post("/map/KP-0/edit", {"thing": "host:KP-WS-9", "x": "left", "y": "150"})
    assert wrong.status_code == 422
    assert "Write where it is in numbers" in wrong.content.decode()
    console.post("/map/KP-0/edit", {"thing": "host:KP-WS-9", "do": "remove"})
    assert Host.objects.get(name="KP-WS-9").x is None


def test_only_who_keeps_the_registers_places(client: Client, here: World) -> None:
    client.force_login(world.officer("sam", "Sam", "Stone", "Guard", role=Role.SPECIALIST))
    assert client.get("/map/KP-0/edit").status_code == 403
    assert client.post("/map/KP-0/edit", {"thing": "door:KP-0-001", "x": "1", "y": "1"}).status_code == 403
    assert "Edit" not in client.get("/map").content.decode().split("<main", 1)[1]


def test_a_picture_is_drawn_under_the_zones(console: Client, here: World) -> None:
    sent = SimpleUploadedFile("plan.png", png(1280, 608), "image/png")
    assert console.post("/map/KP-0/picture/change", {"picture": sent}).status_code == 302
    here.floor.refresh_from_db()
    assert (here.floor.width, here.floor.height) == (640, 304)  # zones are drawn on it already
    assert f'href="/map/KP-0/picture?{here.floor.picture_id}"' in console.get("/map").content.decode()
    shown = console.get("/map/KP-0/picture")
    assert shown["Content-Type"] == "image/png"
    assert b"".join(shown.streaming_content).startswith(b"\x89PNG")  # type: ignore[arg-type]
    console.post("/map/KP-0/picture/change", {"do": "remove"})
    assert console.get("/map/KP-0/picture").status_code == 404
    assert File.objects.get().removed_at is not None


def test_an_empty_plan_takes_the_shape_of_its_picture(here: World) -> None:
    floor = Floor.objects.create(code="KP-1", name="Floor 1", building=Building.objects.get())
    hang_picture(floor, SimpleUploadedFile("plan.jpg", jpeg(1000, 500)), here.alice)
    assert (floor.width, floor.height) == (640, 320)


@pytest.mark.parametrize(
    "content", [b"GIF89a....................", b"<svg/>", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"x"]
)
def test_what_is_no_picture_is_refused_whatever_its_name(console: Client, here: World, content: bytes) -> None:
    answer = console.post("/map/KP-0/picture/change", {"picture": SimpleUploadedFile("plan.png", content)})
    assert answer.status_code == 422
    assert "neither a PNG nor a JPEG" in answer.content.decode()
    assert Floor.objects.get(code="KP-0").picture is None


def test_no_picture_at_all_says_so(console: Client) -> None:
    assert "Choose a picture first" in console.post("/map/KP-0/picture/change").content.decode()


def test_the_size_is_read_from_the_header(tmp_path: Path) -> None:
    for content, size in ((png(3, 2), (3, 2)), (jpeg(640, 480), (640, 480))):
        path = tmp_path / "picture"
        path.write_bytes(content)
        with path.open("rb") as file:
            assert picture_size(file) == size


def test_an_empty_map_says_what_to_do_with_one_button(client: Client) -> None:
    client.force_login(world.officer("eve", "Eve", "Early", "CSO"))
    page = client.get("/map").content.decode().split("<main", 1)[1]
    assert "No floor is on record yet." in page
    assert page.count("btn-primary") == 1
    assert not Portal.objects.exists()


def test_nothing_is_placed_out_of_one_s_own_reach(here: World) -> None:
    works = Department.objects.create(code="WRK", name="Works")
    Zone.objects.create(
        code="KP-0.09", name="Hidden Shed", site=here.site, floor=here.floor, department=works, outline=[200, 8, 80, 80]
    )
    dana = world.officer("dana", "Dana", "Dale", "Director", Role.DIRECTOR)
    dana.departments = ["LEG"]
    dana.save()
    camera = Device.objects.get(code="C01")
    with pytest.raises(ValidationError, match="outside your part of the organisation") as refused:
        place(camera, here.floor, [220, 30], dana)
    assert "Hidden Shed" not in str(refused.value)
    assert Device.objects.get(code="C01").zone == here.vault
    assert not AuditEntry.objects.filter(verb="placed").exists()


def test_a_door_is_not_placed_with_the_name_of_a_zone_that_is_hidden(here: World) -> None:
    works = Department.objects.create(code="WRK", name="Works")
    shed = Zone.objects.create(code="KP-0.09", name="Hidden Shed", site=here.site, department=works)
    hall = Zone.objects.create(code="KP-0.10", name="Hall", site=here.site)
    door = Portal.objects.create(code="KP-9", name="Back door", outer=shed, inner=hall)
    dana = world.officer("dana", "Dana", "Dale", "Director", Role.DIRECTOR)
    dana.departments = ["LEG"]
    dana.save()
    with pytest.raises(ValidationError, match="Draw Hall first"):
        place(door, here.floor, [220, 30], dana)
