"""systemd, its login and journal daemons, and cron: services and tasks of a host."""

from __future__ import annotations

from typing import Final

from bartizan.connectors.parse.forms import first_match, form
from bartizan.connectors.parse.parts import Parts

_UNIT = r"(?P<unit>\S+\.(?:service|socket|timer|mount|scope|slice|target|path|swap|device|automount))"

_MANAGER: Final = (
    form(rf"{_UNIT}: Failed with result '(?P<result>[^']*)'", "host.service", "failure", change="failed"),
    form(rf"{_UNIT}: Main process exited, code=(?P<code>\w+), status=(?P<status>\S+)", "host.service", change="exited"),
    form(rf"{_UNIT}: (?P<result>.*)$", "host.service"),
    form(
        r"(?P<change>Started|Stopped|Starting|Stopping|Reloading|Reloaded|Finished|Mounted|Unmounted) "
        rf"{_UNIT}(?: - (?P<what>.*?))?\.*$",
        "host.service",
    ),
    form(
        r"(?P<change>Started|Stopped|Starting|Stopping|Reloading|Reloaded|Finished|Listening on|Closed|Reached target"
        r"|Stopped target|Mounted|Mounting|Unmounted|Unmounting|Created slice|Removed slice|Activated swap) "
        r"(?P<what>.*?)\.*$",
        "host.service",
    ),
    form(r"(?P<change>Failed to \w+) (?P<what>.*?)\.*$", "host.service", "failure"),
)
_LOGIN: Final = (
    form(
        r"New session '?(?P<session>\w+)'? of user '?(?P<user>[^'\s]+?)'?(?: with class .*)?\.$", "host.log", "success"
    ),
    form(r"Session (?P<session>\w+) logged out", "host.log"),
    form(r"Removed session (?P<session>\w+)\.", "host.log"),
    form(
        r"(?P<what>System is (?:powering down|rebooting)|The system will .* now|Power key pressed.*"
        r"|Lid (?:closed|opened))",
        "host.service",
    ),
)
_CRON: Final = (
    form(r"\((?P<user>[^)]+)\) CMD \(\s*(?P<CommandLine>.*?)\)?$", "host.process"),
    form(
        r"\((?P<user>[^)]+)\) (?P<change>REPLACE|DELETE|END EDIT|BEGIN EDIT|RELOAD|LIST) \((?P<table>[^)]*)\)",
        "host.service",
    ),
    form(r"\((?P<user>[^)]+)\) (?P<change>[A-Z]+(?: [A-Z]+)*) \((?P<what>.*)\)$", "host.log"),
)


def read_systemd(message: str) -> Parts | None:
    return first_match(_MANAGER, message)


def read_logind(message: str) -> Parts | None:
    return first_match(_LOGIN, message)


def read_cron(message: str) -> Parts | None:
    return first_match(_CRON, message)
