"""People who are called: their numbers, calls in the outbox, and a claim that knows them (docs/decisions/0025).

The claim is that of 0012 word for word, but for the channel of the message.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import impfzentrum.models.sealed

CLAIM = """
-- Ask up to p_limit people: the first ones with a free dose each (at most p_hold), up to p_race more without.
-- The caller holds the lock of the release. Doses before people; whom or what somebody else is just deciding is passed by.
CREATE OR REPLACE FUNCTION impfzentrum_claim(
    p_release bigint, p_draw bigint, p_vaccine bigint, p_tiers int[], p_classes int[], p_longest int,
    p_hold int, p_race int, p_limit int, p_wave int, p_now timestamptz, p_touched int, p_arrive_from timestamptz,
    p_arrive_until timestamptz, p_shortest interval, p_public_ids uuid[], p_token_hashes text[]
) RETURNS TABLE (wanted int, offer_id bigint, entry_id bigint, priority_group smallint, held boolean)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    doses bigint[];
    need int;
    depth int;
    candidates bigint[];
    people bigint[];
BEGIN
    doses := ARRAY(
        SELECT dose.id FROM impfzentrum_dose AS dose
        WHERE dose.release_id = p_release AND dose.state = 'free'
        ORDER BY dose.number LIMIT least(p_hold, p_limit)
        FOR NO KEY UPDATE SKIP LOCKED
    );
    need := cardinality(doses) + least(p_race, p_limit - cardinality(doses));
    depth := 2 * need + 8;
    WHILE need > 0 LOOP
        SELECT array_agg(next.entry_id ORDER BY next.nth) INTO candidates
        FROM impfzentrum_next_people(p_draw, p_vaccine, p_tiers, p_classes, p_longest, depth)
            WITH ORDINALITY AS next (entry_id, priority_group, ticket, travel_minutes, nth);
        -- The lock is taken below the LIMIT: two matchers get different people, not one of them nobody.
        people := ARRAY(
            SELECT person.id
            FROM unnest(candidates) WITH ORDINALITY AS candidate (id, nth)
            JOIN impfzentrum_standbyentry AS person ON person.id = candidate.id
            WHERE person.state = 'waiting'
                AND (person.cool_down_until IS NULL OR person.cool_down_until <= p_now)
                AND (person.capped_until IS NULL OR person.capped_until <= p_now)
                AND (person.availability & p_touched <> 0 OR person.ready_until > p_arrive_from)
                AND NOT EXISTS (
                    SELECT FROM impfzentrum_offer AS before
                    WHERE before.entry_id = person.id AND before.release_id = p_release
                )
            ORDER BY candidate.nth
            LIMIT need
            FOR NO KEY UPDATE OF person SKIP LOCKED
        );
        EXIT WHEN cardinality(people) >= need OR coalesce(cardinality(candidates), 0) < depth;
        depth := depth * 4;
    END LOOP;
    -- By the key, one after the other: joined with the list PostgreSQL would read the whole table.
    UPDATE impfzentrum_dose AS dose
    SET state = 'held', holder_id = people[array_position(doses, dose.id)], state_since = p_now
    WHERE dose.id = ANY (doses[1:cardinality(people)]);
    UPDATE impfzentrum_standbyentry AS person SET state = 'offered', state_since = p_now
    WHERE person.id = ANY (people) AND person.state = 'waiting';
    RETURN QUERY
        WITH asked AS (
            INSERT INTO impfzentrum_offer (
                public_id, entry_id, release_id, dose_id, state, state_since, wave, priority_group, draw_id, ticket,
                travel_minutes, created_at, token_hash
            )
            SELECT given.public_id, given.person, p_release, given.dose, 'prepared', p_now, p_wave,
                person.priority_group, p_draw, place.ticket, place.travel_minutes, p_now, given.token_hash
            FROM unnest(
                people, doses[1:cardinality(people)], p_public_ids[1:cardinality(people)],
                p_token_hashes[1:cardinality(people)]
            ) WITH ORDINALITY AS given (person, dose, public_id, token_hash, nth)
            JOIN impfzentrum_standbyentry AS person ON person.id = given.person
            JOIN impfzentrum_place AS place
                ON place.entry_id = given.person AND place.draw_id = p_draw AND place.vaccine_id = p_vaccine
            ORDER BY given.nth
            RETURNING id, entry_id, dose_id, priority_group, travel_minutes
        ), queued AS (
            INSERT INTO impfzentrum_message (
                reference, entry_id, offer_id, channel, template, state, state_since, created_at, due_at, expires_at,
                attempts, provider, provider_id, parts, last_error
            )
            SELECT gen_random_uuid(), asked.entry_id, asked.id,
                CASE WHEN person.mobile_confirmed_at IS NOT NULL THEN 'sms'
                    WHEN person.phone_confirmed_at IS NOT NULL THEN 'call' ELSE 'email' END,
                'offer', 'queued', p_now, p_now, p_now,
                p_arrive_until - make_interval(mins => asked.travel_minutes) - p_shortest, 0, '', '', 0, ''
            FROM asked JOIN impfzentrum_standbyentry AS person ON person.id = asked.entry_id
        )
        SELECT need, asked.id, asked.entry_id, asked.priority_group, asked.dose_id IS NOT NULL FROM asked;
    IF cardinality(coalesce(people, '{}')) = 0 THEN
        RETURN QUERY SELECT need, NULL::bigint, NULL::bigint, NULL::smallint, NULL::boolean;
    END IF;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("impfzentrum", "0025_as_people_see_it"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="message",
            name="message_channel_known",
        ),
        migrations.RemoveConstraint(
            model_name="standbyentry",
            name="entry_waits_only_with_confirmed_contact",
        ),
        migrations.AddField(
            model_name="message",
            name="taken_by",
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
            model_name="standbyentry",
            name="call_hint",
            field=impfzentrum.models.sealed.SealedTextField(
                blank=True, db_default="", default="", verbose_name="wann am besten anrufen"
            ),
        ),
        migrations.AddField(
            model_name="standbyentry",
            name="phone",
            field=impfzentrum.models.sealed.SealedTextField(
                blank=True, db_default="", default="", verbose_name="Nummer für Anrufe"
            ),
        ),
        migrations.AddField(
            model_name="standbyentry",
            name="phone_confirmed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="standbyentry",
            name="second_phone",
            field=impfzentrum.models.sealed.SealedTextField(
                blank=True, db_default="", default="", verbose_name="zweite Nummer für Anrufe"
            ),
        ),
        migrations.AlterField(
            model_name="contactproof",
            name="channel",
            field=models.CharField(choices=[("sms", "SMS"), ("email", "E-Mail"), ("call", "Anruf")], max_length=5),
        ),
        migrations.AlterField(
            model_name="message",
            name="channel",
            field=models.CharField(choices=[("sms", "SMS"), ("email", "E-Mail"), ("call", "Anruf")], max_length=5),
        ),
        migrations.AlterField(
            model_name="messagetext",
            name="channel",
            field=models.CharField(choices=[("sms", "SMS"), ("email", "E-Mail"), ("call", "Anruf")], max_length=5),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("due_at"),
                condition=models.Q(("channel", "call"), ("state__in", ["queued", "sending"])),
                name="message_to_call",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["call", "email", "sms"])), name="message_channel_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel", "call"), ("taken_by", None), _connector="OR"),
                name="message_taken_only_to_be_called",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "call"), ("state", "sending"), _negated=True),
                    ("taken_by__isnull", False),
                    _connector="OR",
                ),
                name="message_call_is_made_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="standbyentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["waiting", "offered", "appointed"]), _negated=True),
                    ("mobile_confirmed_at__isnull", False),
                    ("email_confirmed_at__isnull", False),
                    ("phone_confirmed_at__isnull", False),
                    _connector="OR",
                ),
                name="entry_waits_only_with_confirmed_contact",
            ),
        ),
        migrations.RunSQL(CLAIM),
    ]
