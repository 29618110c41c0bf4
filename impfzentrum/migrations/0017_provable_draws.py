import django.db.models.deletion
from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("impfzentrum", "0016_replies_and_weights")]

    operations = [
        migrations.CreateModel(
            name="DrawRecord",
            fields=[
                (
                    "draw",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="record",
                        serialize=False,
                        to="impfzentrum.draw",
                    ),
                ),
                ("compressed", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
                ("places", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "Aufzeichnung einer Auslosung",
                "verbose_name_plural": "Aufzeichnungen der Auslosungen",
            },
        ),
        migrations.CreateModel(
            name="PlaceChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("transaction", models.BigIntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="impfzentrum.standbyentry",
                    ),
                ),
                (
                    "draw",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="impfzentrum.draw",
                    ),
                ),
                (
                    "vaccine",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="impfzentrum.vaccine",
                    ),
                ),
                ("place_class", models.SmallIntegerField()),
                ("priority_group", models.SmallIntegerField()),
                ("ticket", models.BigIntegerField()),
                ("travel_minutes", models.SmallIntegerField()),
                ("ready", models.BooleanField(null=True)),
                ("rests_until", models.DateTimeField(null=True)),
                ("availability", models.IntegerField()),
                ("ready_until", models.DateTimeField(null=True)),
                ("clears_hint", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "Änderung eines Platzes",
                "verbose_name_plural": "Änderungen von Plätzen",
                "indexes": [
                    models.Index(fields=["draw", "id"], name="place_change_of_draw"),
                    BrinIndex(autosummarize=True, fields=["transaction"], name="place_change_by_transaction"),
                ],
            },
        ),
    ]
