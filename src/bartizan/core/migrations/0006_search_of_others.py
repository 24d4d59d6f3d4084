"""What a record says of others gets a column of its own in the index, which is filled after migrating."""

from django.db import migrations

from bartizan.core.search.kept import MAKE, TABLE


def make_anew(_apps, schema):
    if schema.connection.vendor == "sqlite":
        for statement in (f"DROP TABLE {TABLE}", f"DROP TABLE {TABLE}_made", *MAKE):
            schema.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("core", "0005_audit_never_replaced")]

    operations = [migrations.RunPython(make_anew, migrations.RunPython.noop)]
