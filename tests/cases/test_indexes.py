"""Every index of the large tables is paid for by every report, so none stands twice."""

from typing import Any, ClassVar

from django.apps import apps
from django.db import models

from cases.models import Case

LARGE = ("cases", "journal", "delivery")
SMALL = {"PhotoDraft"}  # emptied every day


def doubled(model: type[models.Model]) -> list[str]:
    """Foreign keys with an index of their own though a longer one, over all rows, begins with the same column."""
    begins = {
        index.fields[0] for index in model._meta.indexes if index.fields and index.condition is None
    } | {
        constraint.fields[0]
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields and not constraint.condition
    }
    keys: list[Any] = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    return [field.name for field in keys if field.db_index and not field.unique and field.name in begins]


def test_no_foreign_key_of_a_large_table_has_an_index_that_a_longer_one_makes_needless() -> None:
    found = {
        model.__name__: doubled(model) for label in LARGE for model in apps.get_app_config(label).get_models()
    }
    assert {name: fields for name, fields in found.items() if fields and name not in SMALL} == {}


def test_a_report_enters_no_index_of_a_key_that_it_does_not_have_yet() -> None:
    """A receiver, an evaluator, a duty item come later, and each move enters the row in every index anew."""
    known_at_once = {"block", "reported_by"}
    keys: list[Any] = [
        field for field in Case._meta.concrete_fields if isinstance(field, models.ForeignKey) and field.null
    ]
    whole = {index.fields[0] for index in Case._meta.indexes if index.fields and index.condition is None}
    found = {key.name for key in keys if key.db_index or key.name in whole}
    assert found == known_at_once
    assert {"assignee", "duty_item", "merged_into"} <= {key.name for key in keys}


def test_such_an_index_would_be_found() -> None:
    class Doubled(models.Model):
        owner = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")
        number = models.IntegerField()

        class Meta:
            app_label = "nowhere"
            constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "number"], name="doubled_once")]

        def __str__(self) -> str:
            return str(self.number)

    assert doubled(Doubled) == ["owner"]
