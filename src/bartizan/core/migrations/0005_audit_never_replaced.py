"""SQLite removes what INSERT OR REPLACE replaces without asking the trigger that refuses to remove: refuse it here."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER audit_never_replaced BEFORE INSERT ON core_auditentry
WHEN EXISTS (SELECT 1 FROM core_auditentry WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'The audit is only added to: an entry is never changed or removed.'); END
"""


def refuse(_apps, schema):
    if schema.connection.vendor == "sqlite":
        schema.execute(SQLITE)


def allow(_apps, schema):
    if schema.connection.vendor == "sqlite":
        schema.execute("DROP TRIGGER audit_never_replaced")


class Migration(migrations.Migration):
    dependencies = [("core", "0004_search")]

    operations = [migrations.RunPython(refuse, allow)]
