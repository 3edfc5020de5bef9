"""The category tree from the reference files: 12 branches, 60 leaves, each with its duty item, path and lead."""

import csv
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from cases.models import Category
from staffing.models import Unit

DATA = Path(__file__).resolve().parent.parent / "data"
RESTRICTED = frozenset({"1204"})  # a complaint about an official: area scope does not open it
NOT_RATED = frozenset({"1205"})  # praise does not count in the satisfaction rate


@transaction.atomic
def load_categories() -> int:
    """Make or refresh the tree. Returns how many categories there are. Departments must be loaded before."""
    items = {row["subcategory_code"]: row for row in _rows("category_duty_items.csv")}
    departments = dict(Unit.objects.filter(kind=Unit.Kind.DEPARTMENT).values_list("name", "pk"))
    offices = _offices()
    for row in _rows("case_categories.csv"):
        Category.objects.update_or_create(
            code=row["category_code"],
            defaults={"name": row["category_zh"], "name_en": row["category_en"], "source": row["source"]},
        )
        item = items[row["subcategory_code"]]
        Category.objects.update_or_create(
            code=row["subcategory_code"],
            defaults=_leaf(row, item, departments.get(item["lead_department_zh"]), offices),
        )
    return Category.objects.count()


def _leaf(
    row: dict[str, str], item: dict[str, str], department: int | None, offices: dict[str, str]
) -> dict[str, object]:
    code = row["subcategory_code"]
    return {
        "parent_id": row["category_code"],
        "name": row["subcategory_zh"],
        "name_en": row["subcategory_en"],
        "aliases": row["aliases_zh"],
        "kind": row["case_kind"],
        "severity": row["severity"],
        "limit_amount": Decimal(row["time_limit_value"]),
        "limit_unit": row["time_limit_unit"],
        "limit_basis": row["time_limit_basis"],
        "contact_hours": Decimal(row["contact_limit_hours"]) if row["contact_limit_hours"] else None,
        "path": item["path"],
        "lead": item["lead"],
        "lead_unit_id": department,
        "office_code": offices.get(item["street_office_zh"], row["lead_office_en"]),
        "platform_code": row["platform_code"],
        "duty_item_code": item["duty_item_code"],
        "restricted": code in RESTRICTED,
        "rated": code not in NOT_RATED,
        "standard_code": row["std_code"],
        "source": row["source"],
        "note": row["note"],
    }


def _offices() -> dict[str, str]:
    """Chinese name of an office → its code; a note in brackets behind the name does not count."""
    rows = Unit.objects.filter(kind=Unit.Kind.OFFICE).select_related("street")
    return {
        row.name.removeprefix(row.street.name if row.street else "").split("(")[0]: row.office_code
        for row in rows
    }


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))
