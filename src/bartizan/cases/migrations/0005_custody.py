"""Exhibits and their custody; and the database refuses to change what only grows.

A later migration that lets SQLite remake one of these tables loses its triggers: it must call ``refuse`` again. A test
looks whether they are there.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

WORDS = "Custody is only added to: what was written is never changed or removed."
FIXED = {
    "cases_exhibit": (
        "id", "custody_id", "number", "form", "name", "what", "found_at", "found_where", "found_by", "file_id", "path",
        "source", "digest", "size",
    ),
    "cases_custody": ("id", "case_id", "is_practice"),
}
"""What never changes of a row that otherwise may."""
ONCE = {
    "cases_handover": "custody_id = NEW.custody_id AND number = NEW.number",
    "cases_timestamp": "custody_id = NEW.custody_id AND number = NEW.number",
    "cases_exhibit": "custody_id = NEW.custody_id AND number = NEW.number",
    "cases_custody": "case_id = NEW.case_id",
}
"""What INSERT OR REPLACE would replace without asking whether it may be removed (SQLite)."""


def is_practice(table):
    """A demo's may go again; nothing makes a real one into such."""
    if table == "cases_custody":
        return "OLD.is_practice"
    return "EXISTS (SELECT 1 FROM cases_custody WHERE id = OLD.custody_id AND is_practice)"


def sqlite(table):
    refused = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    of = f" OF {', '.join(FIXED[table])}" if table in FIXED else ""
    yield f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE{of} ON {table} {refused}"
    yield f"CREATE TRIGGER {table}_never_removed BEFORE DELETE ON {table} WHEN NOT {is_practice(table)} {refused}"
    there = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR ({ONCE[table]}))"
    yield f"CREATE TRIGGER {table}_never_replaced BEFORE INSERT ON {table} WHEN {there} {refused}"


def postgres(table):
    of = f" OF {', '.join(FIXED[table])}" if table in FIXED else ""
    call = "EXECUTE FUNCTION custody_never()"
    yield f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE{of} ON {table} FOR EACH ROW {call}"
    yield f"""
CREATE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF {is_practice(table)} THEN RETURN OLD; END IF; RAISE EXCEPTION '{WORDS}' USING ERRCODE = '23000'; END $$
"""
    yield f"CREATE TRIGGER {table}_never_removed BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_kept()"
    yield f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}"


def refuse(_apps, schema):
    if schema.connection.vendor == "postgresql":
        schema.execute(f"""
CREATE OR REPLACE FUNCTION custody_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = '23000'; END $$
""")
    statements = {"sqlite": sqlite, "postgresql": postgres}.get(schema.connection.vendor)
    for table in ONCE if statements else ():
        for statement in statements(table):
            schema.execute(statement)


def allow(_apps, schema):
    if schema.connection.vendor == "sqlite":
        for table in ONCE:
            for what in ("changed", "removed", "replaced"):
                schema.execute(f"DROP TRIGGER {table}_never_{what}")
    if schema.connection.vendor == "postgresql":
        schema.execute("DROP FUNCTION custody_never CASCADE")
        for table in ONCE:
            schema.execute(f"DROP FUNCTION {table}_kept CASCADE")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_clocks"),
        ("core", "0006_search_of_others"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Custody',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(default=0)),
                ('digest', models.CharField(max_length=64)),
                ('stamps', models.PositiveIntegerField(default=0)),
                ('is_practice', models.BooleanField(default=False)),
                ('seal', models.CharField(max_length=64)),
                ('tried_at', models.DateTimeField(null=True)),
                ('trouble', models.CharField(blank=True, max_length=400)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='custody', to='cases.case')),
            ],
            options={
                'verbose_name_plural': 'custodies',
            },
        ),
        migrations.CreateModel(
            name='CustodyCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('seconds', models.FloatField(default=0)),
                ('links', models.PositiveIntegerField(default=0)),
                ('faults', models.JSONField(default=list)),
                ('contents', models.JSONField(default=dict)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('custody', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checks', to='cases.custody')),
            ],
        ),
        migrations.CreateModel(
            name='Exhibit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=8)),
                ('form', models.CharField(choices=[('thing', 'Thing'), ('file', 'File'), ('events', 'Events'), ('image', 'Disk image, by reference')], max_length=8)),
                ('name', models.CharField(max_length=200)),
                ('what', models.CharField(blank=True, max_length=1000)),
                ('found_at', models.DateTimeField(null=True)),
                ('found_where', models.CharField(blank=True, max_length=200)),
                ('found_by', models.CharField(blank=True, max_length=120)),
                ('path', models.CharField(blank=True, max_length=500)),
                ('source', models.CharField(blank=True, max_length=400)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('size', models.PositiveBigIntegerField(null=True)),
                ('holder', models.CharField(max_length=120)),
                ('holder_ref', models.CharField(blank=True, max_length=160)),
                ('place', models.CharField(max_length=200)),
                ('seal', models.CharField(blank=True, max_length=60)),
                ('steps', models.PositiveIntegerField(default=0)),
                ('custody', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exhibits', to='cases.custody')),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.file')),
            ],
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('step', models.PositiveIntegerField()),
                ('deed', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('giver', models.CharField(blank=True, max_length=120)),
                ('giver_ref', models.CharField(blank=True, max_length=160)),
                ('taker', models.CharField(max_length=120)),
                ('taker_ref', models.CharField(blank=True, max_length=160)),
                ('place', models.CharField(max_length=200)),
                ('why', models.CharField(max_length=400)),
                ('how', models.CharField(blank=True, max_length=400)),
                ('seal_state', models.CharField(blank=True, max_length=8)),
                ('seal_found', models.CharField(blank=True, max_length=60)),
                ('seal_left', models.CharField(blank=True, max_length=60)),
                ('changes', models.CharField(blank=True, max_length=400)),
                ('changes_by', models.CharField(blank=True, max_length=120)),
                ('content', models.CharField(blank=True, max_length=64)),
                ('record', models.CharField(max_length=64)),
                ('signatures', models.JSONField(default=list)),
                ('previous', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('custody', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='cases.custody')),
                ('exhibit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='cases.exhibit')),
            ],
        ),
        migrations.CreateModel(
            name='MissingThing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('words', models.CharField(blank=True, max_length=400)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.CharField(max_length=120)),
                ('custody', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='missing', to='cases.custody')),
                ('found_as', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cases.exhibit')),
            ],
        ),
        migrations.CreateModel(
            name='TimeStamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('token', models.BinaryField()),
                ('trusted', models.TextField()),
                ('authority', models.CharField(max_length=200)),
                ('seal', models.CharField(max_length=64)),
                ('custody', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='timestamps', to='cases.custody')),
            ],
        ),
        migrations.AddConstraint(
            model_name='exhibit',
            constraint=models.UniqueConstraint(fields=('custody', 'number'), name='an_exhibit_once_a_case'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.UniqueConstraint(fields=('custody', 'number'), name='a_link_once_a_chain'),
        ),
        migrations.AddConstraint(
            model_name='timestamp',
            constraint=models.UniqueConstraint(fields=('custody', 'number'), name='a_stamp_once_a_link'),
        ),
        migrations.RunPython(refuse, allow),
    ]
