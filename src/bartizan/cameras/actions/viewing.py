"""That somebody watched: one line of the audit for each camera and viewing, not for each picture."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Final

from bartizan.cameras.models import Export
from bartizan.core.actions import record, record_all
from bartizan.core.models import User

ENDS_AFTER: Final = 300.0
"""Seconds without a picture, after which a viewing is over: the next look is another one."""
_lock = threading.Lock()
_last: dict[tuple[int, str, str, str], float] = {}
"""When each viewing that goes on asked for a picture last; by account, session, camera and what was watched."""


def note_viewing(by: User, session: str, codes: Iterable[str], what: str = "live") -> None:
    """``what`` is ``live``, or which hour of the recording was watched."""
    began = [key for code in codes if _begins(key := (by.pk, session, code, what))]
    if not began:
        return
    verb, detail = ("watched a camera live", {}) if what == "live" else ("watched a recording", {"of": what})
    try:
        record_all(by, [(verb, f"camera:{code}", detail) for _, _, code, _ in began])
    except BaseException:  # without its line nothing is watched: the next look tries again
        with _lock:
            for key in began:
                _last.pop(key, None)
        raise


def _begins(key: tuple[int, str, str, str]) -> bool:
    now = time.monotonic()
    with _lock:
        before = _last.get(key)
        _last[key] = now
        if len(_last) > 10_000:
            for old in [one for one, at in _last.items() if now - at > ENDS_AFTER]:
                del _last[old]
    return before is None or now - before > ENDS_AFTER


def note_taken(by: User, export: Export, what: str) -> None:
    """That a clip, or what comes with it, left the house."""
    record(by, f"took the {what} of an export", f"camera:{export.camera.code}", export=export.pk, sha256=export.sha256)
