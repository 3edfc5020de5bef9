"""A person's own named filters of the desk's lists: a convenience of nobody but that person, so not in the journal."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from staffing.models import User
from yuhu.kit.exceptions import Invalid
from yuhu.kit.text import clean_text

MOST = 20
LONGEST_NAME, LONGEST_QUERY = 20, 1000


@transaction.atomic
def keep_filter(*, user: User, of_list: str, name: str, query: str) -> None:
    """Keep ``query`` (of an address) of the list ``of_list`` under ``name``; the same name is replaced.

    Raises:
        Invalid: no name, too long, or too many.
    """
    name = clean_text(name, field="name", max_length=LONGEST_NAME)
    if len(query) > LONGEST_QUERY:
        raise Invalid(_("This filter is too long to be kept."), field="name")
    row = User.objects.select_for_update().get(pk=user.pk)
    kept = [one for one in row.desk_filters or [] if (one["list"], one["name"]) != (of_list, name)]
    if len(kept) >= MOST:
        raise Invalid(_("You have kept as many filters as is possible. Remove one first."), field="name")
    row.desk_filters = [*kept, {"list": of_list, "name": name, "query": query}]
    row.save(update_fields=["desk_filters"])


@transaction.atomic
def forget_filter(*, user: User, of_list: str, name: str) -> None:
    """Forget it; one that is not there is forgotten already."""
    row = User.objects.select_for_update().get(pk=user.pk)
    row.desk_filters = [
        one for one in row.desk_filters or [] if (one["list"], one["name"]) != (of_list, name)
    ]
    row.save(update_fields=["desk_filters"])
