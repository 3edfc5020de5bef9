"""The door of the feed for partners: what happened to cases, numbered, in the order in which it became visible.

Numbers increase and may skip: a caller gets only the events of cases that he or she sees now. Nothing is ever late
behind ``last``, so a reader that goes on from there misses nothing. Leaves to others: giving the numbers (the
journal's relay).
"""

from typing import Any, ClassVar, cast

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.events import ActorSerializer
from cases.models import Case
from yuhu.journal.models import FeedEntry
from yuhu.kit.exceptions import Invalid
from yuhu.kit.rest import fields
from yuhu.kit.rest.views import ScopedView

DEFAULT_LIMIT, LARGEST_LIMIT = 100, 500
# How many numbers one query looks at, and how many queries one request makes until it finds something: a caller who
# sees little walks a long feed in bounded steps.
WINDOW, STEPS = 5_000, 10
LARGEST_NUMBER = 2**62


class FeedEventSerializer(serializers.Serializer[FeedEntry]):
    """One event. ``data`` holds codes and keys, no text that a person wrote (the case's own events have those)."""

    feed_no = serializers.IntegerField()
    id = serializers.IntegerField(source="entry.pk")
    case = serializers.CharField(source="entry.subject_id")
    kind = serializers.CharField(source="entry.kind")
    at = fields.Moment(source="entry.at")
    actor = ActorSerializer(source="entry")
    data = serializers.DictField(source="entry.data")  # type: ignore[assignment] # turned into a field


class FeedSerializer(serializers.Serializer[Any]):
    """Events behind ``after``; ``last``: up to where was looked, the next ``after``; ``more``: there is more now."""

    last = serializers.IntegerField()
    more = serializers.BooleanField()
    results = FeedEventSerializer(many=True)


class Feed(ScopedView[Case]):
    """What happened to the cases that the caller sees, after a number."""

    queryset = Case.objects.all()
    serializer_class = FeedSerializer
    pagination_class = None
    read_scope: ClassVar[str] = "events:read"

    @extend_schema(
        operation_id="events_list",
        summary=_("The feed of events"),
        parameters=[
            OpenApiParameter(
                "after",
                {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER, "default": 0},
                description=_("The `last` of the answer before; 0 at first."),
            ),
            OpenApiParameter(
                "limit", {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT}
            ),
        ],
        responses=FeedSerializer,
    )
    def get(self, request: Request) -> Response:
        after, limit = _asked(request)
        head = FeedEntry.objects.last_no()
        page: list[FeedEntry] = []
        for _step in range(STEPS):
            upto = max(after, min(head, after + WINDOW))
            found = list(self._visible().after(after).filter(feed_no__lte=upto)[: limit + 1])
            page = found[:limit]
            after = page[-1].feed_no if len(found) > limit else upto
            if page or after >= head:
                break
        answer = {"last": after, "more": after < head, "results": page}
        return Response(FeedSerializer(answer).data)

    def _visible(self) -> Any:
        """Events of the cases that the caller sees. A case about an official is in nobody's feed."""
        cases = cast(Any, self.get_queryset()).filter(number=OuterRef("entry__subject_id"), restricted=False)
        return FeedEntry.objects.filter(Exists(cases), entry__subject_type="case")


def _asked(request: Request) -> tuple[int, int]:
    for name in request.query_params:
        if name not in ("after", "limit"):
            message = gettext("There is no such filter. Known are: %(names)s.") % {"names": "after, limit"}
            raise Invalid(message, code="unknown_filter", field=name[:50])
    after = _number(request, "after", default=0, least=0, most=LARGEST_NUMBER)
    return after, _number(request, "limit", default=DEFAULT_LIMIT, least=1, most=LARGEST_LIMIT)


def _number(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most:
        return int(text)
    message = gettext("Please give a number from %(least)d to %(most)d.") % {"least": least, "most": most}
    raise Invalid(message, code="not_a_number", field=name)
