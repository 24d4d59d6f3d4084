"""Legal clocks, the organisation's own rules for them, and what decides which laws apply."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_office"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name='LawAnswers',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.JSONField(default=dict)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='law_answers', to='cases.case')),
            ],
            options={
                'verbose_name_plural': 'law answers',
            },
        ),
        migrations.CreateModel(
            name='Clock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.SlugField(max_length=60)),
                ('digest', models.CharField(max_length=64)),
                ('body', models.JSONField()),
                ('trigger', models.CharField(max_length=400)),
                ('trigger_at', models.DateTimeField()),
                ('zone', models.CharField(max_length=60)),
                ('due_at', models.DateTimeField(db_index=True, null=True)),
                ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('holds', models.JSONField(default=list)),
                ('counsel', models.CharField(blank=True, max_length=120)),
                ('counsel_at', models.DateTimeField(null=True)),
                ('met_at', models.DateTimeField(null=True)),
                ('met_with', models.CharField(blank=True, max_length=400)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_because', models.CharField(blank=True, max_length=400)),
                ('told', models.CharField(blank=True, max_length=8)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clocks', to='cases.case')),
                ('moved_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='moved_to', to='cases.clock')),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'rule', 'trigger_at'), name='one_clock_a_trigger')],
            },
        ),
        migrations.CreateModel(
            name='LawRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.SlugField(max_length=60)),
                ('version', models.PositiveIntegerField()),
                ('body', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('withdrawn_because', models.CharField(blank=True, max_length=400)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('rule', 'version'), name='a_version_once_a_rule')],
            },
        ),
    ]
