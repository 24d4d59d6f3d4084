"""Looking at a restored folder as Bartizan would: in a process whose data folder it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from bartizan.core import vault
from bartizan.core.audit import Anchor
from bartizan.core.audit import verify as walk
from bartizan.core.backup import actions
from bartizan.core.backup.parts import BackupError, parts
from bartizan.core.backup.restore import FACTS
from bartizan.core.backup.take import FORMAT
from bartizan.core.models import File


def examine(folder: Path, *, accepts_audit: bool) -> dict[str, Any]:
    """Every store of it, brought to this version's shape; what was found.

    Raises BackupError when anything does not fit the manifest.
    """
    facts: dict[str, Any] = json.loads((folder / FACTS).read_text())
    _check_version(facts)
    for part in parts():
        part.examine(folder, facts)
    call_command("migrate", verbosity=0)
    found: dict[str, Any] = {"events": facts.get("events", 0), "made_at": facts["made_at"]}
    found |= _audit(facts, accepts_audit=accepts_audit) | _files()
    actions.restored()
    return found


def _check_version(facts: dict[str, Any]) -> None:
    ours = MigrationLoader(connection).disk_migrations or {}
    unknown = sorted(set(facts["migrations"]) - {f"{app}.{name}" for app, name in ours})
    if facts["format"] > FORMAT or unknown:
        raise BackupError(
            f"it was made by a newer Bartizan ({facts['bartizan']}); restore it with that version or a later one."
        )


def _audit(facts: dict[str, Any], *, accepts_audit: bool) -> dict[str, str]:
    """The chain is whole and has the manifest's last entry in its place; what a migration adds comes after it."""
    verdict = walk(Anchor.of(facts["audit"]) if facts["audit"] else None)
    if not verdict.is_whole and not accepts_audit:
        raise BackupError(
            f"the audit's chain is broken. {verdict.trouble} It was so when the backup was taken: restore an older "
            "one, or add --accept-audit to restore it as it is."
        )
    return {"audit": str(verdict.last), "audit_trouble": verdict.trouble}


def _files() -> dict[str, int]:
    """How many files records have; of how many the content is missing or cannot be read: so it was when the backup was
    taken. Reading proves each by its digest."""
    digests = set(File.objects.filter(removed_at=None).values_list("digest", flat=True))
    there = {digest for digest in digests if vault.path_of(digest).is_file()}
    damaged = sum(not _is_sound(digest) for digest in there)
    return {"files": len(digests), "missing_files": len(digests - there), "damaged_files": damaged}


def _is_sound(digest: str) -> bool:
    try:
        for _ in vault.read(digest):
            pass
    except vault.VaultError:
        return False
    return True
