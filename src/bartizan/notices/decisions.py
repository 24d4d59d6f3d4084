"""What the office decides about mail and notices."""

from __future__ import annotations

from typing import Literal, Self

from django.conf import settings
from pydantic import BaseModel, Field, SecretStr, model_validator

from bartizan.core.preferences import Preference, declare, get

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Mail(BaseModel):
    """Where mail is handed over. Without a host none leaves."""

    host: str = Field("", max_length=253, description="The mail server's name or address; empty: no mail leaves.")
    port: int = Field(587, ge=1, le=65535, description="587 with STARTTLS, 465 with TLS, 25 without.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is protected. “none” only for a server on this machine or network."
    )
    ca_file: str = Field(
        "", max_length=400, description="A PEM file to trust beside this machine's authorities, for a server of yours."
    )
    user: str = Field("", max_length=200, description="Empty: the server takes mail without signing in.")
    password: SecretStr = Field(SecretStr(""), description="Kept encrypted, never shown again.")
    sender: str = Field("", max_length=200, description="The From address, such as bartizan@example.org.")
    is_brief: bool = Field(
        False,
        title="Brief",
        description="Mail says only what kind of thing happened and where to read it: no names, no places.",
    )

    @model_validator(mode="after")
    def can_send(self) -> Self:
        self.host, self.sender = self.host.strip(), self.sender.strip()
        if not self.host:
            return self
        if "@" not in self.sender or not self.sender.isascii() or any(c.isspace() for c in self.sender):
            raise ValueError("A From address is needed, such as bartizan@example.org")
        if self.security == "none" and self.password.get_secret_value() and self.host not in LOOPBACK:
            raise ValueError("A password is sent over TLS alone: choose starttls or tls, or leave the password empty")
        return self


class Sending(BaseModel):
    """How notices leave."""

    console_address: str = Field(
        "",
        max_length=200,
        description="Where people open the console, such as https://bartizan.example.org; links in messages begin with "
        "it. Empty: the address that it was started with.",
    )
    pause_seconds: int = Field(
        60,
        title="Pause, seconds",
        ge=5,
        le=3600,
        description="Between two messages on one channel: what comes meanwhile leaves together. Critical ones wait at "
        "most ten seconds.",
    )
    allows_private_addresses: bool = Field(
        False,
        title="Private addresses",
        description="Whether webhooks and push may lead to this machine and to private networks.",
    )
    keep_days: int = Field(400, title="Kept for, days", ge=1, le=3660, description="Older notices are removed.")


declare(
    Preference(
        "mail",
        Mail,
        "Mail",
        "The server that sends notices by e-mail",
        icon="mail",
        order=30,
        state=lambda mail: mail.host or "not set",
        takes="The next mail uses it.",
    )
)
declare(
    Preference("sending", Sending, "Sending notices", "Links, pauses, private networks and retention", "bell", order=31)
)


def console_address() -> str:
    """What links in messages begin with, without a slash at the end."""
    chosen = get(Sending).console_address.strip() or next(iter(settings.CSRF_TRUSTED_ORIGINS), "")
    return chosen.rstrip("/") or f"http://{settings.ADDRESS}:{settings.PORT}"
