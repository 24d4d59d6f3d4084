"""The index of the search (core/search): a table of SQLite's own, so it is made by hand. It is filled after migrating."""

from django.db import migrations

from bartizan.core.search.kept import MAKE, TABLE


def make(_apps, schema):
    if schema.connection.vendor == "sqlite":
        for statement in MAKE:
            schema.execute(statement)


def drop(_apps, schema):
    if schema.connection.vendor == "sqlite":
        schema.execute(f"DROP TABLE {TABLE}")
        schema.execute(f"DROP TABLE {TABLE}_made")


class Migration(migrations.Migration):
    dependencies = [("core", "0003_audit_chain")]

    operations = [migrations.RunPython(make, drop)]
