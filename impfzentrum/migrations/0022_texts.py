"""Texts of the counties: versions that are only ever added (the function is that of 0018)."""

import django.db.models.deletion
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER message_text_is_append_only BEFORE UPDATE OR DELETE ON impfzentrum_messagetext
    FOR EACH ROW EXECUTE FUNCTION impfzentrum_refuse_change();
"""

BACKWARD = "DROP TRIGGER message_text_is_append_only ON impfzentrum_messagetext;"


class Migration(migrations.Migration):
    dependencies = [
        ("impfzentrum", "0021_sending_under_control"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "occasion",
                    models.CharField(
                        choices=[
                            ("contact_proof", "Bestätigung des Kontakts"),
                            ("welcome", "Auf der Liste"),
                            ("offer", "Angebot, die Dosis ist reserviert"),
                            ("offer_race", "Angebot, solange der Vorrat reicht"),
                            ("place_and_time", "Ort und Zeit nach der Zusage"),
                            ("times_changed", "Neue Ankunftszeit"),
                            ("cancelled", "Absage bestätigt"),
                            ("paused", "Eintrag pausiert"),
                            ("ready_today", "Frage am Morgen"),
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
                ("channel", models.CharField(choices=[("sms", "SMS"), ("email", "E-Mail")], max_length=5)),
                ("language", models.CharField(choices=[("de", "Deutsch"), ("en", "English")], max_length=5)),
                ("number", models.PositiveIntegerField()),
                ("subject", models.CharField(blank=True, max_length=100)),
                ("body", models.TextField(blank=True)),
                ("valid_from", models.DateTimeField()),
                ("set_at", models.DateTimeField()),
                (
                    "county",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="texts", to="impfzentrum.county"
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "Nachrichtentext",
                "verbose_name_plural": "Nachrichtentexte",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("county", "occasion", "channel", "language", "number"), name="text_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "occasion__in",
                                [
                                    "cancelled",
                                    "contact_proof",
                                    "offer",
                                    "offer_race",
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
                                    "times_changed",
                                    "welcome",
                                ],
                            )
                        ),
                        name="text_occasion_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "sms"])), name="text_channel_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["de", "en"])), name="text_language_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="text_numbers_begin_at_one"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body", ""), ("subject", "")),
                            models.Q(
                                models.Q(
                                    models.Q(("channel", "sms"), ("subject", "")),
                                    models.Q(("channel", "email"), models.Q(("subject", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                models.Q(("body", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="text_subject_goes_with_email",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(models.F("set_at"), models.F("valid_from")),
                        name="text_changes_no_past",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
