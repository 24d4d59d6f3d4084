"""The live stream: server-sent events of what rooms publish, with resume by Last-Event-ID.

One poller a process reads new messages and hands them to every open stream, however many pages are open.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.backends.base import SessionBase
from django.db import DatabaseError, close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.crypto import constant_time_compare

from bartizan.core.access import may, reach_of
from bartizan.core.accounts.factors import MUST_CHOOSE, is_strong
from bartizan.core.models import LiveMessage, User
from bartizan.core.values import is_number

POLL = 0.15  # seconds; a message is on the page within this and one round trip
HEARTBEAT = 15.0
LIFE = 600.0  # then the page connects again, and whether its user may see it is asked again
BATCH = 500
WAITING = 2000  # messages that one slow page may lag; then it is closed, reconnects and resumes from the table
log = logging.getLogger(__name__)

LOOKS = 5.0  # seconds after which a stream asks again what its user may see

Message = tuple[int, str, Any]
Show = Callable[[Any, dict[str, Any]], dict[str, Any] | None]
"""Of a user and a message's body: what of it that user may see, or nothing."""


@dataclass(frozen=True, slots=True)
class Topic:
    needs: str
    """The permission without which nothing of it is sent."""
    show: Show | None
    """For users with a reach; nothing: it is the same for everybody who has the permission."""
    is_personal: bool
    """``show`` is asked for everybody, whatever the reach."""
    kept: frozenset[str]
    """What of a body only decides who hears of it, and is sent to nobody."""


_topics: dict[str, Topic] = {}


def topic(
    name: str, needs: str, show: Show | None = None, *, is_personal: bool = False, kept: Iterable[str] = ()
) -> None:
    """Say who hears of it. What nobody declared is sent to nobody: nothing is told by oversight."""
    _topics[name] = Topic(needs, show, is_personal, frozenset(kept))


@dataclass(frozen=True, slots=True)
class Sight:
    """What one user may hear at one time."""

    user: User
    topics: frozenset[str]
    is_whole: bool
    until: float

    async def of(self, message: Message) -> Message | None:
        """The message as this user may see it."""
        number, name, body = message
        if name == "missed":
            return message
        if name not in self.topics:
            return None
        wanted = _topics[name]
        if wanted.show is not None and (wanted.is_personal or not self.is_whole):
            body = await sync_to_async(wanted.show)(self.user, body)
        if body is None:
            return None
        return number, name, {key: value for key, value in body.items() if key not in wanted.kept}


def sight_of(session: SessionBase) -> Sight | None:
    """Nothing when the session was ended or the account closed meanwhile. Reads the records."""
    now = type(session)(session.session_key)
    user = User.objects.filter(pk=now.get(SESSION_KEY, 0), is_active=True).first()
    if user is None or not constant_time_compare(now.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    topics = frozenset(name for name, each in _topics.items() if may(user, each.needs))
    return Sight(user, topics, reach_of(user).is_whole, time.monotonic() + LOOKS)


def messages_after(last: int) -> list[Message]:
    """Ids follow the order of commits, because there is one transaction at a time, in either database."""
    found = LiveMessage.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "topic", "body")
    return list(found[:BATCH])


def _newest() -> int:
    return LiveMessage.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _kept() -> tuple[int, int]:
    """The oldest and the newest message that the table still has."""
    return LiveMessage.objects.order_by("pk").values_list("pk", flat=True).first() or 0, _newest()


class Hub:
    """The streams of one event loop and the task that feeds them; it runs while there is at least one."""

    def __init__(self) -> None:
        self.streams: set[asyncio.Queue[Message | None]] = set()
        self.last = 0
        self.task: asyncio.Task[None] | None = None

    async def join(self) -> asyncio.Queue[Message | None]:
        queue: asyncio.Queue[Message | None] = asyncio.Queue(WAITING)
        if self.task is None or self.task.done():
            self.last = await sync_to_async(_newest)()
            if self.task is None or self.task.done():  # another page may have started it meanwhile
                self.task = asyncio.create_task(self.feed())
        self.streams.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[Message | None]) -> None:
        self.streams.discard(queue)
        if not self.streams and self.task is not None:
            self.task.cancel()
            self.task = None

    async def feed(self) -> None:
        is_well = True
        while True:
            await asyncio.sleep(POLL if is_well else 1.0)
            try:
                found = await sync_to_async(messages_after)(self.last)
            except DatabaseError:
                if is_well:
                    log.exception("The live stream cannot read the records; pages stand still until it can.")
                is_well = False
                await sync_to_async(close_old_connections)()  # the next look asks over a new connection
                continue
            is_well = True
            for message in found:
                self.last = message[0]
                self.tell(message)

    def tell(self, message: Message | None) -> None:
        for queue in list(self.streams):
            try:
                queue.put_nowait(message)
            except asyncio.QueueFull:
                self.streams.discard(queue)
                queue.get_nowait()
                queue.put_nowait(None)

    def close(self) -> None:
        """End every stream, so that the server can stop; pages reconnect to the next one."""
        self.tell(None)


_hubs: dict[int, Hub] = {}


def _hub() -> Hub:
    """This event loop's hub. A server has one loop; tests have several, one after the other."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(id(loop))
    if hub is None:
        hub = _hubs[id(loop)] = Hub()
        _close_on_signal(hub, loop)
    return hub


def _close_on_signal(hub: Hub, loop: asyncio.AbstractEventLoop) -> None:
    """A server waits for open answers before it stops, and a stream never ends by itself: end them at its signal."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if not callable(before):
            continue

        def stop(signum: int, frame: Any, before: Any = before) -> None:
            with suppress(RuntimeError):  # the loop may have ended already
                loop.call_soon_threadsafe(hub.close)
            before(signum, frame)

        signal.signal(number, stop)


@login_not_required  # the check is below: a stream answers 401, it does not lead to the sign-in page
async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    user = await request.auser()
    if not (user.is_authenticated and user.is_active):
        return HttpResponse("Sign in first.", status=401, content_type="text/plain")
    if not await sync_to_async(_is_let_in)(request):
        return HttpResponse("Choose a password or set up a second factor first.", status=403, content_type="text/plain")
    answer = StreamingHttpResponse(_lines(_resume_at(request), request.session), content_type="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # a proxy in front must not collect the lines
    return answer


def _is_let_in(request: HttpRequest) -> bool:
    """As every other page asks it (core/accounts/required), which leads elsewhere instead of refusing."""
    return not request.session.get(MUST_CHOOSE) and is_strong(request.session, request.user)


stream.permissions = ()  # type: ignore[attr-defined]  # everybody signed in; what is sent depends on the topics


def _resume_at(request: HttpRequest) -> int | None:
    """The browser's own header after a cut; ``last`` on the first connection of a page."""
    given = request.headers.get("Last-Event-ID") or request.GET.get("last") or ""
    return int(given) if is_number(given) else None


async def _lines(last: int | None, session: SessionBase) -> AsyncIterator[bytes]:
    hub = _hub()
    queue = await hub.join()
    try:
        yield b"retry: 1000\n\n"
        sight = await sync_to_async(sight_of)(session)
        async for told in _messages(hub, queue, last):
            if told is None:
                yield b": still here\n\n"
                continue
            if sight is None or sight.until < time.monotonic():
                sight = await sync_to_async(sight_of)(session)
            if sight is None:
                return
            if shown := await sight.of(told):
                yield _line(shown)
    finally:
        hub.leave(queue)


async def _messages(hub: Hub, queue: asyncio.Queue[Message | None], last: int | None) -> AsyncIterator[Message | None]:
    """What the stream missed, then what comes, each message once; nothing after a while without one."""
    sent = hub.last if last is None else last
    async for message in _missed(sent):
        sent = message[0] or hub.last
        yield message
    ends = time.monotonic() + LIFE
    while time.monotonic() < ends:
        try:
            told = await asyncio.wait_for(queue.get(), HEARTBEAT)
        except TimeoutError:
            yield None
            continue
        if told is None:
            return
        if told[0] > sent:
            sent = told[0]
            yield told


async def _missed(sent: int) -> AsyncIterator[Message]:
    """What was published since ``sent``. When part of it is no longer kept, ``missed`` tells the page to ask anew."""
    first, newest = await sync_to_async(_kept)()
    if sent > newest or (sent and first > sent + 1):  # other records than before, or a page that slept too long
        yield 0, "missed", {}
        return
    while found := await sync_to_async(messages_after)(sent):
        for message in found:
            sent = message[0]
            yield message


def _line(message: Message) -> bytes:
    number, topic, body = message
    name = f"id: {number}\n" if number else ""
    return f"{name}event: {topic}\ndata: {json.dumps(body, separators=(',', ':'))}\n\n".encode()
