"""A test message: sent now, while somebody waits for what becomes of it."""

from __future__ import annotations

from uuid import uuid4

from django.utils import timezone

from bartizan.core.models import User
from bartizan.core.vault import VaultError
from bartizan.notices.actions.channels import opened
from bartizan.notices.actions.deliveries import note_test
from bartizan.notices.message import Item, Message, Result
from bartizan.notices.models import Channel
from bartizan.notices.sending import outlet, send


def trial(channel: Channel, by: User) -> Result:
    """Not in a transaction: a slow server must not hold the records."""
    words = f"A test from Bartizan, asked for by {by.get_full_name() or by.username}"
    item = Item(0, words, "A test from Bartizan", "/account/notices", 0, "", "test", timezone.now())
    try:
        result = send(Message(str(uuid4()), channel.kind, channel.address, opened(channel), [item]), outlet())
    except VaultError as error:
        result = Result("never", f"Its keys cannot be read: {error}")
    note_test(channel, result, by)
    return result
