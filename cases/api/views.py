"""Doors of categories and cases: parse → ask the policy → call the action → answer.

Every path to a case goes through ``within(scope)``: what is not visible does not exist (404).
"""

from typing import Any, ClassVar, cast

from django.http import HttpResponseBase, HttpResponseNotModified
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cases.actions import NewCase, Person, report
from cases.actions.base import By
from cases.api.filters import CaseFilters, CategoryFilters
from cases.api.reader import Reader
from cases.api.serializers import CaseSerializer, CategorySerializer, NewCaseSerializer
from cases.api.versions import etag_of, is_known
from cases.exceptions import NoSuchCase
from cases.models import Case, Category
from cases.policies import channel_of, may_use_channel
from staffing.middleware import StaffRequest
from staffing.models import PartnerClient, User
from staffing.policies import may
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden
from yuhu.kit.rest import kept
from yuhu.kit.rest.views import ListView, ScopedView


@extend_schema(summary=_("Categories"))
class CategoryList(ListView[Category]):
    """The tree of what can be wrong: branches and the categories in use."""

    queryset = Category.objects.filter(active=True)
    serializer_class = CategorySerializer
    filterset_class = CategoryFilters
    read_scope = "cases:read"
    ordering: ClassVar = ("code",)


class CaseDoor(ScopedView[Case]):
    """What every door to cases shares. Somebody without a post sees the cases that he or she reported."""

    queryset = Case.objects.all()
    serializer_class = CaseSerializer
    open_without_post = True
    read_scope, write_scope = "cases:read", "cases:write"

    @property
    def staff(self) -> StaffRequest:
        """The request with posts and journal name (staffing.middleware)."""
        return cast(StaffRequest, self.request._request)

    @property
    def by(self) -> By:
        """Who acts."""
        return By(user=cast(User, self.request.user), actor=self.staff.actor)

    def get_serializer_context(self) -> dict[str, Any]:
        reader = Reader(cast(User, self.request.user), clock.now())
        return {**super().get_serializer_context(), "reader": reader}

    def visible(self, number: str) -> Case:
        """The case, without what hangs on it.

        Raises:
            NoSuchCase: it does not exist, or is not visible.
        """
        case = self.get_queryset().filter(number=number).first()
        if case is None:
            raise NoSuchCase
        return case

    def shown(self, case: Case) -> dict[str, Any]:
        """The case as the caller sees it."""
        return kept.show(CaseSerializer, case, self.get_serializer_context())

    def answer(self, case: Case, *, status: int = 200, **headers: str) -> Response:
        """The case as it stands after a write. Whoever just moved it out of sight still learns how it went."""
        data = self.shown(case)
        return Response(data, status=status, headers={"ETag": etag_of(case, data), **headers})


class CaseList(CaseDoor, ListView[Case]):
    """Cases, newest first."""

    filterset_class = CaseFilters
    ordering: ClassVar = ("-reported_at", "-id")

    def get_queryset(self) -> Any:
        return cast(Any, super().get_queryset()).for_api()

    @extend_schema(summary=_("Cases that you may see"))
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        summary=_("Report a case"),
        request=NewCaseSerializer,
        responses={
            201: OpenApiResponse(
                CaseSerializer, description=_("Stored; a receiver is found within a second.")
            )
        },
    )
    def post(self, request: Request) -> Response:
        verdict = may(self.by.user or request.user, Capability.REPORT_CASE, on=clock.today())
        if not verdict:
            raise Forbidden(verdict.reason)
        values = kept.read(NewCaseSerializer, request.data)
        case = report(self._new_case(values), by=self.by, at=clock.now())
        # Not read again: what is new has neither orders nor requests.
        return self.answer(case, status=201, Location=reverse("api:case", args=[case.number]))

    def _new_case(self, values: dict[str, Any]) -> NewCase:
        posts = tuple(self.staff.posts)
        channel = values.pop("channel", None) or channel_of(posts)
        verdict = may_use_channel(posts, channel)
        if not verdict:
            raise Forbidden(verdict.reason, code=verdict.code, field="channel")
        reporter = Person(**(values.pop("reporter") or {}))
        system = cast("PartnerClient | None", self.request.auth)
        # Numbers of other systems are unique per system; a person who types one in has numbers of his or her own.
        person = f"person:{self.request.user.pk}" if values["external_id"] else ""
        return NewCase(
            **values,
            channel=channel,
            reporter=reporter,
            client=system.client_id if system else person,
            address_alone=system is not None,
        )


class CaseDetail(CaseDoor):
    """One case; with ``If-None-Match`` only if it reads differently now."""

    pagination_class = None

    @extend_schema(
        summary=_("A case"),
        responses={200: CaseSerializer, 304: OpenApiResponse(description=_("As you have it."))},
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        rows: Any = self.get_queryset()
        case = rows.filter(number=number).for_api().first()
        if case is None:
            raise NoSuchCase
        data = self.shown(case)
        etag = etag_of(case, data)
        response = HttpResponseNotModified() if is_known(request, etag) else Response(data)
        response["ETag"] = etag
        patch_cache_control(response, private=True, no_cache=True)
        return response
