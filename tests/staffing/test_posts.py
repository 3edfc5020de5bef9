"""Which posts a person holds on a day, what they open, and what each may do: the tables, written out here again."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from staffing.actions import add_assistant, appoint, join, leave
from staffing.models import Assistant, Membership, Tenure, Unit, User
from staffing.policies import forget_posts, may, may_in, posts_of, scope_of
from staffing.posts import CAPABILITIES, LABELS, Capability, PostKind
from tests.world import AT, STREET, World
from yuhu.journal.actions import SYSTEM
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db

TODAY = AT.date()
DAY = dt.timedelta(days=1)
B1 = "43030200100101"

# person → posts, areas whose cases are open, units whose cases are open
TABLE: list[tuple[str, str, str, str]] = [
    ("governor", "governor", B1, ""),
    ("supervisor", "supervisor", B1, ""),
    ("assistant", "assistant", B1, ""),
    ("liaison", "assistant", B1, ""),
    ("handler", "member", "", "430302001-city_management_office"),
    ("office_head", "head", "", "430302001-city_management_office"),
    ("dispatcher", "duty_officer", STREET, "430302001-rapid_response"),
    ("coordinator", "duty_officer", STREET, "430302001-coordination"),
    ("block_head", "head", STREET, "430302001-block_service"),
    ("dispatcher9", "duty_officer", "430302008", "430302008-rapid_response"),
    ("streetleader", "street_leader", STREET, STREET),
    ("leader", "district_leader", "430302", "430302"),
    ("auditor", "auditor", "430302", "430302"),
    ("admin", "system_admin", "", ""),
    ("security", "security_admin", "", ""),
    ("stranger", "", "", ""),
]


@pytest.mark.parametrize("who, kind, area, unit", TABLE, ids=[row[0] for row in TABLE])
def test_a_post_opens_its_area_and_its_unit_and_nothing_else(
    world: World, who: str, kind: str, area: str, unit: str
) -> None:
    user = world.people[who]
    assert [post.kind.value for post in posts_of(user, TODAY)] == kind.split()
    scope = scope_of(user, TODAY)
    assert scope.areas == frozenset(area.split())
    assert set(Unit.objects.filter(pk__in=scope.units).values_list("code", flat=True)) == set(unit.split())
    assert (scope.person, scope.has_post) == (user.pk, bool(kind))


def test_a_department_opens_its_own_cases_and_no_area(world: World) -> None:
    scope = scope_of(world.department, TODAY)
    assert (scope.areas, len(scope.units)) == (frozenset(), 1)


def test_a_community_opens_its_community(world: World) -> None:
    community = Unit.objects.get(code="430302001001")
    join(unit=community, user=world.stranger, role="member", starts_on=TODAY, at=AT, actor=SYSTEM)
    assert scope_of(world.stranger, TODAY).areas == {"430302001001"}


def test_posts_have_dates(world: World) -> None:
    seat = Membership.objects.get(user=world.streetleader)
    leave(seat=seat, ends_on=TODAY, at=AT, actor=SYSTEM)
    appoint(
        block=world.b2,
        post=Tenure.Seat.GOVERNOR,
        holder=world.stranger,
        starts_on=TODAY + DAY,
        at=AT,
        actor=SYSTEM,
    )
    for user, before, after in (
        (world.streetleader, ["street_leader"], []),
        (world.stranger, [], ["governor"]),
        (world.governor2, ["governor"], []),
    ):
        assert [post.kind.value for post in posts_of(user, TODAY - DAY)] == before
        assert [post.kind.value for post in posts_of(user, TODAY + DAY)] == after
    assert [post.kind.value for post in posts_of(world.governor2, TODAY)] == ["governor"]
    assert posts_of(world.streetleader, TODAY) == ()


def many_seats(world: World) -> User:
    user = world.people["dispatcher"]
    add_assistant(
        block=world.b1, user=user, kind=Assistant.Kind.LIAISON_CADRE, starts_on=TODAY, at=AT, actor=SYSTEM
    )
    for post in (Tenure.Seat.GOVERNOR, Tenure.Seat.ACTING_GOVERNOR):
        appoint(block=world.b2, post=post, holder=user, starts_on=TODAY, at=AT, actor=SYSTEM)
    for code in ("economic_office", "block_service"):
        join(unit=world.unit(code), user=user, role="head", starts_on=TODAY, at=AT, actor=SYSTEM)
    return user


def test_all_posts_of_a_person_cost_one_query_and_are_asked_once_a_day(
    world: World, django_assert_num_queries
) -> None:
    user = User.objects.get(pk=many_seats(world).pk)
    with django_assert_num_queries(1):
        assert len(posts_of(user, TODAY)) == 6
    with django_assert_num_queries(0):
        posts_of(user, TODAY)
        scope_of(user, TODAY)
        may(user, Capability.APPOINT, on=TODAY)
    with django_assert_num_queries(1):
        assert len(posts_of(user, TODAY - DAY)) == 1
    forget_posts(user)
    with django_assert_num_queries(1):
        posts_of(user, TODAY)


def test_the_most_local_post_comes_first(world: World) -> None:
    """It is the one that the journal names."""
    posts = posts_of(many_seats(world), TODAY)
    assert [len(post.area) for post in posts] == sorted((len(post.area) for post in posts), reverse=True)
    assert posts[0].kind in (PostKind.GOVERNOR, PostKind.ACTING_GOVERNOR, PostKind.ASSISTANT)
    assert "雨湖路" in posts[0].title


@pytest.mark.parametrize("state", ["anonymous", "inactive", "unsaved"])
def test_nobody_in_particular_has_neither_posts_nor_scope(world: World, state: str) -> None:
    user: User | AnonymousUser = AnonymousUser()
    if state == "inactive":
        user = world.governor
        user.is_active = False
    elif state == "unsaved":
        user = User(username="x", name="x")
    assert posts_of(user, TODAY) == ()
    assert scope_of(user, TODAY) == Scope.nothing()
    assert scope_of(user, TODAY).is_empty
    assert not may(user, Capability.READ_REFERENCE, on=TODAY)


def test_the_superuser_flag_is_no_post(world: World) -> None:
    """Rights come from posts, never from the account."""
    world.stranger.is_superuser = True
    world.stranger.save()
    assert posts_of(world.stranger, TODAY) == ()
    assert scope_of(world.stranger, TODAY).areas == frozenset()
    assert not any(may(world.stranger, capability, on=TODAY) for capability in Capability)


# --- what each may do -----------------------------------------------------------------------------------------------

BLOCK = "governor acting_governor supervisor acting_supervisor assistant"
UNIT = "member head duty_officer"
LEADERS = "street_leader district_leader"
ADMINISTRATORS = "system_admin security_admin auditor"
MAY: dict[str, str] = {
    "report_case": f"{BLOCK} {UNIT} {LEADERS} partner_client",
    "use_admin": f"{UNIT} mediator {LEADERS} {ADMINISTRATORS}",
    "appoint": f"duty_officer {LEADERS}",
    "edit_reference": "system_admin",
    "read_reference": f"{BLOCK} {UNIT} mediator {LEADERS} {ADMINISTRATORS} partner_client",
    "see_figures": f"head duty_officer {LEADERS} auditor",
    "manage_accounts": "system_admin security_admin",
    "read_journal": "auditor",
    "unmask": "duty_officer governor acting_governor",
    "resend": "system_admin duty_officer",
    "inspect": "district_leader",
    "read_inspection": "district_leader auditor",
    "erase": LEADERS,
    "mediate": "mediator",
    "enter_figures": "head duty_officer",
    "check_figures": f"head {LEADERS}",
}


@pytest.mark.parametrize("capability", Capability)
def test_a_capability_belongs_to_these_posts(capability: Capability) -> None:
    assert {kind.value for kind in CAPABILITIES[capability]} == set(MAY[capability.value].split())


def test_the_tables_are_complete() -> None:
    assert set(MAY) == {capability.value for capability in Capability}
    assert set(CAPABILITIES) == set(Capability)
    assert set(LABELS) == set(PostKind)
    assert len({str(label) for label in LABELS.values()}) == len(PostKind), "one name per post"


def test_the_three_administrators_share_no_right_that_changes_anything() -> None:
    """The auditor reads; the system's and the accounts' administrators do not read the journal."""
    for capability in (Capability.REPORT_CASE, Capability.APPOINT, Capability.UNMASK):
        assert not CAPABILITIES[capability] & {
            PostKind.SYSTEM_ADMIN,
            PostKind.SECURITY_ADMIN,
            PostKind.AUDITOR,
        }
    assert CAPABILITIES[Capability.READ_JOURNAL] == {PostKind.AUDITOR}
    writing = (Capability.EDIT_REFERENCE, Capability.MANAGE_ACCOUNTS, Capability.RESEND)
    assert not any(PostKind.AUDITOR in CAPABILITIES[capability] for capability in writing)


def test_a_refusal_says_whom_to_ask(world: World) -> None:
    verdict = may(world.handler, Capability.APPOINT, on=TODAY)
    assert not verdict
    with translation.override("zh-hans"):
        assert "值班长" in str(verdict.reason)


@pytest.mark.parametrize(
    "who, area, allowed",
    [
        ("streetleader", B1, True),
        ("streetleader", STREET, True),
        ("streetleader", "430302008001", False),
        ("streetleader", "430302", False),
        ("dispatcher", B1, True),
        ("dispatcher9", B1, False),
        ("leader", B1, True),
        ("leader", "430302008001", True),
        ("governor", B1, False),
        ("handler", STREET, False),
        ("admin", B1, False),
    ],
)
def test_a_right_ends_at_the_border_of_the_area(world: World, who: str, area: str, allowed: bool) -> None:
    assert bool(may_in(world.people[who], Capability.APPOINT, area=area, on=TODAY)) is allowed
