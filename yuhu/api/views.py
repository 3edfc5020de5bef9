"""What belongs to no resource: the API's description, its pages for people, and addresses that lead nowhere."""

from typing import Any, ClassVar

from django.utils.translation import get_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from yuhu.kit.exceptions import NotFound

_schemas: dict[str, Any] = {}


class Description(SpectacularAPIView):
    """OpenAPI 3.1, for everybody. Made once per language and process: making it takes a moment."""

    schema = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        language = get_language() or ""
        if language not in _schemas:
            _schemas[language] = self.generator_class().get_schema(  # type: ignore[no-untyped-call]
                request=request, public=True
            )
        return Response(
            _schemas[language], headers={"Content-Disposition": 'inline; filename="openapi.yaml"'}
        )


class Documentation(SpectacularSwaggerSplitView):
    """The description for people: Swagger UI from our own files, without inline scripts or styles."""

    template_name = "api/docs.html"


class Nowhere(APIView):
    """Any other address below the API: 404 in the API's own shape, for those who are logged in."""

    schema = None
    read_scope: ClassVar[str | None] = None
    write_scope: ClassVar[str | None] = None

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        raise NotFound
