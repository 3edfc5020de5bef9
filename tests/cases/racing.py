"""What races of cases share: the read without the lock, moves to be made later, and the module that is patched."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from cases.actions import move
from cases.models import Case
from tests.world import AT, World


def unlocked(case_id: int) -> Case:
    """``locked`` as it would be if somebody forgot the lock."""
    return Case.objects.select_related("category", "assignee", "lead_unit", "block").get(pk=case_id)


# The package exports the function under the same name as the module.
MOVE: Any = import_module("cases.actions.move")


def acting(world: World, case: Case, name: str, who: str, **data: Any) -> Callable[[], object]:
    """The move as something to be done later; people are asked for their posts now."""
    by = world.by(who)
    return lambda: move(case_id=case.pk, name=name, by=by, at=AT, data=data)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)
