"""Asking one camera: its clock, its profiles, and its events by pull point."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from onvif import ONVIFCamera
from onvif.exceptions import ONVIFError as LibraryError
from zeep.exceptions import Error as SoapError

from bartizan.connectors.onvif.noticed import Noticed, noticed

_ANSWERS_WITHIN: Final = 15.0
_RENEWED: Final = timedelta(minutes=5)
_PULL: Final = timedelta(seconds=20)
_FAILURES: Final = (LibraryError, SoapError, aiohttp.ClientError, TimeoutError, OSError)


class OnvifError(Exception):
    """The camera cannot be asked; the words say what to do."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A stream that a camera offers."""

    name: str
    url: str
    codec: str
    width: int
    height: int
    fps: float


def profiles(address: str, user: str, password: str) -> list[Profile]:
    """The largest first. Raises OnvifError in words."""
    found: list[Profile] = asyncio.run(_asked(address, user, password, _profiles))
    return found


def clock_ahead(address: str, user: str, password: str) -> float:
    """By how many seconds the camera's clock is ahead of ours, to a second or so. Raises OnvifError in words."""
    ahead: float = asyncio.run(_asked(address, user, password, _clock))
    return ahead


async def watched(
    address: str, user: str, password: str, stop: asyncio.Event, begun: Callable[[], None] = lambda: None
) -> AsyncIterator[tuple[datetime, Noticed]]:
    """What the camera notices, with its own time of it, until ``stop``. ``begun`` is called once it sends its events.
    Raises OnvifError in words.
    """
    camera = _camera(address, user, password)
    try:
        await asyncio.wait_for(camera.update_xaddrs(), _ANSWERS_WITHIN)
        lost = asyncio.Event()
        puller = await camera.create_pullpoint_manager(_RENEWED, lost.set)
        service = puller.get_service()
        begun()
        while not (stop.is_set() or lost.is_set()):
            pulled = await service.PullMessages({"Timeout": _PULL, "MessageLimit": 100})
            for message in pulled.NotificationMessage or []:
                if found := _read(message):
                    yield found
        await puller.shutdown()
        if lost.is_set():
            raise OnvifError(f"The camera at {address} gave up sending its events.")
    except _FAILURES as error:
        raise OnvifError(_words(address, error)) from error
    finally:
        with contextlib.suppress(*_FAILURES):
            await camera.close()


async def _asked(address: str, user: str, password: str, ask: Any) -> Any:
    camera = _camera(address, user, password)
    try:
        async with asyncio.timeout(_ANSWERS_WITHIN):
            await camera.update_xaddrs()
            return await ask(camera)
    except _FAILURES as error:
        raise OnvifError(_words(address, error)) from error
    finally:
        with contextlib.suppress(*_FAILURES):
            await camera.close()


def _camera(address: str, user: str, password: str) -> Any:
    """``address``: of the device service, or host and port alone."""
    try:
        parts = urlsplit(address if "//" in address else f"http://{address}")
        host, port = parts.hostname, parts.port or 80
    except ValueError:  # of a port or brackets that cannot be
        host, port = None, 0
    if not host:
        raise OnvifError(
            f"“{address}” is no address of a camera; it looks like http://192.0.2.31/onvif/device_service."
        )
    return ONVIFCamera(host, port, user, password, adjust_time=True)


async def _clock(camera: Any) -> float:
    return float(camera.dt_diff.total_seconds()) if camera.dt_diff is not None else 0.0


async def _profiles(camera: Any) -> list[Profile]:
    media = await camera.create_media_service()
    found = []
    for profile in await media.GetProfiles():
        coding = profile.VideoEncoderConfiguration
        if coding is None:
            continue
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        answer = await media.GetStreamUri({"StreamSetup": setup, "ProfileToken": profile.token})
        size, rate = coding.Resolution, coding.RateControl
        fps = float(rate.FrameRateLimit) if rate is not None else 0.0
        found.append(Profile(profile.Name, answer.Uri, coding.Encoding, int(size.Width), int(size.Height), fps))
    return sorted(found, key=lambda each: -each.width * each.height)


def _read(message: Any) -> tuple[datetime, Noticed] | None:
    """Cameras leave out a lot: what is not there is empty."""
    topic = str(getattr(message.Topic, "_value_1", "") or "")
    told = getattr(message.Message, "_value_1", None)
    if told is None:
        return None
    found = noticed(topic, str(told.PropertyOperation or ""), _items(told.Source), _items(told.Data))
    at = told.UtcTime if isinstance(told.UtcTime, datetime) else datetime.now(UTC)
    return (at if at.tzinfo else at.replace(tzinfo=UTC), found) if found else None


def _items(group: Any) -> dict[str, str]:
    items: Iterable[Any] = (getattr(group, "SimpleItem", None) or []) if group is not None else []
    return {str(item.Name): str(item.Value) for item in items}


def _words(address: str, error: BaseException) -> str:
    told = str(error) or type(error).__name__
    if "authori" in told.lower() or "401" in told:
        return f"The camera at {address} refuses the user and password for ONVIF; many cameras have other users for it."
    if "support service: events" in told:
        return f"The camera at {address} tells no events over ONVIF; take its ONVIF address away if it never will."
    if isinstance(error, TimeoutError):
        return f"The camera at {address} did not answer ONVIF within {_ANSWERS_WITHIN:g} s; check the address."
    return f"The camera at {address} could not be asked by ONVIF: {told[:200]}."
