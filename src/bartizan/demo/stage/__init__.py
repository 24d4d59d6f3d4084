"""What the demo plays as devices: cameras with drawn rooms over real RTSP, a card reader over real OSDP."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bartizan.engines.observe import split_reference

log = logging.getLogger(__name__)
Event = Mapping[str, Any]
ADDRESS = 1
"""Of the reader on its line."""


def _nothing(*_: Any, **__: Any) -> None:
    """Of a device that this machine cannot play."""


@dataclass
class Stage:
    """The devices that are played here; without them what they would show is left out."""

    enter: Callable[[str], None] = field(default=_nothing)
    cover: Callable[[str, float], None] = field(default=_nothing)
    card: Callable[[int, int], Any] = field(default=_nothing)
    inputs: Callable[..., None] = field(default=_nothing)
    has_reader: bool = False

    def show(self, event: Event) -> None:
        """What a camera says that it saw is seen in its picture too."""
        camera = split_reference(event.get("device", ""))[1]
        if event["kind"] == "camera.person":
            self.enter(camera)
        elif event["kind"] == "camera.covered":
            self.cover(camera, 120.0)
        elif event["kind"] == "camera.clear":
            self.cover(camera, 0.0)

    def read(self, event: Event) -> None:
        """At the reader: a card is held to it, the door opens and closes, somebody leaves by the exit button."""
        kind = event["kind"]
        if kind == "door.granted":
            self.card(ADDRESS, int(split_reference(event["actor"])[1]))
        elif kind == "door.opened":
            self.inputs(ADDRESS, 0)
        elif kind == "door.closed":
            self.inputs(ADDRESS)
        elif kind == "door.exit":
            self.inputs(ADDRESS, 1)


@contextlib.contextmanager
def raised(port: int, line: Path) -> Iterator[Stage]:
    """Cameras on ``port`` and a reader at ``line`` for as long as the demo plays. What cannot be had is said."""
    with contextlib.ExitStack() as devices:
        stage = Stage()
        try:
            from bartizan.demo.stage.cast import Cast, scenes  # noqa: PLC0415  the extra bartizan[cameras]

            cast = devices.enter_context(Cast(scenes(), port))
            stage.enter, stage.cover = cast.enter, cast.cover
        except (ImportError, OSError) as error:
            log.warning("The demo's cameras have no picture: %s.", error)
        try:
            from bartizan.connectors.osdp.played import readers  # noqa: PLC0415  the extra bartizan[doors]

            cable = devices.enter_context(readers(ADDRESS))
            line.parent.mkdir(parents=True, exist_ok=True)
            line.unlink(missing_ok=True)
            line.symlink_to(cable.path)
            stage.card, stage.inputs, stage.has_reader = cable.card, cable.inputs, True
        except (ImportError, OSError) as error:
            log.warning("The demo's reader does not answer: %s.", error)
        yield stage
