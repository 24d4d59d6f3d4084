"""The picture that lies under a floor's plan."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.transaction import atomic

from bartizan.core.actions import record
from bartizan.core.files import add_file, remove_file
from bartizan.core.models import File, User
from bartizan.estate.models import Floor
from bartizan.estate.pictures import picture_size

LARGEST: Final = 20 * 2**20
WIDTH: Final = 640
"""How many units wide a plan becomes that nothing was drawn on yet."""


@atomic
def hang_picture(floor: Floor, sent: UploadedFile[bytes], by: User) -> File:
    """Draw ``sent`` under the zones of ``floor``; an earlier picture goes. The plan takes the picture's shape unless
    something is drawn on it already. Raises ValidationError in words."""
    if (sent.size or 0) > LARGEST:
        raise ValidationError("The picture is over 20 MB; save it smaller, 4,000 dots wide is plenty.")
    size = picture_size(sent.file)  # type: ignore[arg-type]  # an upload is a file of bytes
    if size is None:
        raise ValidationError("This is neither a PNG nor a JPEG picture; save the plan as one of them.")
    sent.seek(0)
    file = add_file(by, f"floor:{floor.code}", sent.name or "plan", sent.chunks(), note="Drawn under the plan")
    former, before = floor.picture, f"{floor.width} × {floor.height}"
    floor.picture = file
    if not floor.zone_set.exclude(outline=[]).exists():
        floor.width, floor.height = WIDTH, max(50, round(WIDTH * size[1] / size[0]))
    floor.save(update_fields=["picture", "width", "height"])
    if former:
        remove_file(by, former, f"replaced by {file.name}")
    told = {"before": {"picture": former.name if former else "", "size": before}}
    told["after"] = {"picture": file.name, "size": f"{floor.width} × {floor.height}"}
    record(by, "hung a picture under the plan", f"floor:{floor.code}", **told)
    return file


@atomic
def take_down_picture(floor: Floor, by: User) -> None:
    former = floor.picture
    if former is None:
        return
    floor.picture = None
    floor.save(update_fields=["picture"])
    remove_file(by, former, "taken from under the plan")
