import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

KINDS = [
    ("police", "Police"),
    ("regulator", "Regulator"),
    ("executives", "Executives"),
    ("board", "Board"),
    ("insurer", "Insurer"),
]


def _account():
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
    )


def _case(name):
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name=name, to="cases.case")


def _key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_contacts"),
        ("core", "0006_search_of_others"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FactEntry",
            fields=[
                ("id", _key()),
                ("number", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=20)),
                ("words", models.CharField(blank=True, max_length=2000)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", _account()),
                ("case", _case("fact_entries")),
            ],
            options={
                "verbose_name_plural": "fact entries",
                "constraints": [models.UniqueConstraint(fields=("case", "number"), name="one_fact_entry_a_number")],
            },
        ),
        migrations.CreateModel(
            name="Packet",
            fields=[
                ("id", _key()),
                ("number", models.PositiveIntegerField()),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("level", models.CharField(max_length=10)),
                ("for_whom", models.CharField(max_length=200)),
                ("copies", models.PositiveSmallIntegerField(default=1)),
                ("told", models.JSONField(default=dict)),
                ("facts", models.CharField(max_length=40)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("digest", models.CharField(max_length=64)),
                ("stamped_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, max_length=400)),
                ("pages", models.PositiveSmallIntegerField()),
                ("seconds", models.FloatField()),
                ("case", _case("packets")),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="core.file"
                    ),
                ),
                ("made_by", _account()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "number"), name="one_packet_a_number")],
            },
        ),
    ]
