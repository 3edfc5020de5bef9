"""Foreign keys and migrations run downwards only, as imports do.

import-linter cannot see strings (``ForeignKey("cases.Case")`` in a lower app passes every contract), so this
walks the models and the migration graph themselves.
"""

from collections.abc import Iterable

from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from tests.architecture.sources import LEVELS

Arrow = tuple[str, str, str]  # from app, to app, what it is


def upward(arrows: Iterable[Arrow]) -> list[str]:
    """The arrows between our apps that point from a lower one to a higher one."""
    return [
        f"{start} → {end}: {what}"
        for start, end, what in arrows
        if start in LEVELS and end in LEVELS and LEVELS.index(start) < LEVELS.index(end)
    ]


def relations() -> list[Arrow]:
    """Every relation that a model of ours declares."""
    return [
        (model._meta.app_label, field.related_model._meta.app_label, f"{model.__name__}.{field.name}")
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and hasattr(field.related_model, "_meta")
    ]


def migration_edges() -> list[Arrow]:
    """Every dependency of every migration on disk, ``run_before`` and swappable ones resolved."""
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    return [
        (key[0], parent.key[0], f"{key[1]} needs {parent.key[1]}")
        for key, node in graph.node_map.items()
        for parent in node.parents
    ]


def test_foreign_keys_point_downwards_only():
    arrows = relations()
    assert len([arrow for arrow in arrows if arrow[0] in LEVELS]) > 10, "the walk found the models"
    assert upward(arrows) == []


def test_migrations_depend_downwards_only():
    arrows = migration_edges()
    assert {"blocks", "staffing", "cases"} <= {end for arrow in arrows for end in arrow[:2]}, (
        "the walk found the migrations"
    )
    assert upward(arrows) == []


def test_an_upward_arrow_would_be_found():
    arrows = [
        ("blocks", "staffing", "Block.governor"),
        ("cases", "blocks", "Case.block"),
        ("axes", "cases", "x"),
    ]
    assert upward(arrows) == ["blocks → staffing: Block.governor"]


def test_no_generic_foreign_keys_escape_the_walk():
    """The journal names its subjects by plain type and id; a generic key would point anywhere."""
    generic = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in LEVELS
        for field in model._meta.private_fields
        if hasattr(field, "ct_field")
    ]
    assert generic == []


def test_every_app_of_ours_has_its_level():
    ours = {
        config.label for config in apps.get_app_configs() if config.name.split(".")[0] in {"yuhu", *LEVELS}
    }
    assert ours == set(LEVELS)
