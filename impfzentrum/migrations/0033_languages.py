"""People are written to in Turkish, Arabic, Russian and Ukrainian as well; a county may have texts of its own in each.

Beside it an index of unconfirmed sign-ups, which hold the place of a capped list for two hours only."""

from django.db import migrations, models

LANGUAGES = [
    ("de", "Deutsch"),
    ("en", "English"),
    ("tr", "Türkçe"),
    ("ar", "العربية"),
    ("ru", "Русский"),
    ("uk", "Українська"),
]


class Migration(migrations.Migration):
    dependencies = [("impfzentrum", "0032_settings")]

    operations = [
        migrations.RemoveConstraint(model_name="messagetext", name="text_language_known"),
        migrations.AlterField("feedback", "language", models.CharField(choices=LANGUAGES, max_length=5)),
        migrations.AlterField("messagetext", "language", models.CharField(choices=LANGUAGES, max_length=5)),
        migrations.AlterField(
            "openingwatch", "language", models.CharField(choices=LANGUAGES, default="de", max_length=5)
        ),
        migrations.AlterField(
            "standbyentry", "language", models.CharField(choices=LANGUAGES, default="de", max_length=5)
        ),
        migrations.AddIndex(
            model_name="standbyentry",
            index=models.Index(
                models.F("campaign"),
                models.F("consented_at"),
                condition=models.Q(
                    ("birth_date__isnull", False),
                    ("email_confirmed_at", None),
                    ("mobile_confirmed_at", None),
                    ("phone_confirmed_at", None),
                ),
                name="entry_unconfirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagetext",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__in", ["ar", "de", "en", "ru", "tr", "uk"])), name="text_language_known"
            ),
        ),
    ]
