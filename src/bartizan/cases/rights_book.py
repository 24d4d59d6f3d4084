"""Rights and notices by jurisdiction: those that Bartizan ships, and the house's own in the data folder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError

from bartizan.engines.interviews import Rules, RulesError, rules_of

FOLDER = Path(__file__).parent / "rights"


@cache
def shipped() -> Mapping[str, Rules]:
    """By id. Raises RulesError: a file of ours that is wrong stops the tests."""
    return read_folder(FOLDER)


def rules() -> Mapping[str, Rules]:
    """The shipped ones, with the house's own (``rights/*.yaml`` in the data folder) in place of those of the same id.

    Raises ValidationError when a file of the house cannot be used.
    """
    own = Path(settings.DATA) / "rights"
    try:
        return {**shipped(), **(read_folder(own) if own.is_dir() else {})}
    except RulesError as error:
        raise ValidationError(f"The house's own rights cannot be read. {error} Mend that file.") from error


def rules_called(name: str) -> Rules:
    """Raises ValidationError."""
    found = rules().get(name)
    if found is None:
        raise ValidationError(f"There are no rights called “{name}”: choose from the list.")
    return found


def read_folder(folder: Path) -> dict[str, Rules]:
    found = [_read(path) for path in sorted(folder.glob("*.yaml"))]
    return {one.id: one for one in found}


def _read(path: Path) -> Rules:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RulesError(f"{path.name}: YAML is expected ({' '.join(str(error).split())})") from error
    return rules_of(raw, path.name)
