"""Doors of the moves, one per verb of ``cases.states.MOVES``: body and description are generated from the table.

Reading and judging the fields is the action's work (cases.actions.inputs); the serializers here only describe them.
"""

from typing import Any, ClassVar

from django.db.models import prefetch_related_objects
from django.utils.functional import lazystr
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.actions import move
from cases.api.serializers import CaseSerializer
from cases.api.versions import wanted_version
from cases.api.views import CaseDoor
from cases.models import Case
from cases.querysets import ROWS_FOR_API
from cases.states import MOVES, Field, Kind, Move
from yuhu.kit import clock
from yuhu.kit.compiled import Compiled
from yuhu.kit.exceptions import Invalid

LONGEST_TEXT = 10_000


class MoveDoor(CaseDoor):
    """Makes one move on one visible case."""

    pagination_class = None
    move_name: ClassVar[str]

    def post(self, request: Request, number: str) -> Response:
        case = self.visible(number)
        if not isinstance(request.data, dict):
            raise Invalid(_("Please send the fields of the move as a JSON object."), code="not_an_object")
        moved = move(
            case_id=case.pk,
            name=self.move_name,
            by=self.by,
            at=clock.now(),
            data=request.data,
            if_match=wanted_version(request, case),
        )
        (case,) = _MOVED.objects(pk=moved.pk)
        prefetch_related_objects([case], *ROWS_FOR_API)
        return self.answer(case)


# Asked after every move.
_MOVED = Compiled(lambda pk: Case.objects.for_api().filter(pk=pk), pk=int)


def door_of(verb: Move) -> type[MoveDoor]:
    """The view of one verb, which describes itself."""
    name = "".join(part.capitalize() for part in verb.name.split("-"))
    return type(f"{name}Door", (MoveDoor,), {"move_name": verb.name, "post": _describing(verb, name)})


def _describing(verb: Move, name: str) -> Any:
    def post(self: MoveDoor, request: Request, number: str) -> Response:
        return MoveDoor.post(self, request, number)

    described = extend_schema(
        operation_id=f"cases_moves_{verb.name.replace('-', '_')}",
        summary=verb.label,
        description=lazystr(_Description(verb)),
        request=_body_of(verb, name),
        responses=CaseSerializer,
    )
    return described(post)


class _Description:
    """From which states to which, by whom: told in the reader's language when somebody reads it."""

    def __init__(self, verb: Move) -> None:
        self.verb = verb

    def __str__(self) -> str:
        sources = ", ".join(sorted(self.verb.sources))
        targets = ", ".join(self.verb.to) or "—"
        people = ", ".join(sorted(self.verb.who))
        return gettext("From: %(sources)s. To: %(targets)s. By: %(people)s.") % {
            "sources": sources,
            "targets": targets,
            "people": people,
        }


def _body_of(verb: Move, name: str) -> Any:
    if not verb.fields:
        return None
    members: dict[str, Any] = {field.name: _field_of(field) for field in verb.fields}
    members["__doc__"] = f"Fields of the move {verb.name}."
    return type(f"{name}Serializer", (serializers.Serializer,), members)


def _field_of(field: Field) -> Any:
    options: dict[str, Any] = {"required": field.required, "help_text": field.label}
    match field.kind:
        case Kind.TEXT:
            return serializers.CharField(max_length=LONGEST_TEXT, **options)
        case Kind.BOOL:
            return serializers.BooleanField(**options)
        case Kind.DATE:
            return serializers.DateField(**options)
        case Kind.TIME:
            return serializers.DateTimeField(**options)
        case Kind.CHOICE:
            return serializers.ChoiceField(choices=field.choices, **options)
        case Kind.UNITS:
            return serializers.ListField(child=serializers.CharField(), max_length=20, **options)
        case Kind.ATTACHMENTS:
            return serializers.ListField(
                child=serializers.IntegerField(min_value=1), max_length=20, **options
            )
        case Kind.PERSON:
            return serializers.IntegerField(min_value=1, **options)
    return serializers.CharField(**options)


DOORS = {name: door_of(verb) for name, verb in MOVES.items()}
