import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("impfzentrum", "0010_hand_picks"),
    ]

    operations = [
        migrations.CreateModel(
            name="SwitchRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="gültig ab")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="gültig bis")),
                ("interval_min_weeks", models.PositiveSmallIntegerField(verbose_name="Abstand mindestens, Wochen")),
                (
                    "interval_max_weeks",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Abstand höchstens, Wochen"),
                ),
                (
                    "evidence",
                    models.CharField(
                        choices=[("F", "belegt"), ("K", "angenommen")], max_length=1, verbose_name="Beleg"
                    ),
                ),
            ],
            options={
                "verbose_name": "Regel für eine Kreuzimpfung",
                "verbose_name_plural": "Regeln für Kreuzimpfungen",
                "ordering": ["vaccine__name", "after__name", "valid_from"],
            },
        ),
        migrations.AddField(
            model_name="county",
            name="cap_per_day",
            field=models.PositiveSmallIntegerField(
                default=3, verbose_name="Angebote an eine Person in 24 Stunden höchstens"
            ),
        ),
        migrations.AddField(
            model_name="county",
            name="cap_per_week",
            field=models.PositiveSmallIntegerField(
                default=9, verbose_name="Angebote an eine Person in 7 Tagen höchstens"
            ),
        ),
        migrations.AddField(
            model_name="standbyentry",
            name="availability",
            field=models.PositiveIntegerField(db_default=2097151, default=2097151, verbose_name="Tage und Uhrzeiten"),
        ),
        migrations.AddField(
            model_name="standbyentry",
            name="capped_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="standbyentry",
            name="morning_asked_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="standbyentry",
            name="morning_mail",
            field=models.BooleanField(db_default=False, default=False, verbose_name="morgens per E-Mail fragen"),
        ),
        migrations.AddField(
            model_name="standbyentry",
            name="ready_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="template",
            field=models.CharField(
                choices=[
                    ("contact_proof", "Bestätigung des Kontakts"),
                    ("welcome", "Auf der Liste"),
                    ("offer", "Angebot"),
                    ("place_and_time", "Ort und Zeit nach der Zusage"),
                    ("times_changed", "Neue Ankunftszeit"),
                    ("cancelled", "Absage bestätigt"),
                    ("paused", "Eintrag pausiert"),
                    ("ready_today", "Frage am Morgen"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="standbyentry",
            index=models.Index(
                models.F("cool_down_until"),
                condition=models.Q(("cool_down_until__isnull", False)),
                name="entry_cools_down",
            ),
        ),
        migrations.AddIndex(
            model_name="standbyentry",
            index=models.Index(
                models.F("capped_until"), condition=models.Q(("capped_until__isnull", False)), name="entry_capped"
            ),
        ),
        migrations.AddIndex(
            model_name="standbyentry",
            index=models.Index(
                models.F("centre"), condition=models.Q(("morning_mail", True)), name="entry_morning_mail"
            ),
        ),
        migrations.AddConstraint(
            model_name="county",
            constraint=models.CheckConstraint(
                condition=models.Q(("cap_per_day__gte", 1), ("cap_per_week__gte", models.F("cap_per_day"))),
                name="county_caps_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("template", "ready_today"), _negated=True), ("channel", "email"), _connector="OR"
                ),
                name="message_of_the_morning_is_no_sms",
            ),
        ),
        migrations.AddConstraint(
            model_name="standbyentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("availability__range", (1, 2097151))), name="entry_available_sometimes"
            ),
        ),
        migrations.AddField(
            model_name="switchrule",
            name="after",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="impfzentrum.vaccine",
                verbose_name="nach",
            ),
        ),
        migrations.AddField(
            model_name="switchrule",
            name="rule_set",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="switch_rules", to="impfzentrum.ruleset"
            ),
        ),
        migrations.AddField(
            model_name="switchrule",
            name="vaccine",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="switch_rules",
                to="impfzentrum.vaccine",
                verbose_name="jetzt",
            ),
        ),
        migrations.AddConstraint(
            model_name="switchrule",
            constraint=models.UniqueConstraint(
                fields=("rule_set", "vaccine", "after", "valid_from"), name="switch_rule_once_a_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="switchrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("after", models.F("vaccine")), _negated=True),
                name="switch_rule_between_two_products",
            ),
        ),
        migrations.AddConstraint(
            model_name="switchrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("interval_max_weeks", None),
                    ("interval_max_weeks__gte", models.F("interval_min_weeks")),
                    _connector="OR",
                ),
                name="switch_rule_interval_in_order",
            ),
        ),
    ]
