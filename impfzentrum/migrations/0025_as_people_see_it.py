"""The list as people see it: how long it is, lost links, word of an opening, what people say of the site."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import impfzentrum.models.sealed

# The size of a list follows its entries, whoever writes them. One statement that inserts a million entries counts once;
# a change of state only wakes the trigger where somebody leaves or comes back.
COUNT = """
CREATE FUNCTION impfzentrum_count_new_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO impfzentrum_listsize AS size (campaign_id, people)
    SELECT campaign_id, count(*) FROM added WHERE state NOT IN ('left', 'erased')
    GROUP BY campaign_id ORDER BY campaign_id
    ON CONFLICT (campaign_id) DO UPDATE SET people = size.people + EXCLUDED.people;
    RETURN NULL;
END
$$;

CREATE TRIGGER list_counts_new AFTER INSERT ON impfzentrum_standbyentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION impfzentrum_count_new_people();

CREATE FUNCTION impfzentrum_count_person(p_campaign bigint, p_change int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO impfzentrum_listsize AS size (campaign_id, people) VALUES (p_campaign, greatest(p_change, 0))
    ON CONFLICT (campaign_id) DO UPDATE SET people = greatest(size.people + p_change, 0);
$$;

CREATE FUNCTION impfzentrum_recount_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state NOT IN ('left', 'erased') THEN
        PERFORM impfzentrum_count_person(OLD.campaign_id, -1);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state NOT IN ('left', 'erased') THEN
        PERFORM impfzentrum_count_person(NEW.campaign_id, 1);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER list_counts_changed AFTER UPDATE OF state, campaign_id ON impfzentrum_standbyentry FOR EACH ROW
    WHEN (OLD.campaign_id <> NEW.campaign_id
        OR (OLD.state IN ('left', 'erased')) <> (NEW.state IN ('left', 'erased')))
    EXECUTE FUNCTION impfzentrum_recount_person();

CREATE TRIGGER list_counts_deleted AFTER DELETE ON impfzentrum_standbyentry
    FOR EACH ROW EXECUTE FUNCTION impfzentrum_recount_person();

INSERT INTO impfzentrum_listsize (campaign_id, people)
SELECT campaign_id, count(*) FROM impfzentrum_standbyentry WHERE state NOT IN ('left', 'erased') GROUP BY campaign_id;
"""

UNCOUNT = """
DROP TRIGGER list_counts_new ON impfzentrum_standbyentry;
DROP TRIGGER list_counts_changed ON impfzentrum_standbyentry;
DROP TRIGGER list_counts_deleted ON impfzentrum_standbyentry;
DROP FUNCTION impfzentrum_count_new_people();
DROP FUNCTION impfzentrum_recount_person();
DROP FUNCTION impfzentrum_count_person(bigint, int);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("impfzentrum", "0024_guided_sign_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "page",
                    models.CharField(
                        choices=[
                            ("signed_up", "nach der Anmeldung"),
                            ("accepted", "nach der Zusage"),
                            ("declined", "nach der Absage"),
                            ("left", "nach dem Abmelden"),
                            ("status", "eigene Seite"),
                            ("accessibility", "Erklärung zur Barrierefreiheit"),
                            ("other", "andere Seite"),
                        ],
                        max_length=20,
                    ),
                ),
                ("rating", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("text", models.TextField(blank=True, verbose_name="Rückmeldung")),
                ("language", models.CharField(choices=[("de", "Deutsch"), ("en", "English")], max_length=5)),
                ("given_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "Rückmeldung",
                "verbose_name_plural": "Rückmeldungen",
            },
        ),
        migrations.CreateModel(
            name="GroupFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("priority_group", models.PositiveSmallIntegerField()),
                ("counted_at", models.DateTimeField()),
                ("waiting", models.PositiveIntegerField()),
                ("asked", django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), size=4)),
                ("taken", django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), size=4)),
                ("released", models.PositiveIntegerField()),
                ("first_release_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="LinkRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(choices=[("sms", "SMS"), ("email", "E-Mail")], max_length=5)),
                ("contact_index", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ListSize",
            fields=[
                (
                    "campaign",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="list_size",
                        serialize=False,
                        to="impfzentrum.campaign",
                    ),
                ),
                ("people", models.PositiveIntegerField(db_default=0, default=0)),
            ],
        ),
        migrations.CreateModel(
            name="OpeningWatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("email", impfzentrum.models.sealed.SealedTextField(verbose_name="E-Mail")),
                ("email_index", models.CharField(max_length=64)),
                (
                    "language",
                    models.CharField(choices=[("de", "Deutsch"), ("en", "English")], default="de", max_length=5),
                ),
                ("asked_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="county",
            name="county_list_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="message_goes_to_somebody",
        ),
        migrations.RemoveConstraint(
            model_name="messagetext",
            name="text_occasion_known",
        ),
        migrations.AlterField(
            model_name="county",
            name="list_state",
            field=models.CharField(
                choices=[("open", "offen"), ("paused", "pausiert"), ("capped", "voll"), ("closed", "geschlossen")],
                default="open",
                max_length=10,
                verbose_name="Liste",
            ),
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
        migrations.AddConstraint(
            model_name="county",
            constraint=models.CheckConstraint(
                condition=models.Q(("list_state__in", ["capped", "closed", "open", "paused"])),
                name="county_list_state_known",
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
                            "times_changed",
                            "welcome",
                        ],
                    )
                ),
                name="text_occasion_known",
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="county",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="feedback", to="impfzentrum.county"
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="read_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="groupfigures",
            name="centre",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="group_figures", to="impfzentrum.centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="linkrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "sms"])), name="link_request_channel_known"
            ),
        ),
        migrations.AddField(
            model_name="openingwatch",
            name="county",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="opening_watches", to="impfzentrum.county"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="watch",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="messages",
                to="impfzentrum.openingwatch",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("watch"), condition=models.Q(("watch__isnull", False)), name="message_of_watch"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("entry__isnull", False),
                    models.Q(("channel", "sms"), ("reply__isnull", False)),
                    models.Q(("channel", "email"), ("watch__isnull", False)),
                    _connector="OR",
                ),
                name="message_goes_to_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["county", "-given_at", "-id"], name="feedback_of_county"),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("page__in", ["accepted", "accessibility", "declined", "left", "other", "signed_up", "status"])
                ),
                name="feedback_page_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(("rating", None), ("rating__in", [1, 2, 3, 4, 5]), _connector="OR"),
                name="feedback_rating_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("text", ""), _negated=True), ("rating__isnull", False), _connector="OR"),
                name="feedback_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("read_at", None), ("read_by", None)),
                    models.Q(("read_at__isnull", False), ("read_by__isnull", False)),
                    _connector="OR",
                ),
                name="feedback_read_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="groupfigures",
            constraint=models.UniqueConstraint(fields=("centre", "priority_group"), name="figures_once_a_group"),
        ),
        migrations.AddConstraint(
            model_name="groupfigures",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority_group__in", (1, 2, 3, 4))), name="figures_group_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="openingwatch",
            constraint=models.UniqueConstraint(fields=("county", "email_index"), name="opening_watch_once_an_address"),
        ),
        migrations.AddConstraint(
            model_name="openingwatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("told_at", None), ("confirmed_at__isnull", False), _connector="OR"),
                name="opening_told_to_confirmed_only",
            ),
        ),
        migrations.AddField(
            model_name="contactproof",
            name="new_contact",
            field=impfzentrum.models.sealed.SealedTextField(blank=True, db_default="", default=""),
        ),
        migrations.RunSQL(COUNT, UNCOUNT),
    ]
