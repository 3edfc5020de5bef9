"""The poster of a block at the desk: where it is printed, and the verb that replaces its code."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from blocks.actions import renew_poster
from staffing.admin.history import Line
from staffing.admin.verbs import Verb, VerbsAdmin
from staffing.policies import may_print_posters, may_renew_poster
from yuhu.kit import clock
from yuhu.kit.desk.lists import scope_of
from yuhu.kit.scope import STREET

RENEW = Verb(
    name="renew-poster",
    label=_("Replace the code of the poster"),
    may=lambda user, block, at: may_renew_poster(user, area=block.code, on=clock.local_date(at)),
    act=renew_poster,
    confirm=_(
        "All posters of this block that hang now stop working at once: whoever scans them is told so. "
        "Print the new poster and put it up in their place. Reports that were sent are not touched."
    ),
)


class PosterVerbs(VerbsAdmin):
    """What the list and the page of blocks offer about posters."""

    change_form_template = "admin/blocks/block/change_form.html"
    verbs: ClassVar[tuple[Verb, ...]] = (RENEW,)
    noun: ClassVar[str] = "block"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As all areas: whoever holds a post."""
        return scope_of(request).has_post

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """Nobody else is bothered with it."""
        return False

    def story(self, request: HttpRequest, obj: Any) -> list[Line]:
        """The page has its own: everybody who ever had a post here. The rest stands in the history."""
        return []

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj, today = context.get("original"), clock.today()
        if obj is not None:
            street = obj.code[:STREET]
            context["prints_poster"] = bool(may_print_posters(request.user, area=obj.code, on=today))
            prints_street = may_print_posters(request.user, area=street, on=today)
            context["posters_of"] = street if prints_street else ""
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Above the list: the posters of the one street that somebody works in."""
        streets = scope_of(request).streets
        one = next(iter(streets)) if len(streets) == 1 else ""
        return super().changelist_view(request, {"posters_of": one, **(extra_context or {})})
