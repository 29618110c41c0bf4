"""What becomes of people at the door, the offers that came to nothing there, and the export for the team."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import impfzentrum.models.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("impfzentrum", "0029_bookings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state_since", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("expected", "erwartet"),
                            ("arrived", "angekommen"),
                            ("vaccinated", "geimpft"),
                            ("deferred", "medizinisch zurückgestellt"),
                            ("unproven", "Nachweis fehlt"),
                            ("missed", "nicht erschienen"),
                        ],
                        default="expected",
                        max_length=10,
                    ),
                ),
                ("proof_checked", models.BooleanField(default=False)),
                ("batch", models.CharField(blank=True, max_length=20, verbose_name="Charge")),
            ],
            options={
                "verbose_name": "Erscheinen",
                "verbose_name_plural": "Erscheinen",
            },
        ),
        migrations.CreateModel(
            name="AttendanceStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form_key", models.UUIDField(unique=True)),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("expected", "erwartet"),
                            ("arrived", "angekommen"),
                            ("vaccinated", "geimpft"),
                            ("deferred", "medizinisch zurückgestellt"),
                            ("unproven", "Nachweis fehlt"),
                            ("missed", "nicht erschienen"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("expected", "erwartet"),
                            ("arrived", "angekommen"),
                            ("vaccinated", "geimpft"),
                            ("deferred", "medizinisch zurückgestellt"),
                            ("unproven", "Nachweis fehlt"),
                            ("missed", "nicht erschienen"),
                        ],
                        max_length=10,
                    ),
                ),
                ("proof_before", models.BooleanField(default=False)),
                ("freed", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TeamExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("active", models.BooleanField(default=False)),
                (
                    "minutes_before",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(720),
                        ],
                    ),
                ),
                ("addresses", impfzentrum.models.sealed.SealedTextField(blank=True)),
                (
                    "list_kind",
                    models.CharField(
                        choices=[
                            ("link", "als Link, der die Anmeldung verlangt"),
                            ("file", "als PDF im Anhang, mit Kennwort verschlüsselt"),
                            ("none", "gar nicht, nur die Zahlen"),
                        ],
                        default="link",
                        max_length=4,
                    ),
                ),
                ("password", impfzentrum.models.sealed.SealedTextField(blank=True)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TeamExportRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("due_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TeamMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("address", impfzentrum.models.sealed.SealedTextField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("given_up_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="offer",
            name="offer_state_known",
        ),
        migrations.AlterField(
            model_name="offer",
            name="state",
            field=models.CharField(
                choices=[
                    ("prepared", "wird versendet"),
                    ("open", "offen"),
                    ("accepted", "angenommen"),
                    ("declined", "abgelehnt"),
                    ("expired", "abgelaufen"),
                    ("late", "zu spät"),
                    ("undeliverable", "nicht zustellbar"),
                    ("withdrawn", "zurückgezogen"),
                    ("cancelled", "storniert"),
                    ("unused", "nicht eingelöst"),
                ],
                default="prepared",
                max_length=14,
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "accepted",
                            "cancelled",
                            "declined",
                            "expired",
                            "late",
                            "open",
                            "prepared",
                            "undeliverable",
                            "unused",
                            "withdrawn",
                        ],
                    )
                ),
                name="offer_state_known",
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="offer",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="attendance", to="impfzentrum.offer"
            ),
        ),
        migrations.AddField(
            model_name="attendancestep",
            name="attendance",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="impfzentrum.attendance"
            ),
        ),
        migrations.AddField(
            model_name="attendancestep",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="attendancestep",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="teamexport",
            name="centre",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="team_export", to="impfzentrum.centre"
            ),
        ),
        migrations.AddField(
            model_name="teamexport",
            name="changed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="teamexport",
            name="members",
            field=models.ManyToManyField(blank=True, related_name="+", to="impfzentrum.membership"),
        ),
        migrations.AddField(
            model_name="teamexportrun",
            name="centre",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="team_export_runs",
                to="impfzentrum.centre",
            ),
        ),
        migrations.AddField(
            model_name="teammail",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="mails", to="impfzentrum.teamexportrun"
            ),
        ),
        migrations.AddIndex(
            model_name="attendance",
            index=models.Index(models.F("state_since"), name="attendance_by_time"),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["arrived", "deferred", "expected", "missed", "unproven", "vaccinated"])
                ),
                name="attendance_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proof_checked", True), ("state", "vaccinated"), models.Q(("batch", ""), _negated=True)),
                    models.Q(models.Q(("state", "vaccinated"), _negated=True), ("batch", "")),
                    _connector="OR",
                ),
                name="attendance_batch_goes_with_vaccination",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendancestep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_at", None), ("undone_by", None)),
                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                    _connector="OR",
                ),
                name="attendance_step_undone_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="teamexport",
            constraint=models.CheckConstraint(
                condition=models.Q(("list_kind__in", ["file", "link", "none"])), name="team_export_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="teamexport",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes_before__range", (5, 720))), name="team_export_before_opening"
            ),
        ),
        migrations.AddConstraint(
            model_name="teamexport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("active", True), ("list_kind", "file"), _negated=True),
                    models.Q(("password", ""), _negated=True),
                    _connector="OR",
                ),
                name="team_export_file_has_password",
            ),
        ),
        migrations.AddConstraint(
            model_name="teamexportrun",
            constraint=models.UniqueConstraint(fields=("centre", "day"), name="team_export_once_a_day"),
        ),
        migrations.AddIndex(
            model_name="teammail",
            index=models.Index(
                models.F("run"), condition=models.Q(("given_up_at", None), ("sent_at", None)), name="team_mail_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="teammail",
            constraint=models.CheckConstraint(
                condition=models.Q(("sent_at", None), ("given_up_at", None), _connector="OR"),
                name="team_mail_sent_or_given_up",
            ),
        ),
    ]
