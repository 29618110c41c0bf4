"""Figures for everybody, long exports, and word of reports by e-mail (docs/decisions/0027)."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("impfzentrum", "0030_attendance"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExportJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("asked_at", models.DateTimeField()),
                ("kind", models.CharField(max_length=20)),
                ("file_format", models.CharField(max_length=4)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("rows_done", models.PositiveIntegerField(default=0)),
                ("rows_total", models.PositiveIntegerField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="impfzentrum.centre",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PublicFigures",
            fields=[
                (
                    "county",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="public_figures",
                        serialize=False,
                        to="impfzentrum.county",
                    ),
                ),
                ("counted_at", models.DateTimeField()),
                ("released", models.PositiveIntegerField()),
                ("saved", models.PositiveIntegerField()),
                ("released_lately", models.PositiveIntegerField()),
                ("saved_lately", models.PositiveIntegerField()),
                ("waiting", models.JSONField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="county",
            name="shows_figures",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Gerettete Dosen, Vergabequote, Wartende je Gruppe und die letzten Auslosungen, für alle.",
                verbose_name="öffentliche Seite mit Zahlen",
            ),
        ),
        migrations.CreateModel(
            name="ExportFile",
            fields=[
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="file",
                        serialize=False,
                        to="impfzentrum.exportjob",
                    ),
                ),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name="exportjob",
            name="county",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="impfzentrum.county"
            ),
        ),
        migrations.CreateModel(
            name="ReportSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "rhythm",
                    models.CharField(
                        choices=[("weekly", "jeden Montag"), ("monthly", "am Ersten des Monats")],
                        max_length=8,
                        verbose_name="Wie oft",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("next_on", models.DateField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("last_sent_at", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=100)),
                (
                    "county",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report_schedules",
                        to="impfzentrum.county",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="exportjob",
            index=models.Index(models.F("asked_at"), name="export_by_age"),
        ),
        migrations.AddIndex(
            model_name="exportjob",
            index=models.Index(
                models.F("id"), condition=models.Q(("failed_at", None), ("finished_at", None)), name="export_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("finished_at", None), ("failed_at", None), _connector="OR"),
                name="export_finished_or_failed",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("file_format__in", ["csv", "xlsx"])), name="export_format_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lte", models.F("last"))), name="export_days_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.UniqueConstraint(fields=("county", "user"), name="report_schedule_once_a_person"),
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("rhythm__in", ["monthly", "weekly"])), name="report_schedule_rhythm_known"
            ),
        ),
    ]
