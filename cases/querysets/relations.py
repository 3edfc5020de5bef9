"""Rows at the other end of a relation: their model stands above these modules, so it is found through the relation."""

from typing import Any

from django.db.models import QuerySet


def rows_of(rows: QuerySet[Any], name: str) -> Any:
    """All rows of the model to which the relation ``name`` leads."""
    related: Any = rows.model._meta.get_field(name).related_model
    return related._default_manager.all()
