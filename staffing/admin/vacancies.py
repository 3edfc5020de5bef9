"""Vacancies at a glance: the person's area as a map, the same in a table, on any day; and what of it waits today.

Leaves to others: the numbers (figures), who may fill a vacancy (the forms that the table leads to).
"""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks.models import Block, Division
from staffing.admin.base import day_of
from staffing.figures import BlockState, Standing, Vacancies, lacking, vacancies
from staffing.models import Tenure
from staffing.policies import appoints, may, posts_of
from staffing.posts import LABELS, Capability, PostKind
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.lists import DeskAdmin, KnownFilter, scope_of
from yuhu.kit.scope import STREET, Scope

PER_PAGE = 50
_WAITS = {
    PostKind.GOVERNOR: gettext_lazy("Blocks without governor"),
    PostKind.SUPERVISOR: gettext_lazy("Blocks without supervisor"),
    PostKind.ASSISTANT: gettext_lazy("Blocks without assistant"),
}


class OwnAreaFilter(KnownFilter):
    """The blocks of the areas of one's posts."""

    title = gettext_lazy("area")
    parameter_name = "area"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("own", gettext_lazy("My area"))] if scope_of(request).areas else []

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.in_areas(scope_of(request).areas)


class VacanciesPage(DeskAdmin):
    """The page beside the list of blocks, for everybody who sees that list."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.vacancies_view)
        return [path("vacancies/", view, name="blocks_block_vacancies"), *super().get_urls()]

    def vacancies_view(self, request: HttpRequest) -> HttpResponse:
        """``?on=`` a day (today without one), ``?show=`` one standing (all that are not complete without one)."""
        on = day_of(request.GET.get("on")) or clock.today()
        scope = _place(request)
        found = vacancies(scope, scope.areas, on)
        standing = next((one for one in Standing if one.value == request.GET.get("show")), None)
        page = Paginator(found.only(standing), PER_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Vacancies"),
            "opts": self.opts,
            "on": on,
            "today": clock.today(),
            "found": found,
            "standing": standing,
            "page": page,
            "rows": _rows(page.object_list, found),
            "posts": [LABELS[kind] for kind in (PostKind.GOVERNOR, PostKind.SUPERVISOR, PostKind.ASSISTANT)],
            "fills": _fills(found, self._keys(found)) if _same_blocks(on) else None,
            "blocks_url": _blocks_url(scope),
        }
        return TemplateResponse(request, "admin/blocks/block/vacancies.html", context)

    def _keys(self, found: Vacancies) -> dict[str, int]:
        codes = [block.roster.code for block in found.blocks]
        rows = Block.objects.in_force(found.on).filter(code__in=codes)
        return dict(rows.values_list("code", "pk"))


def _place(request: HttpRequest) -> Scope:
    """The areas to look at: those that the scope opens; for people of offices and departments those of their units."""
    scope = scope_of(request)
    if scope.areas:
        return scope
    posts = posts_of(request.user, clock.today())
    return Scope(areas=frozenset(post.area for post in posts if post.area), has_post=scope.has_post)


def _same_blocks(on: Any) -> bool:
    """Whether the outlines of today are those of the day."""
    today = Division.objects.in_force(clock.today()).values_list("pk", flat=True)
    return set(today) == set(Division.objects.in_force(on).values_list("pk", flat=True))


def _blocks_url(scope: Scope) -> str:
    """Outlines of the one street that everything lies in, or of all."""
    streets = {area[:STREET] for area in scope.areas}
    one = next(iter(streets)) if len(streets) == 1 else ""
    return reverse("api:block-map") + (f"?street={one}" if len(one) == STREET else "")


def _fills(found: Vacancies, keys: dict[str, int]) -> dict[str, dict[str, str]]:
    """What the map shows of each block: its tone, the word for it, and where a click leads."""
    return {
        block.roster.code: {
            "tone": block.standing.value,
            "label": f"{block.roster.name}：{block.standing.label}",
            "url": reverse("admin:blocks_block_change", args=[keys[block.roster.code]]) + f"?on={found.on}",
        }
        for block in found.blocks
        if block.roster.code in keys
    }


def _rows(blocks: Any, found: Vacancies) -> list[dict[str, Any]]:
    """The page's lines with the names of those who are there. Two queries."""
    states: list[BlockState] = list(blocks)
    codes = [state.roster.code for state in states]
    people: dict[tuple[str, str], str] = {}
    keys: dict[str, int] = {}
    held = Tenure.objects.on(found.on).held().filter(block__code__in=codes, holder__is_active=True)
    for code, post, name in held.values_list("block__code", "post", "holder__name"):
        people[code, post] = name
    keys = dict(Block.objects.in_force(found.on).filter(code__in=codes).values_list("code", "pk"))
    return [
        {
            "state": state,
            "key": keys.get(state.roster.code),
            "governor": people.get((state.roster.code, PostKind.GOVERNOR), ""),
            "acting_governor": people.get((state.roster.code, PostKind.ACTING_GOVERNOR), ""),
            "governor_idle": bool({PostKind.GOVERNOR, PostKind.ACTING_GOVERNOR} & state.idle),
            "supervisor": people.get((state.roster.code, PostKind.SUPERVISOR), ""),
            "acting_supervisor": people.get((state.roster.code, PostKind.ACTING_SUPERVISOR), ""),
            "supervisor_idle": bool({PostKind.SUPERVISOR, PostKind.ACTING_SUPERVISOR} & state.idle),
            "has_assistant": PostKind.ASSISTANT in state.roster.filled,
        }
        for state in states
    ]


@day.add
def vacant_posts(request: HttpRequest) -> Iterator[day.Item]:
    """Blocks of one's area that lack somebody, for those who fill vacancies or answer for the figures."""
    scope, today = scope_of(request), clock.today()
    interested = appoints(request.user, on=today) or may(request.user, Capability.SEE_FIGURES, on=today)
    if not scope.areas or not interested:
        return
    url = reverse("admin:blocks_block_changelist")
    for kind, number in lacking(scope, today).items():
        yield day.Item(day.Part.PEOPLE, _WAITS[kind], number, f"{url}?vacant={kind}&area=own")
