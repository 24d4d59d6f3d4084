import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('watch', '0004_alarm_answers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60)),
                ('verb', models.CharField(max_length=40)),
                ('target', models.CharField(db_index=True, max_length=160)),
                ('site', models.CharField(blank=True, max_length=20)),
                ('facts', models.JSONField(blank=True, default=dict)),
                ('reason', models.CharField(max_length=400)),
                ('about', models.CharField(blank=True, db_index=True, max_length=80)),
                ('key', models.CharField(max_length=160, null=True, unique=True)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('taken', 'Taken'), ('done', 'Done'), ('failed', 'Failed'), ('expired', 'Expired')], db_index=True, default='asked', max_length=8)),
                ('words', models.CharField(blank=True, max_length=400)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
