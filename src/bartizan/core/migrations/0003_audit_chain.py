"""The audit becomes a chain, and the database refuses to change it; whoever could do everything stays an officer.

A later migration that lets SQLite remake the audit's table loses the triggers with it: it must call ``refuse`` again.
A test looks whether they are there.
"""

from django.db import migrations

from bartizan.core import chain
from bartizan.core.keys import key

SQLITE = """
CREATE TRIGGER audit_never_{when} BEFORE {what} ON core_auditentry
BEGIN SELECT RAISE(ABORT, 'The audit is only added to: an entry is never changed or removed.'); END
"""
POSTGRES = (
    """
CREATE OR REPLACE FUNCTION audit_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'The audit is only added to: an entry is never changed or removed.' USING ERRCODE = '23000'; END $$
""",
    """
CREATE TRIGGER audit_never_changed BEFORE UPDATE OR DELETE ON core_auditentry
FOR EACH ROW EXECUTE FUNCTION audit_never()
""",
    """
CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON core_auditentry
FOR EACH STATEMENT EXECUTE FUNCTION audit_never()
""",
)
AT_ONCE = 2000


def give_roles(apps, _schema):
    """Accounts of before saw and did everything: the administrators stay officers, the others become specialists."""
    users = apps.get_model("core", "User").objects
    users.filter(is_superuser=True).update(role="officer")
    users.filter(is_superuser=False).update(role="specialist")


def link(apps, _schema):
    """Number the entries from 1 without a gap and chain them in that order."""
    entries, heads = (apps.get_model("core", name).objects for name in ("AuditEntry", "AuditHead"))
    secret, number, last = key("audit"), 0, chain.FIRST
    names = dict(apps.get_model("core", "User").objects.values_list("pk", "username"))
    while found := list(entries.filter(pk__gt=number).order_by("pk")[:AT_ONCE]):
        for entry in found:
            number += 1
            was, entry.pk = entry.pk, number
            entry.by_name, entry.detail = names.get(entry.by_id, "")[:150], chain.plain(entry.detail)
            told = {name: getattr(entry, name) for name in chain.FIELDS}
            last = entry.digest = chain.digest(secret, last, number, entry.at, told)
            entries.filter(pk=was).update(
                id=number, by_name=entry.by_name, detail=entry.detail, digest=entry.digest
            )
    heads.create(number=number, digest=last, seal=chain.seal(secret, number, last))


def refuse(_apps, schema):
    if schema.connection.vendor == "sqlite":
        schema.execute(SQLITE.format(when="changed", what="UPDATE"))
        schema.execute(SQLITE.format(when="removed", what="DELETE"))
    if schema.connection.vendor == "postgresql":
        for statement in POSTGRES:
            schema.execute(statement)


def allow(_apps, schema):
    if schema.connection.vendor == "sqlite":
        schema.execute("DROP TRIGGER audit_never_changed")
        schema.execute("DROP TRIGGER audit_never_removed")
    if schema.connection.vendor == "postgresql":
        schema.execute("DROP FUNCTION audit_never CASCADE")


class Migration(migrations.Migration):
    dependencies = [("core", "0002_office")]

    operations = [
        migrations.RunPython(give_roles, migrations.RunPython.noop),
        migrations.RunPython(link, migrations.RunPython.noop),
        migrations.RunPython(refuse, allow),
    ]
