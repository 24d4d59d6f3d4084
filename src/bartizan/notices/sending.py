"""Handing a message to whatever carries it. No records are read or written here: it runs in threads."""

from __future__ import annotations

import logging

from bartizan.core.preferences import get
from bartizan.notices import mail, push, webhook
from bartizan.notices.decisions import Mail, Sending, console_address
from bartizan.notices.message import Message, Outlet, Result

CARRIERS = {"mail": mail.send, "push": push.send, "webhook": webhook.send}
log = logging.getLogger(__name__)


def outlet() -> Outlet:
    return Outlet(get(Mail), get(Sending), console_address())


def send(message: Message, out: Outlet) -> Result:
    """One try. It never raises: what nobody foresaw is logged, and tried again."""
    try:
        return CARRIERS[message.kind](message, out)
    except Exception as error:
        log.exception("A %s message could not be sent", message.kind)
        return Result("later", f"It could not be sent: {error}. The log says more.")
