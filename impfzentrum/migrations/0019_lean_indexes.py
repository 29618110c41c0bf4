"""Fewer pages are written for each person asked, which is what a long list costs.

No index of a person knows the state any more, and pages keep some room: a change of state then stays in its page and
touches no index. Indexes that another one covers go, and those that a unique text brings along for LIKE.
"""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

ROOM = "ALTER TABLE impfzentrum_standbyentry SET (fillfactor = 85)"
NO_ROOM = "ALTER TABLE impfzentrum_standbyentry RESET (fillfactor)"

DROP_OFFER_INDEX = "DROP INDEX impfzentrum_offer_entry_id_f021a582"
MAKE_OFFER_INDEX = "CREATE INDEX impfzentrum_offer_entry_id_f021a582 ON impfzentrum_offer (entry_id)"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("impfzentrum", "0018_places_are_logged")]
    operations: ClassVar = [
        migrations.RunSQL(ROOM, NO_ROOM),
        migrations.RemoveIndex(model_name="standbyentry", name="entry_pause_over"),
        migrations.AddIndex(
            model_name="standbyentry",
            index=models.Index(
                models.F("paused_until"), condition=models.Q(("paused_until__isnull", False)), name="entry_pause_over"
            ),
        ),
        migrations.AlterField("contactproof", "token_hash", models.CharField(editable=False, max_length=64)),
        migrations.AlterField("offer", "token_hash", models.CharField(editable=False, max_length=64)),
        migrations.AlterField("standbyentry", "token_hash", models.CharField(editable=False, max_length=64)),
        migrations.AddConstraint(
            "contactproof", models.UniqueConstraint(fields=("token_hash",), name="proof_token_once")
        ),
        migrations.AddConstraint("offer", models.UniqueConstraint(fields=("token_hash",), name="offer_token_once")),
        migrations.AddConstraint(
            "standbyentry", models.UniqueConstraint(fields=("token_hash",), name="entry_token_once")
        ),
        migrations.AlterField(
            "dose",
            "release",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="doses",
                to="impfzentrum.release",
            ),
        ),
        # Not by AlterField alone: Django would drop the unique index on live offers with it, which has the same column.
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP_OFFER_INDEX, MAKE_OFFER_INDEX)],
            state_operations=[
                migrations.AlterField(
                    "offer",
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="impfzentrum.standbyentry",
                    ),
                ),
            ],
        ),
    ]
