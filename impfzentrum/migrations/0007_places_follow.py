"""Places follow the person: by triggers, since a procedure that forgot it would silently pass somebody over."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
-- rules/draw.py draw_ticket: the first 63 bits of HMAC-SHA256, with the key blocks made from the seed (RFC 2104).
CREATE FUNCTION impfzentrum_draw_ticket(p_outer bytea, p_inner bytea, p_public_id uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ('x' || encode(substring(sha256(p_outer || sha256(p_inner || uuid_send(p_public_id))) from 1 for 8), 'hex'))
        ::bit(64)::bigint & 9223372036854775807
$$;

-- Whether somebody could be asked at this moment: the same in models/place.py and in the claim.
CREATE FUNCTION impfzentrum_place_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE impfzentrum_place SET ready = (NEW.state = 'waiting')
    WHERE entry_id = NEW.id AND ready <> (NEW.state = 'waiting');
    RETURN NULL;
END
$$;

CREATE TRIGGER place_follows AFTER UPDATE OF state ON impfzentrum_standbyentry
    FOR EACH ROW WHEN ((OLD.state = 'waiting') <> (NEW.state = 'waiting'))
    EXECUTE FUNCTION impfzentrum_place_follows();

-- What decides about a place changed: note it for the centres concerned. The place itself is made by procedures/placing.py.
CREATE FUNCTION impfzentrum_note_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO impfzentrum_placedue (centre_id, entry_id) VALUES (NEW.centre_id, NEW.id);
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO impfzentrum_placedue (centre_id, entry_id)
        SELECT OLD.centre_id, NEW.id WHERE OLD.centre_id <> NEW.centre_id
        UNION SELECT centre_id, NEW.id FROM impfzentrum_furthercentre WHERE entry_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER person_is_new AFTER INSERT ON impfzentrum_standbyentry
    FOR EACH ROW EXECUTE FUNCTION impfzentrum_note_person();

CREATE TRIGGER person_changed AFTER UPDATE OF
    campaign_id, centre_id, birth_date, criterion_id, priority_group, dose_wanted, last_vaccine_id, last_dose_on,
    travel_minutes, state
    ON impfzentrum_standbyentry FOR EACH ROW
    WHEN ((OLD.campaign_id, OLD.centre_id, OLD.birth_date, OLD.criterion_id, OLD.priority_group, OLD.dose_wanted,
           OLD.last_vaccine_id, OLD.last_dose_on, OLD.travel_minutes,
           OLD.state IN ('unconfirmed', 'vaccinated', 'left', 'erased'))
        IS DISTINCT FROM
          (NEW.campaign_id, NEW.centre_id, NEW.birth_date, NEW.criterion_id, NEW.priority_group, NEW.dose_wanted,
           NEW.last_vaccine_id, NEW.last_dose_on, NEW.travel_minutes,
           NEW.state IN ('unconfirmed', 'vaccinated', 'left', 'erased')))
    EXECUTE FUNCTION impfzentrum_note_person();

CREATE FUNCTION impfzentrum_note_vaccine() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO impfzentrum_placedue (centre_id, entry_id)
    SELECT centre_id, id FROM impfzentrum_standbyentry WHERE id IN (OLD.standbyentry_id, NEW.standbyentry_id)
    UNION SELECT centre_id, entry_id FROM impfzentrum_furthercentre
    WHERE entry_id IN (OLD.standbyentry_id, NEW.standbyentry_id);
    RETURN NULL;
END
$$;

CREATE TRIGGER vaccine_accepted AFTER INSERT OR UPDATE OR DELETE ON impfzentrum_standbyentry_vaccines
    FOR EACH ROW EXECUTE FUNCTION impfzentrum_note_vaccine();

CREATE FUNCTION impfzentrum_note_centre() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO impfzentrum_placedue (centre_id, entry_id) VALUES (OLD.centre_id, OLD.entry_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO impfzentrum_placedue (centre_id, entry_id) VALUES (NEW.centre_id, NEW.entry_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER further_centre_accepted AFTER INSERT OR UPDATE OR DELETE ON impfzentrum_furthercentre
    FOR EACH ROW EXECUTE FUNCTION impfzentrum_note_centre();

CREATE FUNCTION impfzentrum_note_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO impfzentrum_placedue (centre_id, entry_id) SELECT id, NULL FROM impfzentrum_centre;
    RETURN NULL;
END
$$;

CREATE TRIGGER vaccine_rules_changed AFTER INSERT OR UPDATE OR DELETE ON impfzentrum_vaccinerule
    FOR EACH STATEMENT EXECUTE FUNCTION impfzentrum_note_rules();
CREATE TRIGGER vaccines_changed AFTER UPDATE ON impfzentrum_vaccine
    FOR EACH STATEMENT EXECUTE FUNCTION impfzentrum_note_rules();
CREATE TRIGGER criteria_changed AFTER INSERT OR UPDATE OR DELETE ON impfzentrum_prioritycriterion
    FOR EACH STATEMENT EXECUTE FUNCTION impfzentrum_note_rules();
CREATE TRIGGER campaigns_changed AFTER INSERT OR UPDATE ON impfzentrum_campaign
    FOR EACH STATEMENT EXECUTE FUNCTION impfzentrum_note_rules();
"""

BACKWARD = """
DROP TRIGGER place_follows ON impfzentrum_standbyentry;
DROP TRIGGER person_is_new ON impfzentrum_standbyentry;
DROP TRIGGER person_changed ON impfzentrum_standbyentry;
DROP TRIGGER vaccine_accepted ON impfzentrum_standbyentry_vaccines;
DROP TRIGGER further_centre_accepted ON impfzentrum_furthercentre;
DROP TRIGGER vaccine_rules_changed ON impfzentrum_vaccinerule;
DROP TRIGGER vaccines_changed ON impfzentrum_vaccine;
DROP TRIGGER criteria_changed ON impfzentrum_prioritycriterion;
DROP TRIGGER campaigns_changed ON impfzentrum_campaign;
DROP FUNCTION impfzentrum_place_follows();
DROP FUNCTION impfzentrum_note_person();
DROP FUNCTION impfzentrum_note_vaccine();
DROP FUNCTION impfzentrum_note_centre();
DROP FUNCTION impfzentrum_note_rules();
DROP FUNCTION impfzentrum_draw_ticket(bytea, bytea, uuid);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("impfzentrum", "0006_places")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
