"""Two addresses: a page that asks the database once, and with REST framework a view that inserts three rows."""

import uuid
from typing import cast

from django.conf import settings
from django.contrib import admin
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path


def page(request: HttpRequest) -> HttpResponse:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok")


urlpatterns: list[URLPattern | URLResolver] = [path("healthz", page), path("admin/", admin.site.urls)]

if "rest_framework" in settings.INSTALLED_APPS:
    from rest_framework.request import Request
    from rest_framework.response import Response
    from rest_framework.views import APIView

    from bench.bare.models import Child, Parent, Record

    class Report(APIView):
        """Insert three rows in one transaction."""

        def post(self, request: Request) -> Response:
            given = cast("dict[str, str]", request.data)
            with transaction.atomic():
                number = uuid.uuid4().hex
                parent = Parent.objects.create(number=number, text=given["description"])
                Child.objects.create(parent=parent, name=given["category"])
                Record.objects.create(parent=parent, data={"to": "reported"})
            return Response({"number": number}, status=201)

    urlpatterns.append(path("report/", Report.as_view()))
