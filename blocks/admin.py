"""The areas in the admin: to look at, by everybody who holds a post. They change by imports, not by forms."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blocks.models import Block, Community, District, Division, Street
from yuhu.kit import clock
from yuhu.kit.scope import Scope

if TYPE_CHECKING:
    # Generic in the stubs only.
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


def scope_of(request: HttpRequest) -> Scope:
    """What the person may see; nothing if nobody has said."""
    found = getattr(request, "scope", None)
    return found if isinstance(found, Scope) else Scope.nothing()


class AreaAdmin(ModelAdmin):
    """Read-only. Outlines are never loaded: a list of them would weigh megabytes."""

    exclude: ClassVar[tuple[str, ...]] = ("boundary",)
    # Outlines of the row and of its parents.
    deferred: ClassVar[tuple[str, ...]] = ("boundary",)
    search_help_text = _("name or code")
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: Any = super().get_queryset(request)
        visible: QuerySet[Any] = queryset.within(scope_of(request))
        return visible.defer(*self.deferred)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return scope_of(request).has_post

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return scope_of(request).has_post

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DivisionFilter(admin.SimpleListFilter):
    """Blocks in force today unless another division, or all of them, is asked for."""

    title = _("division into blocks")
    parameter_name = "division"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        divisions = Division.objects.within(scope_of(request))
        return [
            ("all", gettext("All divisions")),
            *((str(division.pk), str(division)) for division in divisions),
        ]

    def choices(self, changelist: Any) -> Iterator[Any]:
        default, *others = super().choices(changelist)
        yield {**default, "display": gettext("In force today")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value == "all":
            return queryset
        if value in _keys(self):
            return queryset.filter(division=value)
        return queryset.filter(division__in=Division.objects.in_force(clock.today()))


class StreetFilter(admin.SimpleListFilter):
    """By street; Django's own filter would load every outline for the names."""

    title = _("street")
    parameter_name = "street"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Street.objects.within(scope_of(request)).values_list("code", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        column = "street" if queryset.model is Community else "community__street"
        return queryset.filter(**{column: self.value()}) if self.value() in _keys(self) else queryset


def _keys(list_filter: admin.SimpleListFilter) -> set[str]:
    """What may be asked for: anything else in the address is ignored."""
    return {str(key) for key, _label in list_filter.lookup_choices}


@admin.register(District)
class DistrictAdmin(AreaAdmin):
    """The district: name, code, title."""

    list_display = ("code", "name", "name_en", "brand", "source", "boundary_source")


@admin.register(Street)
class StreetAdmin(AreaAdmin):
    """Streets with the number of their communities."""

    list_display = ("code", "name", "name_en", "district", "community_count", "source", "boundary_source")
    list_select_related = ("district",)
    search_fields = ("=code", "name", "name_en")
    deferred = ("boundary", "district__boundary")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(communities_found=Count("communities"))

    @admin.display(description=_("communities"), ordering="communities_found")
    def community_count(self, street: Street) -> int:
        count: int = street.communities_found  # type: ignore[attr-defined]
        return count


@admin.register(Community)
class CommunityAdmin(AreaAdmin):
    """Communities and villages by street."""

    list_display = ("code", "name", "street", "source", "boundary_source")
    list_filter = (StreetFilter,)
    list_select_related = ("street",)
    search_fields = ("^code", "name")
    deferred = ("boundary", "street__boundary")


@admin.register(Division)
class DivisionAdmin(AreaAdmin):
    """The divisions of the district, newest first, and how many blocks each has."""

    exclude = ()
    list_display = ("number", "district", "effective_from", "in_force", "block_count", "source", "note")
    list_select_related = ("district",)
    deferred = ("district__boundary",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        holding = Division.objects.in_force(clock.today()).filter(pk=OuterRef("pk"))
        return (
            super().get_queryset(request).annotate(blocks_found=Count("blocks"), holds_today=Exists(holding))
        )

    @admin.display(description=_("in force today"), boolean=True)
    def in_force(self, division: Division) -> bool:
        holds: bool = division.holds_today  # type: ignore[attr-defined]
        return holds

    @admin.display(description=_("blocks"), ordering="blocks_found")
    def block_count(self, division: Division) -> int:
        count: int = division.blocks_found  # type: ignore[attr-defined]
        return count


@admin.register(Block)
class BlockAdmin(AreaAdmin):
    """The blocks, those in force today unless asked otherwise."""

    list_display = ("code", "name", "street", "community", "number", "households", "division", "source")
    list_filter = (DivisionFilter, StreetFilter)
    list_select_related = ("division", "community__street")
    search_fields = ("^code", "name")
    deferred = ("boundary", "community__boundary", "community__street__boundary")

    @admin.display(description=_("street"), ordering="community__street")
    def street(self, block: Block) -> Street:
        return block.community.street
