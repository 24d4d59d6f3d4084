from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("estate", "0002_office")]

    operations = [
        migrations.AlterField(
            model_name="badgeissue",
            name="badge",
            field=models.ForeignKey(
                on_delete=models.deletion.PROTECT, related_name="issues", to="estate.badge"
            ),
        ),
    ]
