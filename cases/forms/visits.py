"""Visits on the phone: begin or plan one, check in, record it, write down what was found, make cases of it.

The forms only read; the actions check, and what they refuse is shown beside the field that it means.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from blocks.models import Block
from cases.actions.findings import HAZARDS
from cases.forms.choices import category_groups
from cases.forms.fields import CleanText, Group, PhotosField, SearchSelect, offer
from cases.forms.report import BlockSelect
from cases.models import Attachment
from staffing.actions import NewFinding
from staffing.actions.arrivals import Point
from staffing.actions.visits import MOST_PRESENT, PLACE, SUMMARY, TEXT
from staffing.models import Finding, Visit
from staffing.posts import Post
from yuhu.kit.exceptions import Refusal

STAGES = {"photos": Attachment.Stage.BEFORE}
FINDINGS = 3  # of one record; more are added one by one
MOST_HOUSEHOLDS = 9999
NOT_KNOWN = _("not known")


class DayInput(forms.DateInput):
    """The device's own calendar."""

    def __init__(self, **attributes: str) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"type": "date", **attributes})


class Roles(forms.RadioSelect):
    """The four roles; the browser must not insist on one, since a meeting has none."""

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class PhoneForm(forms.Form):
    """A form whose action may refuse."""

    def add_refusal(self, refusal: Refusal) -> None:
        """Show what the action refused beside the field that it means."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal.message))


class PlaceForm(PhoneForm):
    """Where the device says that it is, if it says so. What cannot be a place is none."""

    longitude = forms.FloatField(
        required=False, min_value=-180, max_value=180, widget=forms.HiddenInput({"data-longitude": "yes"})
    )
    latitude = forms.FloatField(
        required=False, min_value=-90, max_value=90, widget=forms.HiddenInput({"data-latitude": "yes"})
    )

    def clean(self) -> dict[str, Any]:
        for name in ("longitude", "latitude"):
            self.errors.pop(name, None)
        return self.cleaned_data

    @property
    def point(self) -> Point | None:
        """Longitude and latitude, or nothing."""
        longitude, latitude = self.cleaned_data.get("longitude"), self.cleaned_data.get("latitude")
        return None if longitude is None or latitude is None else (longitude, latitude)


class VisitForm(PlaceForm):
    """A visit that begins now, or one that is planned; an open-talk meeting is planned only."""

    kind = forms.ChoiceField(
        label=_("What is it?"), choices=Visit.Kind.choices, widget=forms.RadioSelect, initial=Visit.Kind.VISIT
    )
    role = forms.ChoiceField(
        label=_("As what do you come?"),
        choices=Visit.Role.choices,
        widget=Roles,
        error_messages={"required": _("Please say in which of the four roles the cadres come.")},
    )
    block = forms.ChoiceField(
        label=capfirst(_("block")), widget=BlockSelect(), error_messages={"required": _("Please choose the block.")}
    )  # fmt: skip
    address = CleanText(
        label=capfirst(_("place")), required=False, most=PLACE,
        help_text=_("Of a meeting: where it is held. Of a visit: only if there is a meeting point."),
    )  # fmt: skip
    planned_for = forms.DateField(label=capfirst(_("planned for")), widget=DayInput())

    def __init__(self, *args: Any, blocks: list[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["block"]
        offer(field, blocks, empty=_("Please choose"))

    def clean(self) -> dict[str, Any]:
        """A meeting has hosts and no role."""
        found = super().clean()
        if found.get("kind") == Visit.Kind.TALK:
            self.errors.pop("role", None)
            found["role"] = ""
        return found

    def add_refusal(self, refusal: Refusal) -> None:
        """``cadres`` is the person, whom this form does not ask for; ``place`` is called as everywhere on phones."""
        names = {"place": "address"}
        refusal.field = names.get(refusal.field or "", refusal.field)
        super().add_refusal(refusal)


def blocks_to_visit(posts: Iterable[Post], on: dt.date) -> list[Group]:
    """The blocks in the areas of these posts, by street; one's own block first. One query, none without posts."""
    posts = list(posts)
    if not posts:
        return []
    rows = (
        Block.objects.in_force(on).in_areas({post.area for post in posts}).select_related("community__street")
    )
    rows = rows.defer("boundary", "community__boundary", "community__street__boundary").order_by("code")
    own = {post.block_code for post in posts if post.block_code}
    groups: dict[str, list[Any]] = {}
    for row in rows:
        label = gettext("My block") if row.code in own else row.community.street.name
        groups.setdefault(label, []).append((row.code, row.name, {}))
    return sorted(groups.items(), key=lambda group: group[0] != gettext("My block"))


class FindingForm(PhoneForm):
    """What was said or seen."""

    kind = forms.ChoiceField(
        label=capfirst(_("kind")), choices=Finding.Kind.choices, widget=forms.RadioSelect
    )
    text = CleanText(
        label=capfirst(_("what was said or seen")), most=TEXT, widget=forms.Textarea({"rows": 3})
    )
    category = forms.ChoiceField(label=capfirst(_("category")), required=False, widget=SearchSelect())
    solved = forms.BooleanField(label=_("Solved on the spot"), required=False)

    def __init__(self, *args: Any, groups: list[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        offer(field, groups, empty=NOT_KNOWN)

    @property
    def is_filled(self) -> bool:
        """Whether anything was entered: of a record's findings most stay empty."""
        return any(self[name].value() for name in ("kind", "text", "category", "solved"))

    def finding(self) -> NewFinding:
        """What the action takes."""
        given = self.cleaned_data
        return NewFinding(given["kind"], given["text"], given["category"], given["solved"])


class RecordForm(PhoneForm):
    """What took place, with the first findings (``findings``, forms of their own)."""

    held_on = forms.DateField(label=capfirst(pgettext_lazy("visit", "held on")), widget=DayInput())
    households = forms.IntegerField(
        label=capfirst(_("households visited")), min_value=0, max_value=MOST_HOUSEHOLDS,
        widget=forms.NumberInput({"inputmode": "numeric"}), help_text=_("Nobody at home does not count as visited."),
    )  # fmt: skip
    attendance = forms.IntegerField(
        label=capfirst(_("people present")), min_value=1, max_value=MOST_PRESENT,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )  # fmt: skip
    summary = CleanText(
        label=capfirst(_("summary")), most=SUMMARY, widget=forms.Textarea({"rows": 4}),
        help_text=_("What was seen and heard, in a few sentences. Leave out who is ill or in debt."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, visit: Visit, groups: list[Group], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        del self.fields["households" if visit.is_talk else "attendance"]
        self.findings = [
            FindingForm(data, groups=groups, prefix=f"finding_{number}", use_required_attribute=False)
            for number in range(1, FINDINGS + 1)
        ]

    def is_valid(self) -> bool:
        """Findings in which nothing was entered are not looked at."""
        self.used = [form for form in self.findings if form.is_filled]
        valid = [form.is_valid() for form in self.used]
        return super().is_valid() and all(valid)

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        return {**self.cleaned_data, "findings": [form.finding() for form in self.used]}

    def add_refusal(self, refusal: Refusal) -> None:
        """The action counts the findings that it was given."""
        number = (refusal.field or "").removeprefix("finding_")
        if number.isdigit() and 0 < int(number) <= len(self.used):
            self.used[int(number) - 1].add_error(None, str(refusal.message))
            self.add_error(None, str(refusal.message))
        else:
            super().add_refusal(refusal)


class CancelForm(PhoneForm):
    """Why it does not take place."""

    reason = CleanText(label=_("Reason"), most=500, widget=forms.Textarea({"rows": 3}))


class CaseForm(PhoneForm):
    """The case as it will be reported: filled in from the finding, with photos."""

    category = forms.ChoiceField(label=capfirst(_("category")), widget=SearchSelect())
    description = CleanText(
        label=capfirst(_("description")), widget=forms.Textarea({"rows": 4}),
        help_text=_("Whoever handles the case reads this. Say where exactly, and what is to be done."),
    )  # fmt: skip
    photos = PhotosField(label=_("Photos"), required=False)

    def __init__(self, data: Any = None, *, finding: Finding) -> None:
        super().__init__(data, initial={"category": finding.category_code, "description": finding.text})
        groups: list[Group] = category_groups()
        if finding.is_hazard:
            kept = [
                (label, [one for one in options if one[0].startswith(HAZARDS)]) for label, options in groups
            ]
            groups = [(label, options) for label, options in kept if options]
        field: Any = self.fields["category"]
        offer(field, groups, empty=_("Please choose"))
