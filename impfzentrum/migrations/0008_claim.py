"""The next people of a draw in the order of asking, found by the index (docs/decisions/0013)."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
-- The next people of a draw in the order of asking, at most p_depth: tier after tier, in a tier by ticket.
-- Each class and group is an ordered stretch of the index place_next; of each no more is read than could be needed.
CREATE FUNCTION impfzentrum_next_people(
    p_draw bigint, p_vaccine bigint, p_tiers int[], p_classes int[], p_longest int, p_depth int
) RETURNS TABLE (entry_id bigint, priority_group smallint, ticket bigint, travel_minutes smallint)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    tier int[];
    missing int := p_depth;
    found int;
BEGIN
    FOREACH tier SLICE 1 IN ARRAY p_tiers LOOP
        RETURN QUERY
            SELECT one.entry_id, one.priority_group, one.ticket, one.travel_minutes
            FROM unnest(p_classes) AS wanted (place_class), unnest(tier) AS open (priority_group)
            CROSS JOIN LATERAL (
                SELECT place.entry_id, place.priority_group, place.ticket, place.travel_minutes
                FROM impfzentrum_place AS place
                WHERE place.draw_id = p_draw AND place.vaccine_id = p_vaccine
                    AND place.place_class = wanted.place_class AND place.priority_group = open.priority_group
                    AND place.ready AND place.travel_minutes <= p_longest
                ORDER BY place.ticket, place.entry_id
                LIMIT missing
            ) AS one
            ORDER BY one.ticket, one.entry_id
            LIMIT missing;
        GET DIAGNOSTICS found = ROW_COUNT;
        missing := missing - found;
        EXIT WHEN missing <= 0;
    END LOOP;
END
$$;
"""

BACKWARD = "DROP FUNCTION impfzentrum_next_people(bigint, bigint, int[], int[], int, int);"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("impfzentrum", "0007_places_follow")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
