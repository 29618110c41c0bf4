"""Forms that were sent (a second tap does nothing twice), opened vials, and how many doses a vial holds by date."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("impfzentrum", "0027_accounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="vaccinerule",
            name="doses_per_vial",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Leer: wie beim Impfstoff angegeben.",
                null=True,
                verbose_name="Dosen je Fläschchen",
            ),
        ),
        migrations.AddField(
            model_name="vaccinerule",
            name="vial_source",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="Quelle zum Fläschchen"
            ),
        ),
        migrations.CreateModel(
            name="FormKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("sent_at", models.DateTimeField()),
                ("led_to", models.CharField(blank=True, max_length=500)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(models.F("sent_at"), name="form_key_by_age")],
            },
        ),
        migrations.CreateModel(
            name="OpenedVials",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "vials",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                        verbose_name="Fläschchen",
                    ),
                ),
                ("doses", models.PositiveSmallIntegerField(verbose_name="Dosen darin")),
                ("opened_at", models.DateTimeField(verbose_name="geöffnet")),
                ("usable_until", models.DateTimeField(verbose_name="verwendbar bis")),
                ("noted_at", models.DateTimeField()),
                (
                    "end",
                    models.CharField(
                        blank=True,
                        choices=[("released", "freigegeben"), ("empty", "leer"), ("mistake", "Irrtum")],
                        max_length=10,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opened_vials",
                        to="impfzentrum.centre",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opened_vials",
                        to="impfzentrum.release",
                    ),
                ),
                (
                    "vaccine",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="impfzentrum.vaccine"
                    ),
                ),
            ],
            options={
                "verbose_name": "geöffnetes Fläschchen",
                "verbose_name_plural": "geöffnete Fläschchen",
                "indexes": [
                    models.Index(
                        models.F("centre"), models.F("usable_until"), condition=models.Q(("end", "")), name="vials_open"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("opened_at__lt", models.F("usable_until"))),
                        name="vials_opened_before_their_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("doses__gte", models.F("vials")), ("vials__gte", 1)),
                        name="vials_hold_doses",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end", ""), ("ended_at", None), ("ended_by", None)),
                            models.Q(
                                ("end__in", ["empty", "mistake", "released"]),
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="vials_ended_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end", "released"), ("release__isnull", False)),
                            models.Q(models.Q(("end", "released"), _negated=True), ("release", None)),
                            _connector="OR",
                        ),
                        name="vials_release_goes_with_end",
                    ),
                ],
            },
        ),
    ]
