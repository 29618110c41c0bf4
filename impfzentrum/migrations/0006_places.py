import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("impfzentrum", "0005_late_first"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FurtherCentre",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="impfzentrum.standbyentry",
                        related_name="further_centres",
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="impfzentrum.centre", related_name="+"
                    ),
                ),
                ("travel_minutes", models.PositiveSmallIntegerField(verbose_name="Minuten bis zum Impfzentrum")),
            ],
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "entry_id",
                        "draw_id",
                        "vaccine_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="impfzentrum.standbyentry",
                        related_name="places",
                        db_constraint=False,
                        db_index=False,
                    ),
                ),
                (
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="impfzentrum.draw",
                        related_name="places",
                        db_constraint=False,
                        db_index=False,
                    ),
                ),
                (
                    "vaccine",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="impfzentrum.vaccine",
                        related_name="+",
                        db_constraint=False,
                        db_index=False,
                    ),
                ),
                ("place_class", models.SmallIntegerField()),
                ("priority_group", models.SmallIntegerField()),
                ("ticket", models.BigIntegerField()),
                ("travel_minutes", models.SmallIntegerField()),
                ("ready", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="PlaceDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="impfzentrum.centre", related_name="+"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="impfzentrum.standbyentry",
                        related_name="+",
                        null=True,
                        db_index=False,
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="draw",
            name="draw_once_a_day",
        ),
        migrations.RemoveIndex(
            model_name="standbyentry",
            name="entry_waiting_in_order",
        ),
        migrations.RemoveField(
            model_name="standbyentry",
            name="ticket",
        ),
        migrations.AddField(
            model_name="county",
            name="order_policy",
            field=models.CharField(
                choices=[("draw", "jeden Tag neu gelost"), ("first_come", "wer zuerst auf der Liste stand")],
                default="draw",
                max_length=10,
                verbose_name="Reihenfolge in einer Gruppe",
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="classes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="committed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="draw",
            name="cleared_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="draw",
            name="late",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="policy",
            field=models.CharField(
                choices=[("draw", "jeden Tag neu gelost"), ("first_come", "wer zuerst auf der Liste stand")],
                default="draw",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="reason",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="draw",
            name="requested_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="round",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="offer",
            name="draw",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="impfzentrum.draw",
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="travel_minutes",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.RunSQL(
            "UPDATE impfzentrum_offer AS offer SET travel_minutes = entry.travel_minutes"
            " FROM impfzentrum_standbyentry AS entry WHERE entry.id = offer.entry_id",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="offer",
            name="travel_minutes",
            field=models.PositiveSmallIntegerField(),
        ),
        migrations.AlterField(
            model_name="draw",
            name="drawn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="draw",
            name="people",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="draw",
            index=models.Index(
                condition=models.Q(("drawn_at__isnull", False)), fields=["centre", "-drawn_at"], name="draw_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="county",
            constraint=models.CheckConstraint(
                condition=models.Q(("order_policy__in", ["draw", "first_come"])), name="county_order_policy_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.UniqueConstraint(fields=("centre", "day", "round"), name="draw_once_a_day_and_round"),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.CheckConstraint(
                condition=models.Q(("policy__in", ["draw", "first_come"])), name="draw_policy_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("round", 1),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="draw_again_needs_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="furthercentre",
            constraint=models.UniqueConstraint(fields=("entry", "centre"), name="further_centre_once_a_person"),
        ),
        migrations.AddConstraint(
            model_name="furthercentre",
            constraint=models.CheckConstraint(
                condition=models.Q(("travel_minutes__lte", 240)), name="further_centre_travel_possible"
            ),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                condition=models.Q(("ready", True)),
                fields=["draw", "vaccine", "place_class", "priority_group", "ticket", "entry"],
                include=("travel_minutes",),
                name="place_next",
            ),
        ),
    ]
