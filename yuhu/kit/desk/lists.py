"""Lists of the admin: what they show has passed ``within(scope)``, and an address asks only for what is offered.

``request.scope`` was put there by a middleware above (staffing); the ground floor only knows that it is a ``Scope``.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import ImproperlyConfigured
from django.core.paginator import Paginator
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yuhu.kit.desk.forms import Named
from yuhu.kit.desk.picks import Pick, PickField, Picks, PicksField
from yuhu.kit.scope import Scope

if TYPE_CHECKING:
    # Generic in the stubs only.
    ModelAdmin = admin.ModelAdmin[Any]
    Pages = Paginator[Any]
else:
    ModelAdmin = admin.ModelAdmin
    Pages = Paginator

LONGEST_QUESTION = 100
DEMO = "demo"
# Words that stand in columns named ``source``; a document is named there by its own title.
SOURCES = {
    DEMO: pgettext_lazy("source", "Demo"),
    "standard": pgettext_lazy("source", "National or ministry rules"),
    "article": pgettext_lazy("source", "Published report"),
    "district": pgettext_lazy("source", "Recorded by the district"),
}


def scope_of(request: HttpRequest) -> Scope:
    """What the person may see; nothing if nobody has said."""
    found = getattr(request, "scope", None)
    return found if isinstance(found, Scope) else Scope.nothing()


def demo_mark(source: str) -> SafeString:
    """What a list shows beside a row that was invented for the demo."""
    return (
        format_html('<span class="admin-demo">{}</span>', gettext("Demo"))
        if source == DEMO
        else SafeString("")
    )


class SourceFilter(admin.AllValuesFieldListFilter):
    """Where rows come from, in words."""

    def choices(self, changelist: Any) -> Any:
        for one in super().choices(changelist):
            yield {**one, "display": str(SOURCES.get(str(one["display"]), one["display"]))}


class BoundedPages(Pages):
    """Pages of a list that may hold millions: nothing is counted, and nothing paged, beyond ``most``."""

    most = 1000

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[: self.most + 1].count())

    @cached_property
    def count(self) -> int:
        """How many rows the pages hold: all, or ``most``."""
        return min(self._counted, self.most)

    @property
    def has_more(self) -> bool:
        """Whether rows were left out."""
        return self._counted > self.most


class KnownFilter(admin.SimpleListFilter):
    """A filter that narrows by what it offers; any other value in the address is as good as none."""

    def offer(self, request: HttpRequest) -> Iterable[tuple[str, str | Promise]]:
        """Values and their words."""
        raise NotImplementedError

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        """The rows for a value that was offered."""
        raise NotImplementedError

    def otherwise(self, request: HttpRequest, rows: Any) -> Any:
        """The rows when nothing (or nothing known) is asked for."""
        return rows

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.offer(request))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        known = value is not None and value in {str(key) for key, _label in self.lookup_choices}
        return cast(
            "QuerySet[Any]",
            self.narrow(request, queryset, value or "") if known else self.otherwise(request, queryset),
        )


class DeskAdmin(ModelAdmin):
    """Everybody who holds a post may look, nobody may write: what more is allowed, a subclass says.

    The model's manager must know ``within``: one that does not fails at its first request.
    """

    list_per_page = 50
    view_on_site: Any = False
    # A count beside every choice of every filter is a query each.
    show_facets = admin.ShowFacets.NEVER
    # Columns that no list and no page of the desk reads, such as outlines.
    deferred: ClassVar[tuple[str, ...]] = ()
    # Unique columns by which people name a row of this list.
    typed_by: ClassVar[tuple[str, ...]] = ()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return scope_of(request).has_post

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list is called by what it lists."""
        title = {"title": capfirst(str(self.opts.verbose_name_plural))}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """On a page that only shows, a known source is said in words."""
        found = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return found
        return [
            (title, {**one, "fields": [_in_words(name) for name in one["fields"]]}) for title, one in found
        ]

    @admin.display(description=_("source"))
    def source_in_words(self, obj: Any) -> str:
        return str(SOURCES.get(obj.source, obj.source))

    @admin.display(description=_("source of the office"))
    def office_source_in_words(self, obj: Any) -> str:
        return str(SOURCES.get(obj.office_source, obj.office_source))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        visible: QuerySet[Any] = self.visible(request, rows)
        return visible.defer(*self.deferred) if self.deferred else visible

    def visible(self, request: HttpRequest, rows: Any) -> Any:
        """What of ``rows`` this person sees."""
        return rows.within(scope_of(request))

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """A form offers, and accepts, only what the person sees."""
        other = self.admin_site._registry.get(db_field.remote_field.model)
        if isinstance(other, DeskAdmin):
            kwargs["queryset"] = other.choices(request)
            if db_field.name in self.get_autocomplete_fields(request):
                pick = Pick(db_field, self.admin_site)
                kwargs |= {"form_class": PickField, "widget": pick, "desk": other}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def named_field(self, request: HttpRequest, named: Named) -> PickField | PicksField:
        """The form field for rows of another list of the desk (see ``forms.Named``)."""
        column = cast("ForeignKey[Any, Any]", named.model._meta.get_field(named.column))
        other = self.admin_site._registry.get(column.remote_field.model)
        if not isinstance(other, DeskAdmin):
            raise ImproperlyConfigured(f"{named.model.__name__}.{named.column} names no list of the desk")
        options: dict[str, Any] = {
            "queryset": other.choices(request),
            "label": named.label,
            "required": named.required,
            "help_text": named.help_text,
        }
        if named.many:
            return PicksField(desk=other, widget=Picks(column, self.admin_site), **options)
        return PickField(desk=other, widget=Pick(column, self.admin_site), **options)

    def choices(self, request: HttpRequest) -> Any:
        """What the forms of other lists may name of this one."""
        return self.get_queryset(request)

    def choice_label(self, obj: Any) -> str:
        """How a row of this list is named in the forms of others."""
        return str(obj)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only the filters that the list offers.

        SECURITY: Django lets an address filter by every column of the model, shown or not; a hash of a password or
        a sealed phone could be guessed letter by letter (``?password__startswith=``).
        """
        if request is None:
            return False
        return lookup in self._offered(request)

    def _offered(self, request: HttpRequest) -> set[str]:
        offered: set[str] = set()
        for one in self.get_list_filter(request):
            if isinstance(one, type) and issubclass(one, admin.SimpleListFilter):
                offered.add(str(one.parameter_name))
                continue
            name = one[0] if isinstance(one, tuple | list) else one
            offered |= {
                f"{name}{ending}" for ending in ("", "__exact", "__isnull", "__isempty", "__gte", "__lt")
            }
            offered |= {f"{name}__{key}__exact" for key in ("id", "code", "pk")}
        if self.date_hierarchy:
            offered |= {f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")}
        return offered

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Questions are short: each word costs a condition per column, and engines give up at a thousand."""
        if len(search_term) > LONGEST_QUESTION:
            messages.warning(request, _("Only the first characters of so long a question were looked for."))
            search_term = search_term[:LONGEST_QUESTION]
        return self.search(request, queryset, search_term)

    def search(self, request: HttpRequest, rows: QuerySet[Any], question: str) -> tuple[QuerySet[Any], bool]:
        """Look for the words; True when rows may come twice."""
        return super().get_search_results(request, rows, question)

    # The journal is the record of what happened; Django's own second one would say less and could be deleted.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None


def _in_words(name: Any) -> Any:
    return f"{name}_in_words" if name in ("source", "office_source") else name
