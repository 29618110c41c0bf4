import uuid

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("impfzentrum", "0009_response_lesson"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HandPick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state_since", models.DateTimeField()),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "wartet auf Zustimmung"),
                            ("consented", "vergeben"),
                            ("refused", "abgelehnt"),
                            ("withdrawn", "zurückgezogen"),
                            ("lapsed", "ohne Zustimmung verfallen"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("on_site", "ist vor Ort, die Dosis verfällt sonst in Minuten"),
                            ("messages_lost", "unsere Nachrichten kommen gerade nicht an"),
                            ("our_mistake", "kam vergeblich, weil wir einen Fehler gemacht haben"),
                            ("other", "anderer Grund"),
                        ],
                        max_length=14,
                    ),
                ),
                ("note", models.CharField(max_length=200)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("form_key", models.UUIDField(default=uuid.uuid4)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_picks",
                        to="impfzentrum.standbyentry",
                    ),
                ),
                (
                    "offer",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_pick",
                        to="impfzentrum.offer",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hand_picks", to="impfzentrum.release"
                    ),
                ),
            ],
            options={
                "verbose_name": "Vergabe von Hand",
                "verbose_name_plural": "Vergaben von Hand",
                "indexes": [
                    models.Index(
                        models.F("proposed_at"), condition=models.Q(("state", "proposed")), name="handpick_open_by_age"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["consented", "lapsed", "proposed", "refused", "withdrawn"])),
                        name="handpick_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["messages_lost", "on_site", "other", "our_mistake"])),
                        name="handpick_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.GreaterThanOrEqual(
                            django.db.models.functions.text.Length("note"), 10
                        ),
                        name="handpick_note_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="handpick_decided_by_a_second",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("state", "proposed")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state__in", ["consented", "refused"]),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by", None),
                                ("state__in", ["lapsed", "withdrawn"]),
                            ),
                            _connector="OR",
                        ),
                        name="handpick_decision_goes_with_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("offer__isnull", False), ("state", "consented")),
                            models.Q(models.Q(("state", "consented"), _negated=True), ("offer", None)),
                            _connector="OR",
                        ),
                        name="handpick_offer_goes_with_consent",
                    ),
                    models.UniqueConstraint(fields=("form_key", "entry"), name="handpick_once_a_form_and_person"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("release", "entry"),
                        name="handpick_one_open_a_person_and_release",
                    ),
                ],
            },
        ),
    ]
