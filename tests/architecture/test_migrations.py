"""The tables are what the models say; new migrations are safe while the release before still runs.

Expand, migrate, contract (docs/operations.md, Upgrade). The old code knows the old tables: it names columns in its
SELECTs, leaves new ones out of its INSERTs, and keeps to no constraint that it does not know. So a release only adds;
what it no longer uses goes with the next one, by an entry in ``ALLOWED`` that says since when nobody uses it.
"""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models.fields import NOT_PROVIDED

from tests.architecture.sources import LEVELS

# (app, migration, operation as `migrate --plan` describes it) -> why running old code does not mind.
ALLOWED: dict[tuple[str, str, str], str] = {
    ("blocks", "0002_posters", "Raw Python operation"): (
        "fills the table that the same migration makes and old code does not know"
    ),
    ("cases", "0002_one_running_order", "Raw SQL operation"): (
        "a rule that old code keeps to: it was in the models all the time, and is on SQLite"
    ),
}

GOES = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
    migrations.AlterOrderWithRespectTo,
)
BINDS = (migrations.AddConstraint, migrations.AlterUniqueTogether, migrations.AlterIndexTogether)
UNSEEN = (migrations.RunPython, migrations.RunSQL, migrations.SeparateDatabaseAndState)


def hazard(operation: Operation, made_here: frozenset[str]) -> str:
    """Why old code would mind; empty when it would not. ``made_here``: models that the same migration makes."""
    of = str(getattr(operation, "model_name", getattr(operation, "name", ""))).lower()
    if of in made_here and not isinstance(operation, UNSEEN):
        return ""  # old code does not know the table
    if isinstance(operation, GOES):
        return "the old release still names it"
    if isinstance(operation, BINDS):
        return "the old release does not keep to it"
    if isinstance(operation, UNSEEN):
        return "a person must judge what it does"
    if isinstance(operation, migrations.AddField):
        return _missing_value(operation.field)
    if isinstance(operation, migrations.AlterField):
        return "narrower or another type? a person must judge" if not operation.field.null else ""
    return ""


def _missing_value(field: models.Field) -> str:
    """A default of Django is not one of the database: the INSERT of old code leaves the column out."""
    if field.many_to_many or field.null or field.db_default is not NOT_PROVIDED:
        return ""
    return "the old release inserts rows without it: null=True or db_default"


def hazards(app: str, migration: migrations.Migration) -> Iterator[tuple[tuple[str, str, str], str]]:
    made = frozenset(
        operation.name.lower()
        for operation in migration.operations
        if isinstance(operation, migrations.CreateModel)
    )
    for operation in migration.operations:
        if why := hazard(operation, made):
            yield (app, migration.name, operation.describe()), why


def later_ones() -> list[migrations.Migration]:
    """Ours, the initial ones excepted: before those there was no release that could run."""
    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return [one for (app, _name), one in sorted(disk.items()) if app in LEVELS and not one.initial]


def test_new_migrations_are_safe_for_the_release_that_still_runs():
    found = {key: why for one in later_ones() for key, why in hazards(one.app_label, one)}
    assert {key: why for key, why in found.items() if key not in ALLOWED} == {}
    assert set(ALLOWED) <= set(found), "an exception that nothing needs any more"
    assert all(len(reason) > 20 for reason in ALLOWED.values())


@pytest.mark.django_db
def test_the_database_has_every_constraint_and_index_of_the_models():
    """Django loses some by itself: dropping the index of a column takes a unique one on the same column with it."""
    if connection.vendor == "sqlite":
        kept = "SELECT coalesce(sql, '') FROM sqlite_master"
    else:
        kept = "SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes"
    with connection.cursor() as cursor:
        cursor.execute(kept)
        there = set(re.findall(r"\w+", " ".join(row[0] for row in cursor.fetchall())))
    ours = [model for model in apps.get_models() if model._meta.app_label in LEVELS and model._meta.managed]
    named = {
        f"{model._meta.label}: {one.name}": one.name in there
        for model in ours
        for one in (*model._meta.constraints, *model._meta.indexes)
    }
    missing = {what for what, is_there in named.items() if not is_there}
    assert len(named) > 100
    assert missing == set()


@pytest.mark.parametrize(
    ("operation", "minds"),
    [
        (migrations.RemoveField("case", "path"), True),
        (migrations.DeleteModel("Case"), True),
        (migrations.RenameField("case", "path", "way"), True),
        (migrations.RenameModel("Case", "Matter"), True),
        (migrations.AddField("case", "x", models.IntegerField()), True),
        (migrations.AddField("case", "x", models.IntegerField(default=0)), True),
        (migrations.AddField("case", "x", models.IntegerField(db_default=0)), False),
        (migrations.AddField("case", "x", models.IntegerField(null=True)), False),
        (migrations.AddField("fresh", "x", models.IntegerField()), False),
        (migrations.AddConstraint("case", models.UniqueConstraint(fields=["path"], name="x")), True),
        (migrations.AddIndex("case", models.Index(fields=["path"], name="x")), False),
        (migrations.RunSQL("DROP TABLE cases_case"), True),
        (migrations.AlterField("case", "path", models.CharField(max_length=5)), True),
        (migrations.AlterField("case", "path", models.CharField(max_length=5, null=True)), False),
    ],
)
def test_each_hazard_is_found(operation, minds):
    assert bool(hazard(operation, frozenset({"fresh"}))) is minds
