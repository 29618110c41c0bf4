"""What the models promise is in the database: a migration can drop an index or a constraint without a word."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models

pytestmark = pytest.mark.django_db

MODELS = list(apps.get_app_config("impfzentrum").get_models())


def names_in_database() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname::text FROM pg_constraint UNION SELECT indexname::text FROM pg_indexes")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_constraint_and_index_of_a_model_is_there(model: type[models.Model]) -> None:
    promised = {one.name for one in (*model._meta.constraints, *model._meta.indexes)}
    assert promised - names_in_database() == set()


def test_no_index_of_a_person_knows_the_state() -> None:
    """The state changes with every offer; an index that knows it would make each change write all indexes anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'impfzentrum_standbyentry'")
        definitions = [definition for (definition,) in cursor.fetchall()]
    assert definitions
    assert [one for one in definitions if "(state" in one or "state)" in one] == []
