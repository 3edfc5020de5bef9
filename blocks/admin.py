"""The areas in the admin: to look at, by everybody who holds a post. They change by imports, not by forms."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blocks.models import Block, Community, District, Division, Street
from yuhu.kit import clock
from yuhu.kit.desk.lists import DeskAdmin, KnownFilter, scope_of


class AreaAdmin(DeskAdmin):
    """Read-only. Outlines are never loaded: a list of them would weigh megabytes."""

    exclude: ClassVar[tuple[str, ...]] = ("boundary",)
    # Outlines of the row and of its parents.
    deferred: ClassVar[tuple[str, ...]] = ("boundary",)
    search_help_text = _("name or code")


class DivisionFilter(KnownFilter):
    """Blocks in force today unless another division, or all of them, is asked for."""

    title = _("division into blocks")
    parameter_name = "division"

    def offer(self, request: HttpRequest) -> list[tuple[str, str]]:
        divisions = Division.objects.within(scope_of(request))
        return [
            ("all", gettext("All divisions")),
            *((str(division.pk), str(division)) for division in divisions),
        ]

    def choices(self, changelist: Any) -> Iterator[Any]:
        default, *others = super().choices(changelist)
        yield {**default, "display": gettext("In force today")}
        yield from others

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows if value == "all" else rows.filter(division=value)

    def otherwise(self, request: HttpRequest, rows: Any) -> Any:
        return rows.filter(division__in=Division.objects.in_force(clock.today()))


class StreetFilter(KnownFilter):
    """By street; Django's own filter would load every outline for the names. ``column`` leads to the street."""

    title = _("street")
    parameter_name = "street"
    column = "street"

    def offer(self, request: HttpRequest) -> list[tuple[str, str]]:
        return list(Street.objects.within(scope_of(request)).values_list("code", "name"))

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(**{self.column: value})


class BlockStreetFilter(StreetFilter):
    """Blocks by the street of their community."""

    column = "community__street"


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
        rows: QuerySet[Any] = super().get_queryset(request).annotate(communities_found=Count("communities"))
        return rows

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
        found = {"blocks_found": Count("blocks"), "holds_today": Exists(holding)}
        rows: QuerySet[Any] = super().get_queryset(request).annotate(**found)
        return rows

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
    list_filter: ClassVar[tuple[type[KnownFilter], ...]] = (DivisionFilter, BlockStreetFilter)
    list_select_related = ("division", "community__street")
    search_fields = ("^code", "name")
    deferred = ("boundary", "community__boundary", "community__street__boundary")

    @admin.display(description=_("street"), ordering="community__street")
    def street(self, block: Block) -> Street:
        return block.community.street
