"""The desk's form for a new version: it publishes when it is valid, and a refusal stands beside the field meant."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from services.catalogue import AgentMode, Content
from services.models import ServiceItem
from yuhu.kit.exceptions import Refusal

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[ServiceItem]
else:
    ModelForm = forms.ModelForm

Publish = Callable[[dict[str, Any], Content], ServiceItem]


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 6})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        return tuple(line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip())

    def validate(self, value: Any) -> None:
        """An empty tuple is as missing as an empty text."""
        super().validate("\n".join(value))

    def run_validators(self, value: Any) -> None:
        """Lines are measured by the catalogue."""


class VersionForm(ModelForm):
    """Everything that a version says. ``publish`` is the action, bound by the door."""

    publish: Publish
    aliases = LinesField(
        label=_("other names"),
        required=False,
        help_text=_("What residents call it, one name a line; the search finds these."),
    )
    materials = LinesField(label=_("materials"), help_text=_("One a line."))
    materials_en = LinesField(label=_("materials in English"), required=False, help_text=_("One a line."))
    agent_modes = forms.MultipleChoiceField(
        label=_("ways of help"),
        required=False,
        choices=AgentMode.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ServiceItem
        fields = (
            "code",
            "effective_from",
            "offered",
            "name",
            "aliases",
            "domain",
            "domain_name",
            "eligible",
            "materials",
            "acceptance_level",
            "deciding_department",
            "promised_limit_amount",
            "promised_limit_unit",
            "legal_limit_amount",
            "legal_limit_unit",
            "legal_basis",
            "agent_help",
            "agent_modes",
            "frequency",
            "sensitive",
            "name_en",
            "eligible_en",
            "materials_en",
            "source",
            "note",
        )

    def _post_clean(self) -> None:
        """In the place of the model's own validation, which the action and the database have."""
        if self.errors:
            return
        said = {**self.cleaned_data, "agent_modes": tuple(self.cleaned_data["agent_modes"])}
        head = {name: said.pop(name) for name in ("code", "effective_from")}
        try:
            self.instance = type(self).publish(head, Content(**said))
        except Refusal as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))

    def save(self, commit: bool = True) -> ServiceItem:
        """The version is published already."""
        return self.instance

    def save_m2m(self) -> None:
        """There is nothing beside it."""
