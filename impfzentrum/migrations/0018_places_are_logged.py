"""Who stood ready at each moment: logged by triggers, since a program that skips somebody would not log it either."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
-- Its lines are compressed already: store them as they are.
ALTER TABLE impfzentrum_drawrecord ALTER COLUMN compressed SET STORAGE EXTERNAL;

CREATE FUNCTION impfzentrum_place_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place impfzentrum_place;
    person impfzentrum_standbyentry;
BEGIN
    IF TG_OP = 'DELETE' THEN
        place := OLD;
        place.ready := NULL;
    ELSE
        place := NEW;
    END IF;
    SELECT * INTO person FROM impfzentrum_standbyentry WHERE id = place.entry_id;
    INSERT INTO impfzentrum_placechange (
        at, transaction, entry_id, draw_id, vaccine_id, place_class, priority_group, ticket, travel_minutes, ready,
        rests_until, availability, ready_until, clears_hint
    ) VALUES (
        clock_timestamp(), pg_current_xact_id()::text::bigint, place.entry_id, place.draw_id, place.vaccine_id,
        place.place_class, place.priority_group, place.ticket, place.travel_minutes, place.ready,
        person.cool_down_until, coalesce(person.availability, 0), person.ready_until,
        coalesce(current_setting('impfzentrum.clears_hint', true), '') = 'on'
    );
    RETURN NULL;
END
$$;

-- Silent while a draw makes all places (its record has them) and while those of orders that are over are removed.
CREATE TRIGGER place_is_new AFTER INSERT ON impfzentrum_place FOR EACH ROW
    WHEN (coalesce(current_setting('impfzentrum.silent', true), '') <> 'on')
    EXECUTE FUNCTION impfzentrum_place_changed();
CREATE TRIGGER place_changed AFTER UPDATE ON impfzentrum_place FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION impfzentrum_place_changed();
CREATE TRIGGER place_is_gone AFTER DELETE ON impfzentrum_place FOR EACH ROW
    WHEN (coalesce(current_setting('impfzentrum.silent', true), '') <> 'on')
    EXECUTE FUNCTION impfzentrum_place_changed();

-- Somebody waits before and after, and their row was changed: by that they were locked and could be passed by for a
-- moment, and their cool-down may be another one.
CREATE FUNCTION impfzentrum_waiting_person_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO impfzentrum_placechange (
        at, transaction, entry_id, draw_id, vaccine_id, place_class, priority_group, ticket, travel_minutes, ready,
        rests_until, availability, ready_until, clears_hint
    )
    SELECT clock_timestamp(), pg_current_xact_id()::text::bigint, place.entry_id, place.draw_id, place.vaccine_id,
        place.place_class, place.priority_group, place.ticket, place.travel_minutes, place.ready,
        NEW.cool_down_until, NEW.availability, NEW.ready_until, false
    FROM impfzentrum_place AS place WHERE place.entry_id = NEW.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER waiting_person_changed AFTER UPDATE ON impfzentrum_standbyentry FOR EACH ROW
    WHEN (OLD.state = 'waiting' AND NEW.state = 'waiting') EXECUTE FUNCTION impfzentrum_waiting_person_changed();

CREATE FUNCTION impfzentrum_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER place_change_is_append_only BEFORE UPDATE OR DELETE ON impfzentrum_placechange
    FOR EACH ROW EXECUTE FUNCTION impfzentrum_refuse_change();
CREATE TRIGGER draw_record_is_append_only BEFORE UPDATE OR DELETE ON impfzentrum_drawrecord
    FOR EACH ROW EXECUTE FUNCTION impfzentrum_refuse_change();
"""

BACKWARD = """
DROP TRIGGER draw_record_is_append_only ON impfzentrum_drawrecord;
DROP TRIGGER place_change_is_append_only ON impfzentrum_placechange;
DROP FUNCTION impfzentrum_refuse_change();
DROP TRIGGER waiting_person_changed ON impfzentrum_standbyentry;
DROP FUNCTION impfzentrum_waiting_person_changed();
DROP TRIGGER place_is_gone ON impfzentrum_place;
DROP TRIGGER place_changed ON impfzentrum_place;
DROP TRIGGER place_is_new ON impfzentrum_place;
DROP FUNCTION impfzentrum_place_changed();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("impfzentrum", "0017_provable_draws")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
