"""Terms of a county, tombstones, restriction; and the words of feedback are sealed: people sign what they write."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from impfzentrum.models.sealed import SealedTextField


def seal_feedback(apps, schema_editor):
    """Values that are plain become sealed."""
    field = SealedTextField()
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, text FROM impfzentrum_feedback WHERE text <> '' ORDER BY id")
        for pk, text in cursor.fetchall():
            cursor.execute("UPDATE impfzentrum_feedback SET text = %s WHERE id = %s", [field.get_prep_value(text), pk])


def open_feedback(apps, schema_editor):
    """Back to plain words."""
    field = SealedTextField()
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, text FROM impfzentrum_feedback WHERE text <> '' ORDER BY id")
        for pk, text in cursor.fetchall():
            plain = field.from_db_value(text, None, schema_editor.connection)
            cursor.execute("UPDATE impfzentrum_feedback SET text = %s WHERE id = %s", [plain, pk])


class Migration(migrations.Migration):
    dependencies = [
        ("impfzentrum", "0033_languages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ErasedCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "Anmeldungen, die niemand bestätigt hat"),
                            ("vaccinated", "Geimpfte"),
                            ("idle", "Menschen, die sich nicht mehr gemeldet haben"),
                            ("messages", "Versandangaben von Nachrichten"),
                            ("replies", "Antworten per SMS"),
                            ("feedback", "Rückmeldungen zur Seite"),
                            ("team_mails", "verschickte Tageslisten: an wen"),
                        ],
                        max_length=12,
                    ),
                ),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "gelöscht am Tag",
                "verbose_name_plural": "gelöscht am Tag",
            },
        ),
        migrations.CreateModel(
            name="Retention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "unconfirmed_hours",
                    models.PositiveSmallIntegerField(
                        db_default=48,
                        default=48,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(48),
                        ],
                        verbose_name="Anmeldungen ohne bestätigten Kontakt, Stunden",
                    ),
                ),
                (
                    "vaccinated_hours",
                    models.PositiveSmallIntegerField(
                        db_default=72,
                        default=72,
                        validators=[
                            django.core.validators.MinValueValidator(12),
                            django.core.validators.MaxValueValidator(336),
                        ],
                        verbose_name="Geimpfte, Stunden",
                    ),
                ),
                (
                    "message_days",
                    models.PositiveSmallIntegerField(
                        db_default=30,
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(30),
                        ],
                        verbose_name="Belege und Antworten zu Nachrichten, Tage",
                    ),
                ),
                (
                    "ask_after_days",
                    models.PositiveSmallIntegerField(
                        db_default=60,
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(14),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="nachfragen, ob jemand noch wartet, nach Tagen",
                    ),
                ),
                (
                    "gone_after_days",
                    models.PositiveSmallIntegerField(
                        db_default=90,
                        default=90,
                        validators=[
                            django.core.validators.MinValueValidator(21),
                            django.core.validators.MaxValueValidator(400),
                        ],
                        verbose_name="wer nicht antwortet, wird gelöscht nach Tagen",
                    ),
                ),
                (
                    "feedback_days",
                    models.PositiveSmallIntegerField(
                        db_default=180,
                        default=180,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="Rückmeldungen zur Seite, Tage",
                    ),
                ),
            ],
            options={
                "verbose_name": "Löschfristen",
                "verbose_name_plural": "Löschfristen",
            },
        ),
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("erased_at", models.DateTimeField()),
                ("written_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "Löschvermerk",
                "verbose_name_plural": "Löschvermerke",
            },
        ),
        migrations.RemoveConstraint(
            model_name="messagetext",
            name="text_occasion_known",
        ),
        migrations.AddField(
            model_name="standbyentry",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="standbyentry",
            name="restricted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="standbyentry",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="template",
            field=models.CharField(
                choices=[
                    ("contact_proof", "Bestätigung des Kontakts"),
                    ("welcome", "Auf der Liste"),
                    ("lost_link", "Link verloren"),
                    ("opening_proof", "Nachricht zur Öffnung bestätigen"),
                    ("list_open", "Die Liste ist wieder offen"),
                    ("offer", "Angebot"),
                    ("place_and_time", "Ort und Zeit nach der Zusage"),
                    ("times_changed", "Neue Ankunftszeit"),
                    ("cancelled", "Absage bestätigt"),
                    ("paused", "Eintrag pausiert"),
                    ("ready_today", "Frage am Morgen"),
                    ("still_waiting", "Frage, ob jemand noch wartet"),
                    ("reply", "Antwort auf eine SMS"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="messagetext",
            name="occasion",
            field=models.CharField(
                choices=[
                    ("contact_proof", "Bestätigung des Kontakts"),
                    ("welcome", "Auf der Liste"),
                    ("lost_link", "Link verloren"),
                    ("opening_proof", "Nachricht zur Öffnung bestätigen"),
                    ("list_open", "Die Liste ist wieder offen"),
                    ("offer", "Angebot, die Dosis ist reserviert"),
                    ("offer_race", "Angebot, solange der Vorrat reicht"),
                    ("place_and_time", "Ort und Zeit nach der Zusage"),
                    ("times_changed", "Neue Ankunftszeit"),
                    ("cancelled", "Absage bestätigt"),
                    ("paused", "Eintrag pausiert"),
                    ("ready_today", "Frage am Morgen"),
                    ("still_waiting", "Frage, ob jemand noch wartet"),
                    ("reply_declined", "Antwort auf NEIN"),
                    ("reply_paused", "Antwort auf PAUSE"),
                    ("reply_helped", "Antwort auf HILFE und Unklares"),
                    ("reply_nothing_open", "Antwort: kein offenes Angebot"),
                    ("reply_expired", "Antwort: zu spät"),
                    ("reply_taken", "Antwort: schon vergeben"),
                    ("reply_closed", "Antwort: Angebot nicht mehr offen"),
                    ("reply_nothing_to_cancel", "Antwort: nichts abzusagen"),
                    ("reply_too_late_to_cancel", "Antwort: schon am Einlass"),
                    ("reply_not_now", "Antwort: gerade nicht möglich"),
                    ("reply_nobody", "Antwort an eine unbekannte Nummer"),
                    ("reply_several", "Antwort: mehrere Einträge oder Angebote"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddIndex(
            model_name="standbyentry",
            index=models.Index(
                models.F("asked_at"), condition=models.Q(("asked_at__isnull", False)), name="entry_asked"
            ),
        ),
        migrations.AddConstraint(
            model_name="messagetext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "occasion__in",
                        [
                            "cancelled",
                            "contact_proof",
                            "list_open",
                            "lost_link",
                            "offer",
                            "offer_race",
                            "opening_proof",
                            "paused",
                            "place_and_time",
                            "ready_today",
                            "reply_closed",
                            "reply_declined",
                            "reply_expired",
                            "reply_helped",
                            "reply_nobody",
                            "reply_not_now",
                            "reply_nothing_open",
                            "reply_nothing_to_cancel",
                            "reply_paused",
                            "reply_several",
                            "reply_taken",
                            "reply_too_late_to_cancel",
                            "still_waiting",
                            "times_changed",
                            "welcome",
                        ],
                    )
                ),
                name="text_occasion_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="standbyentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("restricted_at", None), models.Q(("paused_until", None), ("state", "paused")), _connector="OR"
                ),
                name="entry_restricted_is_paused",
            ),
        ),
        migrations.AddField(
            model_name="erasedcount",
            name="county",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="erased_counts", to="impfzentrum.county"
            ),
        ),
        migrations.AddField(
            model_name="retention",
            name="county",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="retention", to="impfzentrum.county"
            ),
        ),
        migrations.AddIndex(
            model_name="tombstone",
            index=models.Index(models.F("id"), condition=models.Q(("written_at", None)), name="tombstone_unwritten"),
        ),
        migrations.AddConstraint(
            model_name="erasedcount",
            constraint=models.UniqueConstraint(fields=("county", "day", "kind"), name="erased_count_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="erasedcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["feedback", "idle", "messages", "replies", "team_mails", "unconfirmed", "vaccinated"])
                ),
                name="erased_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="retention",
            constraint=models.CheckConstraint(
                condition=models.Q(("unconfirmed_hours__range", (1, 48))), name="retention_unconfirmed"
            ),
        ),
        migrations.AddConstraint(
            model_name="retention",
            constraint=models.CheckConstraint(
                condition=models.Q(("vaccinated_hours__range", (12, 336))), name="retention_vaccinated"
            ),
        ),
        migrations.AddConstraint(
            model_name="retention",
            constraint=models.CheckConstraint(
                condition=models.Q(("message_days__range", (1, 30))), name="retention_messages"
            ),
        ),
        migrations.AddConstraint(
            model_name="retention",
            constraint=models.CheckConstraint(
                condition=models.Q(("ask_after_days__range", (14, 365))), name="retention_asks"
            ),
        ),
        migrations.AddConstraint(
            model_name="retention",
            constraint=models.CheckConstraint(
                condition=models.Q(("feedback_days__range", (1, 365))), name="retention_feedback"
            ),
        ),
        migrations.AddConstraint(
            model_name="retention",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gone_after_days__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("ask_after_days"), "+", models.Value(7)
                        ),
                    ),
                    ("gone_after_days__lte", 400),
                ),
                name="retention_time_to_answer",
            ),
        ),
        migrations.AlterField(
            model_name="feedback",
            name="text",
            field=SealedTextField(blank=True, verbose_name="Rückmeldung"),
        ),
        migrations.RunPython(seal_feedback, open_feedback),
    ]
