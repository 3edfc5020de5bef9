"""The names of the categories by code, branches and leaves, for tables of figures. Read-only; one query."""

from cases.models import Category


def category_names() -> dict[str, str]:
    """In the reader's language, in the order of the codes; those out of use too, since old cases have them."""
    return {row.code: row.label for row in Category.objects.only("code", "name", "name_en").order_by("code")}
