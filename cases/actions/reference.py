"""The category tree: loaded from the reference files (12 branches, 60 leaves, each with its duty item, path and
lead), and afterwards changed at the desk in its limits, other names and use.
"""

import csv
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.exceptions import UnknownCode
from cases.models import Category
from duties.models import LimitUnit
from staffing.models import Unit
from yuhu.journal.actions import Actor, record
from yuhu.kit.exceptions import Invalid
from yuhu.kit.text import clean_text

CHANGEABLE = ("aliases", "limit_amount", "limit_unit", "contact_hours", "active")
LONGEST_LIMIT = 9999

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


@transaction.atomic
def change_category(*, code: str, changes: Mapping[str, Any], at: dt.datetime, actor: Actor) -> Category:
    """Change some of ``CHANGEABLE``. Limits hold for clocks that start from now on; running ones stay as promised.

    ``limit_amount`` and ``contact_hours`` are decimals, ``aliases`` names separated by ";".

    Raises:
        UnknownCode: there is no such category, or no such unit of time.
        Invalid: a limit that is not above zero, or missing.
    """
    if unknown := set(changes) - set(CHANGEABLE):
        raise ValueError(f"not changeable: {sorted(unknown)}")
    category = Category.objects.select_for_update().filter(code=code).first()
    if category is None:
        raise UnknownCode(field="code")
    changed: dict[str, list[Any]] = {}
    for name, value in _checked(category, changes).items():
        before = getattr(category, name)
        if before != value:
            changed[name] = [before, value]
            setattr(category, name, value)
    if changed:
        category.save(update_fields=list(changed))
        record(
            kind="category.changed", subject=("category", code), at=at, actor=actor, data={"changes": changed}
        )
    return category


def _checked(category: Category, changes: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(changes)
    if "aliases" in values:
        text = clean_text(values["aliases"] or "", field="aliases", min_length=0, max_length=200)
        names = [name.strip() for name in text.replace("；", ";").replace("\n", ";").split(";")]
        values["aliases"] = ";".join(name for name in names if name)
    if category.parent_id is None:
        # A branch carries no cases, and so no limits.
        return {name: value for name, value in values.items() if name in ("aliases", "active")}
    if "limit_amount" in values:
        _above_zero(values["limit_amount"], "limit_amount")
    if values.get("contact_hours") is not None:
        _above_zero(values["contact_hours"], "contact_hours")
    if "limit_unit" in values and values["limit_unit"] not in LimitUnit.values:
        raise UnknownCode(field="limit_unit")
    return values


def _above_zero(amount: Decimal | None, field: str) -> None:
    if amount is None or not 0 < amount <= LONGEST_LIMIT:
        raise Invalid(_("Please give a limit above zero."), code="limit", field=field)


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
