"""Forms of visits and meetings. A finding is one field of several boxes, so that a record can hold some at once.

The categories that a finding may name stand in an app above: it offers them (``offer_categories``).
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from staffing.actions import NewFinding
from staffing.actions.visits import MOST_PRESENT, SUMMARY, TEXT
from staffing.models import Finding, Visit
from yuhu.kit import clock
from yuhu.kit.desk.forms import ActionForm, DayField, VerbForm

FINDINGS = 5  # of one record; more are added one by one
Choices = Sequence[tuple[Any, Any]]


class VisitForm(ActionForm):
    """A new visit or meeting."""

    # The search box stands in its place (VisitAdmin.get_form).
    cadres = forms.Field(label=capfirst(_("cadres")))
    planned_for = DayField(label=capfirst(_("planned for")))

    class Meta:
        model = Visit
        fields = ("kind", "block", "cadres", "level", "role", "planned_for", "place")
        help_texts: ClassVar = {
            "role": _("Of a visit: as what the cadres come. Of a meeting: leave it empty."),
            "place": _("Of a meeting: where it is held. Of a visit: only if there is a meeting point."),
        }


BOXES = {
    "kind": _("kind"),
    "text": _("what was said or seen"),
    "category": _("category"),
    "solved": _("Solved on the spot"),
}


class FindingWidget(forms.MultiWidget):
    """Kind, words, category and "solved", with a label for each; folded together while nothing stands in it."""

    use_fieldset = True

    def __init__(self, *, is_open: bool = False) -> None:
        self.is_open = is_open
        kinds = [("", "—"), *Finding.Kind.choices]
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            "kind": forms.Select(choices=kinds),
            "text": forms.Textarea(attrs={"rows": 3, "maxlength": TEXT, "class": "vLargeTextField"}),
            "category": forms.Select(choices=[("", _("not known"))]),
            "solved": forms.CheckboxInput(),
        }
        super().__init__(widgets)

    def decompress(self, value: Any) -> list[Any]:
        return [None, None, None, None]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Each box under its label. Forms' own templates do not know the project's, so it is put together here."""
        values = value if isinstance(value, list) else self.decompress(value)
        boxes = []
        for (key, label), widget, one in zip(BOXES.items(), self.widgets, values, strict=True):
            own = f"{name}_{key}"
            marks = {"id": f"{attrs['id']}_{key}"} if attrs and "id" in attrs else {}
            boxes.append(
                (marks.get("id", own), capfirst(str(label)), widget.render(own, one, marks, renderer))
            )
        inside = format_html_join(
            "", '<div class="admin-finding__box"><label for="{}">{}</label>{}</div>', boxes
        )
        shown = SafeString(' open=""') if self.is_open or any(values) else ""
        words = gettext("Write down a finding")
        return format_html(
            '<details class="admin-finding"{}><summary>{}</summary>{}</details>', shown, words, inside
        )


class FindingField(forms.MultiValueField):
    """One finding, or nothing. Its value is a ``NewFinding`` or None."""

    widget = FindingWidget

    def __init__(self, *, is_open: bool = False, **options: Any) -> None:
        fields = (
            forms.ChoiceField(choices=[("", "—"), *Finding.Kind.choices], required=False),
            forms.CharField(max_length=TEXT, required=False),
            forms.ChoiceField(choices=[("", _("not known"))], required=False),
            forms.BooleanField(required=False),
        )
        super().__init__(
            fields, widget=FindingWidget(is_open=is_open), require_all_fields=False, required=False, **options
        )

    def offer_categories(self, choices: Choices) -> None:
        """Let the finding name one of these."""
        shown = [("", gettext("not known")), *choices]
        category: Any = self.fields[2]
        category.choices = shown
        box: Any = self.widget.widgets[2]
        box.choices = shown

    def compress(self, data_list: Any) -> NewFinding | None:
        if not data_list:
            return None
        kind, text, category, solved = data_list
        if not any((kind, text, category, solved)):
            return None
        return NewFinding(kind=kind or "", text=text or "", category=category or "", solved=bool(solved))


class RecordForm(VerbForm):
    """What took place, and the first findings."""

    held_on = DayField(label=capfirst(pgettext_lazy("visit", "held on")))
    households = forms.IntegerField(
        label=capfirst(_("households visited")),
        min_value=0,
        max_value=9999,
        help_text=_("Nobody at home does not count as visited."),
    )
    attendance = forms.IntegerField(label=capfirst(_("people present")), min_value=1, max_value=MOST_PRESENT)
    summary = forms.CharField(
        label=capfirst(_("summary")),
        max_length=SUMMARY,
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        help_text=_("What was seen and heard, in a few sentences. Leave out who is ill or in debt."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["households" if self.obj.is_talk else "attendance"]
        for number in range(1, FINDINGS + 1):
            label = _("Finding %(number)d") % {"number": number}
            self.fields[f"finding_{number}"] = FindingField(label=label, is_open=number == 1)

    @classmethod
    def initial_of(cls, obj: Any) -> dict[str, Any]:
        return {"held_on": min(obj.planned_for, clock.today())}

    def carry_out(self) -> None:
        """Findings in one list; which boxes were left empty does not matter, but a refusal names its box."""
        data = dict(self.cleaned_data)
        boxes = {name: data.pop(name) for name in list(data) if name.startswith("finding_")}
        self.used = [name for name, finding in boxes.items() if finding is not None]
        self.act({**data, "findings": [boxes[name] for name in self.used]})

    def refused(self, refusal: Any) -> None:
        """The action counts the findings that it was given; the form names the box."""
        field = refusal.field or ""
        if field.startswith("finding_"):
            refusal.field = self.used[int(field.removeprefix("finding_")) - 1]
        super().refused(refusal)

    def offer_categories(self, choices: Choices) -> None:
        for field in self.fields.values():
            if isinstance(field, FindingField):
                field.offer_categories(choices)


class AddFindingForm(VerbForm):
    """One more finding."""

    kind = forms.ChoiceField(label=capfirst(_("kind")), choices=[("", "—"), *Finding.Kind.choices])
    text = forms.CharField(
        label=capfirst(_("what was said or seen")),
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )
    category = forms.ChoiceField(
        label=capfirst(_("category")), choices=[("", _("not known"))], required=False
    )
    solved = forms.BooleanField(label=_("Solved on the spot"), required=False)

    def offer_categories(self, choices: Choices) -> None:
        field: Any = self.fields["category"]
        field.choices = [("", gettext("not known")), *choices]


class CancelForm(VerbForm):
    """Why it does not take place."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


STATE_LATE = pgettext_lazy("visit", "Past its day, not recorded")


def choices_of(groups: Iterable[tuple[Any, Iterable[tuple[Any, ...]]]]) -> list[tuple[Any, Any]]:
    """Groups of options (value, words, more) as a select has them."""
    return [(label, [(option[0], option[1]) for option in options]) for label, options in groups]
