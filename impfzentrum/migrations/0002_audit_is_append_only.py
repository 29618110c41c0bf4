"""The audit refuses to be changed: by a trigger, since a constraint cannot see the old row."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE FUNCTION impfzentrum_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND OLD.position IS NULL AND NEW.position IS NOT NULL
       AND (OLD.id, OLD.county_id, OLD.at, OLD.actor_id, OLD.action, OLD.subject, OLD.detail)
           IS NOT DISTINCT FROM (NEW.id, NEW.county_id, NEW.at, NEW.actor_id, NEW.action, NEW.subject, NEW.detail)
    THEN
        RETURN NEW;  -- sealing is the one change a row may see
    END IF;
    RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON impfzentrum_auditevent
    FOR EACH ROW EXECUTE FUNCTION impfzentrum_refuse_audit_change();
"""

BACKWARD = """
DROP TRIGGER audit_is_append_only ON impfzentrum_auditevent;
DROP FUNCTION impfzentrum_refuse_audit_change();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("impfzentrum", "0001_start")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
