"""The door of a case's history: the journal's entries, with the texts that people wrote and nobody erased."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.views import CaseDoor
from cases.models import Case, Note
from yuhu.journal.models import Entry
from yuhu.kit.rest import fields


class ActorSerializer(serializers.Serializer[Any]):
    """Who acted, as it was then."""

    name = serializers.CharField(source="actor_name")
    post = serializers.CharField(source="actor_post")


class EventSerializer(serializers.Serializer[Entry]):
    """One entry. ``data`` holds codes and keys; ``texts`` what people wrote, null where it was erased."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    at = fields.Moment()
    actor = ActorSerializer(source="*")
    data = serializers.DictField()  # type: ignore[assignment] # the framework turns it into a field
    texts = serializers.SerializerMethodField()

    def get_texts(self, entry: Entry) -> dict[str, str | None]:
        return {name: self.context["texts"].get(key) for name, key in notes_of(entry)}


class EventList(CaseDoor):
    """What happened to a case, oldest first."""

    serializer_class = EventSerializer  # type: ignore[assignment] # entries of the journal, reached through the case
    ordering: ClassVar = ("seq",)

    @extend_schema(summary=_("What happened to a case"), responses=EventSerializer(many=True))
    def get(self, request: Request, number: str) -> Response:
        case = self.visible(number)
        entries: Any = Entry.objects.for_subject("case", case.number)
        page: Any = self.paginate_queryset(self.filter_queryset(entries))
        context = {**self.get_serializer_context(), "texts": texts_of(case, page)}
        return self.get_paginated_response(EventSerializer(page, many=True, context=context).data)


def notes_of(entry: Entry) -> Iterable[tuple[str, int]]:
    """The texts that an entry points to: name and key."""
    for name, value in entry.data.items():
        if isinstance(value, dict) and isinstance(value.get("note"), int):
            yield name, value["note"]


def texts_of(case: Case, entries: Iterable[Entry]) -> dict[int, str | None]:
    """The texts behind the entries by key, in one query; an erased one is None."""
    keys = [key for entry in entries for _name, key in notes_of(entry)]
    rows = Note.objects.filter(case=case, pk__in=keys).values_list("pk", "text", "erased_at")
    return {pk: None if erased_at else text for pk, text, erased_at in rows}
