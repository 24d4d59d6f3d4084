"""Files of cases become core.File, their content encrypted in the vault; before CaseFile goes."""

from pathlib import Path

from django.conf import settings
from django.db import migrations

PIECE = 1 << 20


def into_the_vault(apps, schema_editor):
    from bartizan.core import vault

    case_files = apps.get_model("cases", "CaseFile").objects
    files = apps.get_model("core", "File").objects
    plain = Path(settings.DATA) / "files"
    for old in case_files.select_related("case").order_by("pk").iterator():
        path = plain / old.digest
        if path.is_file():
            with path.open("rb") as content:
                digest, _ = vault.keep(iter(lambda: content.read(PIECE), b""))
            if digest != old.digest:
                raise RuntimeError(
                    f"The file {old.name} of case {old.case.number} was changed on the disk: its SHA-256 is {digest} and "
                    f"was {old.digest}. Restore {path} from a backup, or move it away, and start again."
                )
        files.create(
            subject=f"case:{old.case.number}", name=old.name, digest=old.digest, size=old.size, by_id=old.by_id, at=old.at
        )
    for digest in case_files.values_list("digest", flat=True).distinct():
        (plain / digest).unlink(missing_ok=True)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("core", "0002_office")]
    run_before = [("cases", "0002_office")]

    operations = [migrations.RunPython(into_the_vault, migrations.RunPython.noop)]
