"""The camera wall: what stands on it, for whom, and what the audit keeps of looking."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

from django.test import Client

from bartizan.cameras import queries
from bartizan.cameras.minutes import Minute, keep_minute
from bartizan.core.models import AuditEntry, AuditHead
from bartizan.core.roles import Role
from bartizan.estate.models import Zone
from tests import world
from tests.cameras import footage
from tests.cameras.wall_world import MASK, Cameras, review


def page(client: Client, address: str = "/cameras", status: int = 200, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status
    return answer.content.decode()


def words(content: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content)).split())


def tiles(content: str) -> list[str]:
    return re.findall(r'data-tile="([^"]+)"', content)


def test_the_wall_opens_a_camera_and_shows_the_others_around_it(console: Client) -> None:
    content = page(console)
    assert 'data-opened="C01"' in content
    assert tiles(content) == ["C02"]
    assert "C01, Vault" in words(content)
    assert "Your viewing is recorded" in words(content)
    assert "2 recording" in words(content)


def test_opening_another_camera_swaps_the_two_and_moves_nothing_else(console: Client, cameras: Cameras) -> None:
    for n in range(3, 9):
        add(cameras, f"C0{n}")
    before = page(console)
    assert tiles(before) == ["C02", "C03", "C04", "C05", "C06", "C07", "C08"]
    link = html.unescape(re.search(r'data-tile="C04".*?href="([^"]+)"', before, re.DOTALL)[1])  # type: ignore[index]
    after = page(console, link)
    assert 'data-opened="C04"' in after
    assert tiles(after) == ["C02", "C03", "C01", "C05", "C06", "C07", "C08"]


def add(cameras: Cameras, code: str, **more: object) -> None:
    from bartizan.cameras.models import Camera
    from bartizan.estate.models import Device

    device = Device.objects.create(code=code, name=code, kind="camera", zone=cameras.here.corridor)
    Camera.objects.create(device=device, main_url="rtsp://192.0.2.9/main", state="ok", **more)
    footage.show(code)


def test_a_covered_camera_says_since_when_in_word_shape_and_frame(console: Client) -> None:
    since = datetime.now(UTC) - timedelta(seconds=47)
    footage.show("C02", state="covered", since=since.isoformat())
    content = page(console)
    assert re.search(r'<figure class="tile is-high" data-tile="C02"', content)
    assert "High: Covered" in words(content)
    assert re.search(r"Covered for \d+ s", words(content))


def test_a_silent_camera_keeps_its_last_picture_and_says_that_it_is_not_live(console: Client) -> None:
    at = datetime.now(UTC) - timedelta(minutes=45)
    footage.show("C02", at=at.isoformat())
    content = page(console)
    assert "1 silent" in words(content)
    assert "Silent for 45 min" in words(content)
    assert "not live" in words(content)
    assert re.search(r'shot-p is-old"[^>]*src="/cameras/C02/picture"', content)


def test_the_worst_comes_first_when_the_wall_is_filled(console: Client, cameras: Cameras) -> None:
    add(cameras, "C03")
    footage.show("C03", state="covered")
    assert tiles(page(console)) == ["C03", "C02"]


def test_a_camera_with_people_in_its_picture_is_opened_by_itself(console: Client) -> None:
    footage.show(
        "C02", state="person", tracks=[{"id": 1, "label": "person", "score": 0.9, "box": [0.1, 0.1, 0.2, 0.5]}]
    )
    assert 'data-opened="C02"' in page(console)


def test_zones_lines_and_masks_are_drawn_with_their_words(console: Client, cameras: Cameras) -> None:
    corners = [[0.1, 0.2], [0.4, 0.2], [0.4, 0.9]]
    cameras.vault.zones = [{"name": "Racks", "points": corners, "rule": "nobody may stand here", "nobody": True}]
    cameras.vault.lines = [{"name": "Door", "points": [[0.5, 0.5], [0.8, 0.5]], "in_words": "In", "out_words": "out"}]
    cameras.vault.masks = [MASK]
    cameras.vault.save()
    footage.show("C01", counts={"Door": {"in": 3, "out": 1}})
    content = page(console, "/cameras?camera=C01")
    assert "Racks: nobody may stand here" in words(content)
    assert "In 3, out 1" in words(content)
    assert "Masked for all" in words(content)
    assert 'points="32.0,36.0 128.0,36.0 128.0,162.0"' in content
    assert "data-stream" not in content, "a masked camera's own stream is not handed over"


def test_a_camera_for_directors_alone_is_not_there_for_a_guard(
    console: Client, guarded: Client, cameras: Cameras
) -> None:
    cameras.vault.groups = [Role.DIRECTOR]
    cameras.vault.save()
    assert "C01" in page(console)
    assert "C01" not in page(guarded)
    for address in ("picture", "stream", "recorded"):
        page(guarded, f"/cameras/C01/{address}", 404)
    assert guarded.post("/cameras/C01/offer", "{}", content_type="application/json").status_code == 404


def test_a_camera_outside_of_the_reach_is_not_there(guarded: Client, cameras: Cameras) -> None:
    cameras.guard.sites = ["elsewhere"]
    cameras.guard.save()
    assert "No camera is set up yet, or none is open to you" in words(page(guarded))


def test_the_wall_of_one_site_shows_its_cameras_alone(console: Client, cameras: Cameras) -> None:
    from bartizan.estate.models import Site

    other = Site.objects.create(code="EG", name="Eastgate")
    yard = Zone.objects.create(code="EG-1", name="Yard", site=other, level=1)
    add(cameras, "EG-C1")
    cameras_of = queries.camera(cameras.here.alice, "EG-C1")
    cameras_of.device.zone = yard
    cameras_of.device.save()
    assert 'data-opened="EG-C1"' in page(console, "/cameras?site=EG")
    assert tiles(page(console, "/cameras?site=EG")) == []


def test_with_nothing_loaded_the_page_says_what_to_do(db: None) -> None:
    client = Client()
    client.force_login(world.officer("eve", "Eve", "East", "CSO"))
    content = page(client)
    assert "No camera is set up yet" in words(content)
    assert "/cameras/setup" in content


def test_the_audit_has_one_line_for_each_camera_and_viewing(console: Client) -> None:
    page(console)
    page(console)
    console.get("/cameras/now?c=C01&c=C02")
    console.get("/cameras/C01/picture")
    lines = AuditEntry.objects.filter(verb="watched a camera live")
    assert sorted(lines.values_list("subject", flat=True)) == ["camera:C01", "camera:C02"]


def test_without_its_line_in_the_audit_nothing_is_watched(console: Client) -> None:
    console.raise_request_exception = False
    head = AuditHead.objects.get()
    head.delete()
    assert [console.get("/cameras/C01/picture").status_code >= 500 for _ in range(2)] == [True, True]
    head.save()
    assert console.get("/cameras/C01/picture").status_code == 200
    assert AuditEntry.objects.filter(verb="watched a camera live", subject="camera:C01").count() == 1


def test_another_session_is_another_viewing(cameras: Cameras) -> None:
    for _ in range(2):
        client = Client()
        client.force_login(cameras.here.alice)
        client.get("/cameras/C01/picture")
    assert AuditEntry.objects.filter(verb="watched a camera live", subject="camera:C01").count() == 2


def test_the_scrubber_draws_what_moved_and_why_nothing_is_there(console: Client, cameras: Cameras) -> None:
    at = cameras.begun.replace(second=0)
    keep_minute(queries.media_folder(), "C01", Minute(at, motion=0.5, frames=300, recorded_seconds=20))
    footage.record(cameras.vault, cameras.begun + timedelta(seconds=80), 5, gap="Disk changed.")
    content = page(console, "/cameras?camera=C01", x_part="scrub")
    assert re.search(r'class="bar-in" d="M', content)
    assert "not recorded" in words(content)
    assert 'class="gapz2"' in content


def test_a_jump_to_a_time_opens_the_recording_there(console: Client, cameras: Cameras) -> None:
    content = page(console, f"/cameras?camera=C01&jump={cameras.begun:%Y-%m-%d} {local(cameras.begun)}")
    assert f'data-at="{cameras.begun.isoformat()}"' in content
    assert "Live <kbd" in content


def test_after_a_jump_another_camera_is_opened_at_the_same_moment(console: Client, cameras: Cameras) -> None:
    content = page(console, f"/cameras?camera=C01&jump={cameras.begun:%Y-%m-%d} {local(cameras.begun)}")
    link = html.unescape(re.search(r'data-tile="C02".*?href="([^"]+)"', content, re.DOTALL)[1])  # type: ignore[index]
    after = page(console, link)
    assert 'data-opened="C02"' in after
    assert f'data-at="{cameras.begun.isoformat()}"' in after
    assert re.search(r'data-tile="C01".*?<img class="shot-p" data-picture alt="" src', after, re.DOTALL)


def local(at: datetime) -> str:
    from zoneinfo import ZoneInfo

    return f"{at.astimezone(ZoneInfo('Europe/Amsterdam')):%H:%M:%S}"


def test_a_jump_that_is_no_time_says_how_to_write_one(console: Client) -> None:
    assert "Write the time like 09:38" in words(page(console, "/cameras?camera=C01&jump=soonish"))


def test_what_still_goes_on_stands_in_the_head_of_the_opened_camera(console: Client, cameras: Cameras) -> None:
    review(cameras.vault, "Person in the vault", 4)
    assert re.search(r"Critical\s+C01, Vault\s+Person in the vault, since", words(page(console, "/cameras?camera=C01")))
