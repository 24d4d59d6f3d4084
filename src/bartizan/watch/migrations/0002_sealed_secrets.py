"""Secrets of sources, such as a broker's password, were kept in clear: they are sealed by the vault from now on."""

from django.db import migrations

from bartizan.core.preferences import is_sealed, opened, sealed
from bartizan.core.setting_form import SECRETS


def seal(apps, schema):
    if schema.connection.vendor == "sqlite":
        schema.execute("PRAGMA secure_delete = ON")  # what stood there is overwritten
    for source in apps.get_model("watch", "Source").objects.all():
        clear = {n: v for n, v in source.settings.items() if v and any(word in n for word in SECRETS)}
        source.settings |= {n: sealed(v) for n, v in clear.items() if not is_sealed(v)}
        source.save(update_fields=["settings"])


def unseal(apps, _schema):
    for source in apps.get_model("watch", "Source").objects.all():
        source.settings = opened(source.settings)
        source.save(update_fields=["settings"])


class Migration(migrations.Migration):
    dependencies = [("watch", "0001_initial")]

    operations = [migrations.RunPython(seal, unseal)]
