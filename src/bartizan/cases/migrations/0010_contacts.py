import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_interviews"),
        ("core", "0006_search_of_others"),
        ("estate", "0003_badge_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        help_text="Such as police; it names the record",
                        max_length=40,
                        unique=True,
                        verbose_name="short name",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Who answers: a person, or a desk such as Police, case line", max_length=120
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("chief executive", "chief executive"),
                            ("counsel", "counsel"),
                            ("board", "board"),
                            ("people", "people"),
                            ("systems", "systems"),
                            ("press", "press"),
                            ("executive", "executive"),
                            ("police", "police"),
                            ("regulator", "regulator"),
                            ("CERT", "CERT"),
                            ("data protection", "data protection"),
                            ("other authority", "other authority"),
                            ("insurer", "insurer"),
                            ("partner", "partner"),
                            ("customer", "customer"),
                            ("people concerned", "people concerned"),
                            ("other", "other"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        default=50, help_text="In the call tree: the lowest is rung first"
                    ),
                ),
                ("organisation", models.CharField(blank=True, max_length=120)),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="Theirs: a policy, a contract, a file",
                        max_length=60,
                        verbose_name="reference number",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("sms", models.CharField(blank=True, max_length=40, verbose_name="text messages to")),
                (
                    "webhook",
                    models.CharField(blank=True, help_text="An address that takes notices as JSON", max_length=400),
                ),
                ("portal", models.CharField(blank=True, help_text="Where a form is filled by hand", max_length=400)),
                (
                    "least",
                    models.PositiveSmallIntegerField(
                        choices=[(4, "Critical"), (3, "High"), (2, "Medium"), (1, "Low")],
                        default=1,
                        help_text="Told of cases of this level and above",
                        verbose_name="from level",
                    ),
                ),
                (
                    "law",
                    models.SlugField(
                        blank=True,
                        help_text="Told only where this law may apply, such as gdpr-33; empty: always",
                        max_length=60,
                    ),
                ),
                (
                    "form",
                    models.SlugField(
                        blank=True,
                        help_text="The form of a notice to them, such as gdpr-33-3",
                        max_length=60,
                        verbose_name="notice",
                    ),
                ),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(default=15, help_text="No answer: again after so many, then up"),
                ),
                (
                    "ask",
                    models.CharField(
                        blank=True,
                        help_text="What to ask of them, for the call script",
                        max_length=300,
                        verbose_name="to ask",
                    ),
                ),
                ("never", models.CharField(blank=True, max_length=300, verbose_name="not to say")),
                (
                    "checked_on",
                    models.DateField(
                        blank=True, help_text="When somebody last tried them", null=True, verbose_name="numbers checked"
                    ),
                ),
                ("purpose", models.CharField(default="To be told when a breach occurs", max_length=200)),
                (
                    "basis",
                    models.CharField(
                        default="Legitimate interest (GDPR Art. 6(1)(f)); counsel must confirm",
                        max_length=200,
                        verbose_name="legal basis",
                    ),
                ),
                (
                    "keep_until",
                    models.DateField(
                        blank=True, help_text="Then it is looked at again", null=True, verbose_name="kept until"
                    ),
                ),
                (
                    "escalates_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="escalated_from",
                        to="cases.contact",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("form", models.SlugField(max_length=60)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("counsel", models.CharField(blank=True, max_length=120)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("leaves_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, max_length=400)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "sent_way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("phone", "by phone"),
                            ("mail", "by e-mail"),
                            ("sms", "by text message"),
                            ("webhook", "by webhook"),
                            ("portal", "on their portal"),
                            ("person", "in person"),
                            ("letter", "by letter"),
                        ],
                        max_length=8,
                    ),
                ),
                ("sent_to", models.CharField(blank=True, max_length=400)),
                ("sent_words", models.TextField(blank=True)),
                ("receipt", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notices_out", to="cases.case"
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notices",
                        to="cases.clock",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="cases.contact"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("out", "Left out"), ("walled", "Walled off"), ("in", "Added")], max_length=8
                    ),
                ),
                ("because", models.CharField(max_length=400)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contact_choices", to="cases.case"
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="choices", to="cases.contact"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("phone", "by phone"),
                            ("mail", "by e-mail"),
                            ("sms", "by text message"),
                            ("webhook", "by webhook"),
                            ("portal", "on their portal"),
                            ("person", "in person"),
                            ("letter", "by letter"),
                        ],
                        max_length=8,
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=400)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("none", "no answer"),
                            ("sent", "sent"),
                            ("failed", "could not be sent"),
                            ("back", "said back"),
                        ],
                        max_length=8,
                    ),
                ),
                ("said", models.CharField(blank=True, max_length=400)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("raised_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contact_tries", to="cases.case"
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tries", to="cases.contact"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "contact tries",
            },
        ),
        migrations.CreateModel(
            name="Muster",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=12, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("evacuate", "Evacuate"), ("shelter", "Shelter"), ("own", "Own words")], max_length=8
                    ),
                ),
                ("words", models.CharField(max_length=300)),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="assembly point")),
                ("is_drill", models.BooleanField(default=False)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("zone", "Zone"),
                            ("site", "Site"),
                            ("department", "Department"),
                            ("everybody", "Everybody"),
                        ],
                        max_length=10,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=30)),
                ("name", models.CharField(max_length=120)),
                ("zone", models.CharField(default="UTC", max_length=60)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("cleared_at", models.DateTimeField(null=True)),
                ("purpose", models.CharField(default="To know who is safe", max_length=200)),
                (
                    "basis",
                    models.CharField(
                        default="Vital interests (GDPR Art. 6(1)(d)); counsel must confirm", max_length=200
                    ),
                ),
                ("keep_until", models.DateField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cleared_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MusterPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("why", models.CharField(blank=True, max_length=160)),
                ("nonce", models.CharField(max_length=40)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("", "Not answered"), ("safe", "Safe"), ("help", "Needs help")],
                        max_length=4,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=300)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "muster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="people", to="cases.muster"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="estate.person"
                    ),
                ),
                (
                    "ticked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "muster people",
            },
        ),
        migrations.CreateModel(
            name="MusterMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("way", models.CharField(choices=[("mail", "e-mail"), ("sms", "text message")], max_length=8)),
                ("address", models.CharField(max_length=254)),
                ("is_clear", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("sent", "sent"), ("failed", "failed")],
                        db_index=True,
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("said", models.CharField(blank=True, max_length=400)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="cases.musterperson"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NoticeVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("fields", models.JSONField()),
                ("sheet", models.CharField(max_length=40)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="cases.casenotice"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="casenotice",
            constraint=models.UniqueConstraint(fields=("case", "number"), name="one_notice_a_number"),
        ),
        migrations.AddConstraint(
            model_name="contactchoice",
            constraint=models.UniqueConstraint(fields=("case", "contact"), name="one_choice_a_contact"),
        ),
        migrations.AddIndex(
            model_name="contacttry",
            index=models.Index(fields=["raised_at", "outcome"], name="contact_try_silent"),
        ),
        migrations.AddConstraint(
            model_name="musterperson",
            constraint=models.UniqueConstraint(fields=("muster", "person"), name="a_person_once_a_muster"),
        ),
        migrations.AddConstraint(
            model_name="noticeversion",
            constraint=models.UniqueConstraint(fields=("notice", "number"), name="one_notice_version_a_number"),
        ),
    ]
