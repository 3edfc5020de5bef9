"""Doors of a case's photos: add, list, and the files, which no other address serves."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import FileResponse, HttpResponseBase, HttpResponseNotModified
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cases.actions import attach
from cases.api.versions import is_known
from cases.api.views import CaseDoor
from cases.models import Attachment
from cases.photos import Photo, TooManyBytes, prepare
from cases.policies import Look, may_attach
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden, Invalid, NotFound
from yuhu.kit.rest import fields

# A form is a little longer than the file in it.
FORM_BYTES = 64 * 1024
FRESH_SECONDS = 3_600


class AttachmentSerializer(serializers.ModelSerializer[Attachment]):
    """A photo; ``file`` and ``thumbnail`` are addresses that ask for the same log-in."""

    uploaded_at = fields.Moment()
    uploaded_by = serializers.CharField(source="uploaded_by.name", allow_null=True, default=None)
    file = serializers.SerializerMethodField()
    thumbnail = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = ["id", "stage", "width", "height", "size", "uploaded_at", "uploaded_by", "file", "thumbnail"]

    @extend_schema_field(OpenApiTypes.URI)
    def get_file(self, row: Attachment) -> str:
        address: str = self.context["request"].build_absolute_uri(
            reverse("api:attachment-file", args=[self.context["number"], row.pk])
        )
        return address

    @extend_schema_field(OpenApiTypes.URI)
    def get_thumbnail(self, row: Attachment) -> str:
        return f"{self.get_file(row)}?size=small"


class NewAttachmentSerializer(fields.StrictSerializer):
    """A photo (JPEG, PNG or WebP, at most 20 MB) and what it shows."""

    file = serializers.FileField(allow_empty_file=True)
    stage = fields.Code(choices=Attachment.Stage.choices)


class AttachmentList(CaseDoor):
    """The photos of a case, in the order in which they came."""

    serializer_class = AttachmentSerializer  # type: ignore[assignment] # reached through the case
    parser_classes = [MultiPartParser]
    ordering: ClassVar = ("id",)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large before a byte of it is read, and what is no photo before anything is locked.

        Unfolding a photo takes a second: it is done here, before an Idempotency-Key's transaction begins.
        """
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if not length.isdigit() or int(length) > settings.UPLOAD_MAX_BYTES + FORM_BYTES:
            raise TooManyBytes(field="file")
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            self.case = self.visible(kwargs["number"])
            self.photo, self.stage = self._read(request)

    def _read(self, request: Request) -> tuple[Photo, str]:
        verdict = may_attach(Look(self.case, self.staff.user, clock.now()))
        if not verdict:
            raise Forbidden(verdict.reason, code=verdict.code)
        given = NewAttachmentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        return prepare(values["file"].file, field="file"), values["stage"]

    @extend_schema(summary=_("Photos of a case"), responses=AttachmentSerializer(many=True))
    def get(self, request: Request, number: str) -> Response:
        rows: Any = self.visible(number).attachments.select_related("uploaded_by")
        page: Any = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(self._data(number, page, many=True))

    @extend_schema(
        summary=_("Add a photo"),
        request={"multipart/form-data": NewAttachmentSerializer},
        responses={201: AttachmentSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        row = attach(case_id=self.case.pk, photo=self.photo, stage=self.stage, by=self.by, at=clock.now())
        return Response(self._data(number, row), status=201)

    def _data(self, number: str, rows: Any, *, many: bool = False) -> Any:
        context = {"request": self.request, "number": number}
        return AttachmentSerializer(rows, many=many, context=context).data


class AttachmentFile(CaseDoor):
    """The picture itself, for whoever may see the case."""

    pagination_class = None

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whoever asks for pictures only gets one; errors are JSON all the same."""
        return JSONRenderer(), JSONRenderer.media_type

    @extend_schema(
        summary=_("A photo's file"),
        parameters=[OpenApiParameter("size", str, enum=["small"], description=_("The small picture."))],
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, number: str, pk: str) -> HttpResponseBase:
        row = self.visible(number).attachments.filter(pk=int(pk)).first()
        if row is None:
            raise NotFound
        small = _wants_small(request)
        etag = f'"{row.sha256[:32]}{"-s" if small else ""}"'
        response = HttpResponseNotModified() if is_known(request, etag) else _stream(row, small=small)
        response["ETag"] = etag
        patch_cache_control(response, private=True, max_age=FRESH_SECONDS)
        return response


def _wants_small(request: Request) -> bool:
    size = request.query_params.get("size")
    if size not in (None, "small"):
        raise Invalid(_("There is only one other size: small."), code="unknown", field="size")
    return size == "small"


def _stream(row: Attachment, *, small: bool) -> FileResponse:
    try:
        content = (row.thumbnail if small else row.file).open("rb")
    except FileNotFoundError:
        raise NotFound from None
    response = FileResponse(content, content_type="image/jpeg", filename=f"{row.pk}.jpg")
    # The browser must not take it for anything else than the picture that it is.
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
