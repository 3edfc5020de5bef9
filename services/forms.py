"""The desk's form for a new version: it publishes when it is valid, and a refusal stands beside the field meant."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from services.catalogue import AgentMode
from services.models import ServiceItem
from yuhu.kit.desk.forms import ActionForm


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


class VersionForm(ActionForm):
    """Everything that a version says."""

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
