"""The view that every resource is made from: what it shows has passed ``within(scope)``, or it shows nothing.

``request.scope`` was put there by a middleware above (staffing); the ground floor only knows that it is a ``Scope``.
"""

from typing import Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class ScopedView(GenericAPIView[M]):
    """A view on rows. ``queryset`` must know ``within``: one that does not fails at its first request."""

    # Whether somebody without any post may come in, to see what concerns himself (yuhu.api.permissions).
    open_without_post: ClassVar[bool] = False
    # What a system's token must carry to read and to write here (yuhu.api.permissions); empty: no system may.
    read_scope: ClassVar[str] = ""
    write_scope: ClassVar[str] = ""
    # Lists are paged along these fields; the last one is unique (yuhu.api.paging).
    ordering: ClassVar[tuple[str, ...]] = ("pk",)

    @property
    def scope(self) -> Scope:
        """What the caller may see."""
        return cast(Scope, getattr(self.request, "scope", Scope.nothing()))

    def get_queryset(self) -> QuerySet[M]:
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return cast("QuerySet[M]", rows.none())
        return cast("QuerySet[M]", rows.within(self.scope))


class ListView(ListModelMixin, ScopedView[M]):
    """A list: filtered, paged, scoped."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)
