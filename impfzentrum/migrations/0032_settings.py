"""Versions of settings, rules and closed criteria of a campaign's own, groups that open at a clock time, checks of the record."""

import datetime

import django.db.models.deletion
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER setting_version_is_append_only BEFORE UPDATE OR DELETE ON impfzentrum_settingversion
    FOR EACH ROW EXECUTE FUNCTION impfzentrum_refuse_change();
CREATE TRIGGER criterion_pauses_changed AFTER INSERT OR UPDATE OR DELETE ON impfzentrum_criterionpause
    FOR EACH STATEMENT EXECUTE FUNCTION impfzentrum_note_rules();
"""

BACKWARD = """
DROP TRIGGER criterion_pauses_changed ON impfzentrum_criterionpause;
DROP TRIGGER setting_version_is_append_only ON impfzentrum_settingversion;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("impfzentrum", "0031_reports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CriterionPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="gültig ab")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="gültig bis")),
                ("source", models.CharField(max_length=200, verbose_name="Quelle")),
            ],
            options={
                "verbose_name": "ausgesetztes Kriterium",
                "verbose_name_plural": "ausgesetzte Kriterien",
            },
        ),
        migrations.CreateModel(
            name="RecordCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("requested_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("failed", models.BooleanField(default=False)),
                ("events", models.PositiveBigIntegerField(default=0)),
                ("draws", models.PositiveBigIntegerField(default=0)),
                ("picks", models.PositiveBigIntegerField(default=0)),
                ("offers", models.PositiveBigIntegerField(default=0)),
                ("faults", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "Prüfung des Protokolls",
                "verbose_name_plural": "Prüfungen des Protokolls",
            },
        ),
        migrations.CreateModel(
            name="SettingVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("list", "Warteliste"),
                            ("contact", "Kontakt des Landkreises"),
                            ("asking", "Reihenfolge und Angebote"),
                            ("sending", "Absender und Versand"),
                            ("centre", "Impfzentrum"),
                            ("campaign", "Impfaktion"),
                            ("groups", "Geöffnete Gruppen"),
                            ("vaccine", "Impfregel"),
                            ("criteria", "Kriterium"),
                        ],
                        max_length=10,
                    ),
                ),
                ("subject", models.BigIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("restores", models.PositiveIntegerField(null=True)),
                ("form_key", models.UUIDField(unique=True)),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "Fassung einer Einstellung",
                "verbose_name_plural": "Fassungen der Einstellungen",
            },
        ),
        migrations.RemoveConstraint(
            model_name="vaccinerule",
            name="vaccine_rule_once_a_start",
        ),
        migrations.AddField(
            model_name="centre",
            name="phone",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=40, verbose_name="Telefon des Impfzentrums"
            ),
        ),
        migrations.AddField(
            model_name="county",
            name="list_text_en",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="derselbe Hinweis auf Englisch"),
        ),
        migrations.AddField(
            model_name="priorityorder",
            name="opens_at",
            field=models.TimeField(
                db_default=datetime.time(0, 0), default=datetime.time(0, 0), verbose_name="am ersten Tag ab"
            ),
        ),
        migrations.AddField(
            model_name="vaccinerule",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="own_vaccine_rules",
                to="impfzentrum.campaign",
            ),
        ),
        migrations.AddField(
            model_name="vaccinerule",
            name="source",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="Quelle"),
        ),
        migrations.AddField(
            model_name="vaccinerule",
            name="suspended",
            field=models.BooleanField(db_default=False, default=False, verbose_name="ausgesetzt"),
        ),
        migrations.AddConstraint(
            model_name="priorityorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("group__isnull", False), ("opens_at", datetime.time(0, 0)), _connector="OR"),
                name="order_ends_at_midnight",
            ),
        ),
        migrations.AddConstraint(
            model_name="vaccinerule",
            constraint=models.UniqueConstraint(
                fields=("rule_set", "campaign", "vaccine", "valid_from"),
                name="vaccine_rule_once_a_start",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="vaccinerule",
            constraint=models.CheckConstraint(
                condition=models.Q(("suspended", False), ("campaign__isnull", False), _connector="OR"),
                name="vaccine_rule_suspended_by_a_campaign",
            ),
        ),
        migrations.AddField(
            model_name="criterionpause",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="criterion_pauses", to="impfzentrum.campaign"
            ),
        ),
        migrations.AddField(
            model_name="criterionpause",
            name="criterion",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="pauses", to="impfzentrum.prioritycriterion"
            ),
        ),
        migrations.AddField(
            model_name="recordcheck",
            name="county",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="record_checks", to="impfzentrum.county"
            ),
        ),
        migrations.AddField(
            model_name="recordcheck",
            name="requested_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="settingversion",
            name="county",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="setting_versions", to="impfzentrum.county"
            ),
        ),
        migrations.AddField(
            model_name="settingversion",
            name="set_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="criterionpause",
            constraint=models.UniqueConstraint(
                fields=("campaign", "criterion", "valid_from"), name="criterion_pause_once_a_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterionpause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until", None), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                name="criterion_pause_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordcheck",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at", None)), fields=("county",), name="record_check_one_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="recordcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("finished_at", None),
                    django.db.models.lookups.GreaterThanOrEqual(models.F("finished_at"), models.F("requested_at")),
                    _connector="OR",
                ),
                name="record_check_ends_after_its_begin",
            ),
        ),
        migrations.AddIndex(
            model_name="settingversion",
            index=models.Index(fields=["county", "-set_at"], name="setting_of_county"),
        ),
        migrations.AddConstraint(
            model_name="settingversion",
            constraint=models.UniqueConstraint(
                fields=("county", "kind", "subject", "number"), name="setting_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "asking",
                            "campaign",
                            "centre",
                            "contact",
                            "criteria",
                            "groups",
                            "list",
                            "sending",
                            "vaccine",
                        ],
                    )
                ),
                name="setting_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="settingversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="setting_numbers_begin_at_one"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
