"""ONVIF against a stand-in: no real camera can be had here."""

from __future__ import annotations

import asyncio
import socket
import threading
from datetime import timedelta

import pytest

from bartizan.connectors.onvif import Noticed, OnvifError, clock_ahead, discover, noticed, profiles, watched
from bartizan.connectors.onvif.discovery import read
from tests.connectors.onvif_stand_in import StandIn, stand_in

MATCH = (
    '<?xml version="1.0"?><SOAP-ENV:Envelope><SOAP-ENV:Body><wsdd:ProbeMatches><wsdd:ProbeMatch>'
    "<wsdd:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/Yard%20gate "
    "onvif://www.onvif.org/hardware/DC-4</wsdd:Scopes>"
    "<wsdd:XAddrs>http://192.0.2.31/onvif/device_service http://[fe80::1]/onvif/device_service</wsdd:XAddrs>"
    "</wsdd:ProbeMatch></wsdd:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>"
)


def test_the_streams_of_a_camera_are_told_the_largest_first() -> None:
    with stand_in() as camera:
        found = profiles(camera.address, "admin", "secret")
    assert [(each.name, each.width, each.fps) for each in found] == [("main", 1920, 25.0), ("sub", 640, 5.0)]
    assert found[0].url.startswith("rtsp://")


def test_a_clock_that_is_wrong_is_measured() -> None:
    with stand_in(ahead=timedelta(minutes=-7)) as camera:
        assert clock_ahead(camera.address, "admin", "secret") == pytest.approx(-420, abs=3)


def test_a_user_that_is_refused_is_told_so() -> None:
    with stand_in() as camera, pytest.raises(OnvifError, match="refuses the user and password for ONVIF"):
        profiles(camera.address, "guest", "secret")


def test_where_no_camera_is_the_words_say_which_address() -> None:
    with pytest.raises(OnvifError, match=r"127\.0\.0\.1:9/onvif"):
        profiles("http://127.0.0.1:9/onvif", "admin", "secret")
    with pytest.raises(OnvifError, match="is no address of a camera"):
        profiles("http://", "admin", "secret")
    with pytest.raises(OnvifError, match="is no address of a camera"):
        profiles("http://192.0.2.31:99999/", "admin", "secret")


def test_what_a_camera_notices_comes_by_pull_point() -> None:
    async def heard(camera: StandIn) -> list[Noticed]:
        found: list[Noticed] = []
        stop = asyncio.Event()
        async for _, each in watched(camera.address, "admin", "secret", stop):
            found.append(each)
            if len(found) == 3:
                stop.set()
        return found

    with stand_in() as camera:
        camera.waiting = [
            ("tns1:RuleEngine/CellMotionDetector/Motion", "Changed", "IsMotion", "true"),
            ("tns1:Monitoring/ProcessorUsage", "Changed", "Value", "12"),
            ("tns1:VideoSource/ImageTooDark/ImagingService", "Changed", "State", "true"),
            ("tns1:Device/Trigger/DigitalInput", "Changed", "LogicalState", "true"),
        ]
        found = asyncio.run(heard(camera))
    assert [each.kind for each in found] == ["camera.motion", "camera.covered", "alarm.opened"]
    assert found[2].data["Source"] == "V1"


def test_a_camera_that_tells_no_events_is_called_so() -> None:
    async def listen(camera: StandIn) -> None:
        async for _ in watched(camera.address, "admin", "secret", asyncio.Event()):
            pass

    with stand_in() as camera:
        camera.services = ("device", "media")
        with pytest.raises(OnvifError, match="tells no events over ONVIF"):
            asyncio.run(listen(camera))


@pytest.mark.parametrize(
    ("topic", "operation", "value", "kind"),
    [
        ("tns1:RuleEngine/CellMotionDetector/Motion", "Changed", "false", None),
        ("tns1:RuleEngine/CellMotionDetector/Motion", "Initialized", "false", None),
        ("tns1:VideoSource/MotionAlarm", "Changed", "1", "camera.motion"),
        ("tns1:VideoSource/GlobalSceneChange/ImagingService", "Changed", "true", "camera.moved"),
        ("tns1:VideoSource/ImageTooDark/ImagingService", "Changed", "false", "camera.clear"),
        ("tns1:VideoSource/ImageTooDark/ImagingService", "Initialized", "false", None),
        ("tns1:Device/Trigger/DigitalInput", "Changed", "false", "alarm.closed"),
        ("tns1:VideoAnalytics/Unknown", "Changed", "true", None),
    ],
)
def test_topics_are_told_in_our_kinds(topic: str, operation: str, value: str, kind: str | None) -> None:
    found = noticed(topic, operation, {}, {"State": value})
    assert (found.kind if found else None) == kind


def test_a_camera_that_answers_a_probe_is_found() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as camera:
        camera.bind(("127.0.0.1", 0))

        def answer() -> None:
            probe, asker = camera.recvfrom(65_535)
            assert b"NetworkVideoTransmitter" in probe
            camera.sendto(MATCH.encode(), asker)
            camera.sendto(b"<no>match</no>", asker)

        answering = threading.Thread(target=answer)
        answering.start()
        found = discover(1.0, to=[camera.getsockname()])
        answering.join()
    assert [(each.name, each.hardware, each.address) for each in found] == [
        ("Yard gate", "DC-4", "http://192.0.2.31/onvif/device_service")
    ]


def test_an_answer_without_an_address_of_the_web_is_left_out() -> None:
    assert read("<XAddrs>file:///etc/passwd</XAddrs>") is None
    assert read("") is None
