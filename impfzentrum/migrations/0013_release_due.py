import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NOTES = """
-- A dose that came free, was taken or taken back is work for matching; one that matching itself holds for somebody is not.
CREATE FUNCTION impfzentrum_note_doses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO impfzentrum_releasedue (release_id) SELECT DISTINCT release_id FROM changed WHERE state <> 'held';
    RETURN NULL;
END
$$;

CREATE TRIGGER doses_are_new AFTER INSERT ON impfzentrum_dose
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION impfzentrum_note_doses();
CREATE TRIGGER doses_changed AFTER UPDATE ON impfzentrum_dose
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION impfzentrum_note_doses();
"""

NO_NOTES = """
DROP TRIGGER doses_are_new ON impfzentrum_dose;
DROP TRIGGER doses_changed ON impfzentrum_dose;
DROP FUNCTION impfzentrum_note_doses();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("impfzentrum", "0012_places_rest"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReleaseDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.AddIndex(
            model_name="release",
            index=models.Index(
                models.F("look_again_at"),
                condition=models.Q(("state__in", ["running", "filled"])),
                name="release_to_look_at_again",
            ),
        ),
        migrations.AddIndex(
            model_name="release",
            index=models.Index(
                models.F("id"),
                condition=models.Q(("looked_at", None), ("state__in", ["running", "filled"])),
                name="release_never_seen",
            ),
        ),
        migrations.AddField(
            model_name="releasedue",
            name="release",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="dues", to="impfzentrum.release"
            ),
        ),
        migrations.RunSQL(NOTES, NO_NOTES),
    ]
