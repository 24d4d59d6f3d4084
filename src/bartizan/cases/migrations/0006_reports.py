"""Reports by anyone, and what office and reporter write to each other."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_custody"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=16, unique=True)),
                ("words", models.TextField()),
                ("place", models.CharField(blank=True, max_length=300)),
                ("happened", models.CharField(blank=True, max_length=120)),
                ("contact", models.CharField(blank=True, max_length=200)),
                ("code", models.CharField(max_length=64, unique=True)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(4, "Critical"), (3, "High"), (2, "Medium"), (1, "Low")], default=2
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("theft", "A theft"),
                            ("loss", "A loss"),
                            ("disclosure", "Something shown or sent to the wrong people"),
                            ("misuse", "Access used beyond what the work needs"),
                            ("attack", "An attack on computers"),
                            ("disposal", "Something thrown away that should have been destroyed"),
                            ("mail", "A suspicious message or call"),
                            ("door", "A door or a lock"),
                            ("person", "A suspicious person"),
                            ("threat", "A threat or violence"),
                            ("damage", "Damage by fire, water or weather"),
                            ("not sure", "Not sure"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_sorted_by_hand", models.BooleanField(default=False)),
                ("sorted", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("asked", "Question asked"),
                            ("answered", "Question answered"),
                            ("case", "In a case"),
                            ("closed", "Closed"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_because", models.CharField(blank=True, max_length=400)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to="cases.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.TextField()),
                ("is_question", models.BooleanField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="cases.report"
                    ),
                ),
            ],
        ),
    ]
