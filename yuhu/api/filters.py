"""Refuses what a list does not know: an unknown filter is told by name, never left out in silence.

Leaves to others: which filters a list has, and what their values mean (each app's ``api``).
"""

from typing import Any

from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc] # django-filter ships no types
    """Filters as the view's ``filterset_class`` says; a name that it lacks, or one given twice, is a 400."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        known = _names_of(view)
        errors: dict[str, Any] = {}
        for name, values in request.query_params.lists():
            if name not in known:
                message = _("There is no such filter. Known are: %(names)s.")
                message %= {"names": ", ".join(sorted(known)) or "-"}
                errors[name[:50]] = ErrorDetail(message, code="unknown_filter")
            elif len(values) > 1:
                errors[name] = ErrorDetail(_("Please give this filter once."), code="given_twice")
        if errors:
            raise ValidationError(errors)
        return super().filter_queryset(request, queryset, view)


def _names_of(view: Any) -> set[str]:
    """Filters of the list and parameters of its paging."""
    filterset = getattr(view, "filterset_class", None)
    names = set(filterset.base_filters) if filterset else set()
    return names | set(getattr(view.paginator, "parameters", ()))
