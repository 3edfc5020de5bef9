"""The table of posts and what each may do (pure: no database).

A post is a seat with dates: in a block's roster, or in a unit. ``CAPABILITIES`` says everything about rights;
policies only look up. Leaves to others: what a person sees (policies.scope_of) and what the state of a case
allows (cases.states).
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PostKind(StrEnum):
    """Every seat there is. One name per post everywhere."""

    GOVERNOR = "governor"
    ACTING_GOVERNOR = "acting_governor"
    SUPERVISOR = "supervisor"
    ACTING_SUPERVISOR = "acting_supervisor"
    ASSISTANT = "assistant"
    MEMBER = "member"
    HEAD = "head"
    DUTY_OFFICER = "duty_officer"
    MEDIATOR = "mediator"
    STREET_LEADER = "street_leader"
    DISTRICT_LEADER = "district_leader"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"
    PARTNER_CLIENT = "partner_client"


LABELS: dict[PostKind, Promise] = {
    PostKind.GOVERNOR: _("Block governor"),
    PostKind.ACTING_GOVERNOR: _("Acting block governor"),
    PostKind.SUPERVISOR: _("Block supervisor"),
    PostKind.ACTING_SUPERVISOR: _("Acting block supervisor"),
    PostKind.ASSISTANT: _("Block assistant"),
    PostKind.MEMBER: pgettext_lazy("post", "Member"),
    PostKind.HEAD: pgettext_lazy("post", "Head"),
    PostKind.DUTY_OFFICER: _("Duty officer"),
    PostKind.MEDIATOR: _("Mediator"),
    PostKind.STREET_LEADER: _("Street leader"),
    PostKind.DISTRICT_LEADER: _("District leader"),
    PostKind.SYSTEM_ADMIN: _("System administrator"),
    PostKind.SECURITY_ADMIN: _("Security administrator"),
    PostKind.AUDITOR: _("Auditor"),
    PostKind.PARTNER_CLIENT: _("Partner system"),
}

# Who stands in for whom.
ACTING_OF: dict[str, PostKind] = {
    PostKind.GOVERNOR: PostKind.ACTING_GOVERNOR,
    PostKind.SUPERVISOR: PostKind.ACTING_SUPERVISOR,
}


# Who decides in a platform, and so may be on duty for it.
DECIDES_IN_PLATFORM = frozenset({PostKind.DUTY_OFFICER, PostKind.HEAD})
_BLOCK_POSTS = frozenset(
    {
        PostKind.GOVERNOR,
        PostKind.ACTING_GOVERNOR,
        PostKind.SUPERVISOR,
        PostKind.ACTING_SUPERVISOR,
        PostKind.ASSISTANT,
    }
)
_UNIT_POSTS = frozenset({PostKind.MEMBER, PostKind.HEAD, PostKind.DUTY_OFFICER})
_LEADERS = frozenset({PostKind.STREET_LEADER, PostKind.DISTRICT_LEADER})


class Capability(StrEnum):
    """What a post may do apart from the moves of a case (those stand in cases.states)."""

    REPORT_CASE = "report_case"
    USE_ADMIN = "use_admin"
    APPOINT = "appoint"
    EDIT_REFERENCE = "edit_reference"
    READ_REFERENCE = "read_reference"
    SEE_FIGURES = "see_figures"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_JOURNAL = "read_journal"
    UNMASK = "unmask"
    ERASE = "erase"
    RESEND = "resend"
    MEDIATE = "mediate"
    INSPECT = "inspect"
    READ_INSPECTION = "read_inspection"
    ENTER_FIGURES = "enter_figures"
    CHECK_FIGURES = "check_figures"


CAPABILITIES: dict[Capability, frozenset[PostKind]] = {
    Capability.REPORT_CASE: _BLOCK_POSTS | _UNIT_POSTS | _LEADERS | {PostKind.PARTNER_CLIENT},
    Capability.USE_ADMIN: _UNIT_POSTS
    | _LEADERS
    | {PostKind.MEDIATOR, PostKind.SYSTEM_ADMIN, PostKind.SECURITY_ADMIN, PostKind.AUDITOR},
    Capability.APPOINT: frozenset({PostKind.STREET_LEADER, PostKind.DISTRICT_LEADER, PostKind.DUTY_OFFICER}),
    Capability.EDIT_REFERENCE: frozenset({PostKind.SYSTEM_ADMIN}),
    Capability.READ_REFERENCE: frozenset(PostKind),
    Capability.SEE_FIGURES: _LEADERS | {PostKind.HEAD, PostKind.DUTY_OFFICER, PostKind.AUDITOR},
    Capability.MANAGE_ACCOUNTS: frozenset({PostKind.SECURITY_ADMIN, PostKind.SYSTEM_ADMIN}),
    Capability.READ_JOURNAL: frozenset({PostKind.AUDITOR}),
    Capability.UNMASK: frozenset({PostKind.DUTY_OFFICER, PostKind.GOVERNOR, PostKind.ACTING_GOVERNOR}),
    # Who works on cases does not erase what was said in them.
    Capability.ERASE: _LEADERS,
    Capability.RESEND: frozenset({PostKind.SYSTEM_ADMIN, PostKind.DUTY_OFFICER}),
    # What is said in a mediation stays with its mediators (People's Mediation Law, art. 15): no leader reads it.
    Capability.MEDIATE: frozenset({PostKind.MEDIATOR}),
    # 督查: those above the departments decide, the auditor reads along.
    Capability.INSPECT: frozenset({PostKind.DISTRICT_LEADER}),
    Capability.READ_INSPECTION: frozenset({PostKind.DISTRICT_LEADER, PostKind.AUDITOR}),
    # What others publish of an area is entered by one person and checked by another.
    Capability.ENTER_FIGURES: frozenset({PostKind.HEAD, PostKind.DUTY_OFFICER}),
    Capability.CHECK_FIGURES: _LEADERS | {PostKind.HEAD},
}


class Function(StrEnum):
    """What one platform of a street does for the others, whatever it is called and however many there are."""

    COORDINATES = "coordinates"
    SERVES_BLOCKS = "serves_blocks"
    RESPONDS = "responds"


FUNCTION_LABELS: dict[Function, Promise] = {
    Function.COORDINATES: _("Coordinates, and evaluates where no supervisor can"),
    Function.SERVES_BLOCKS: _("Serves the blocks, and receives where nobody in the block can"),
    Function.RESPONDS: _("Responds to emergencies"),
}

# Posts whose area opens cases. Administrators look after the system, not after cases: three separate roles
# (GB/T 22239-2019, 8.1.4.2); the auditor reads everything and changes nothing.
SEES_AREA_OF_UNIT = frozenset(
    {PostKind.STREET_LEADER, PostKind.DISTRICT_LEADER, PostKind.AUDITOR, PostKind.PARTNER_CLIENT}
)
# Units whose members see their whole street or community: the platforms dispatch for it, the community lives in it.
AREA_UNITS = frozenset({"platform", "community", "street", "district"})


class ApiScope(StrEnum):
    """What a partner's token may open. A door names one for reading and one for writing; none opens nothing."""

    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    BLOCKS_READ = "blocks:read"
    SERVICES_READ = "services:read"
    SERVICES_WRITE = "services:write"
    FIGURES_READ = "figures:read"
    EVENTS_READ = "events:read"


SCOPE_LABELS: dict[ApiScope, Promise] = {
    ApiScope.CASES_READ: _("Read cases, categories and duty lists"),
    ApiScope.CASES_WRITE: _("Report cases, add photos, rate and reopen what it reported"),
    ApiScope.BLOCKS_READ: _("Read streets, communities, blocks and units"),
    ApiScope.SERVICES_READ: _("Read the catalogue of services"),
    ApiScope.SERVICES_WRITE: _("Apply for services"),
    ApiScope.FIGURES_READ: _("Read figures"),
    ApiScope.EVENTS_READ: _("Read the feed of events"),
}


@dataclass(frozen=True)
class Post:
    """One seat that a person holds on a day, or what a partner's system is bound to.

    ``channel`` and ``categories`` are set for such a system only; ``categories`` None narrows nothing.
    """

    kind: PostKind
    area: str
    unit_id: int | None = None
    unit_kind: str = ""
    unit_name: str = ""
    block_id: int | None = None
    block_code: str = ""
    assistant_kind: str = ""
    channel: str = ""
    categories: frozenset[str] | None = None

    @property
    def label(self) -> Promise:
        return LABELS[self.kind]

    @property
    def title(self) -> str:
        """What a business card would say: unit or block, then the post."""
        where = self.unit_name or self.block_code
        return f"{where} {self.label}".strip()
