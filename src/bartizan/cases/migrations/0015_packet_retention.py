"""Packets end on a day. Those that are there get two years from the update, so that none goes at once."""

from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone


def in_two_years():
    return timezone.now().date() + timedelta(days=730)


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_small_promises")]

    operations = [
        migrations.AddField(
            model_name="packet",
            name="keep_until",
            field=models.DateField(default=in_two_years),
            preserve_default=False,
        ),
        migrations.AddField(model_name="packet", name="over_told_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="packet", name="emptied_at", field=models.DateTimeField(null=True)),
    ]
