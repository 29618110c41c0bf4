import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("impfzentrum", "0008_claim"),
    ]

    operations = [
        migrations.CreateModel(
            name="ResponseLesson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shares", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ("answers", models.PositiveIntegerField()),
                ("learned_at", models.DateTimeField()),
                (
                    "county",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="impfzentrum.county"
                    ),
                ),
            ],
        ),
    ]
