"""A query that is built once gives what it would give if it were built each time."""

import datetime as dt
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet, Value

from staffing.models import Membership, User
from staffing.policies import standing as policies
from tests.world import AT, World
from yuhu.kit import clock
from yuhu.kit.away import is_away
from yuhu.kit.compiled import Compiled

pytestmark = pytest.mark.django_db
TODAY = clock.local_date(AT)


def test_every_person_gets_the_seats_that_the_query_itself_gives(world: World) -> None:
    for user in User.objects.all():
        asked = policies._seats(user.pk, TODAY)
        assert sorted(map(str, policies._SEATS.rows(user=user.pk, on=TODAY))) == sorted(map(str, asked))
    assert any(policies._SEATS.rows(user=user.pk, on=TODAY) for user in User.objects.all())


def test_the_day_counts(world: World) -> None:
    user = Membership.objects.select_related("user").first().user
    assert policies._SEATS.rows(user=user.pk, on=TODAY)
    assert policies._SEATS.rows(user=user.pk, on=dt.date(1999, 1, 1)) == []


def test_it_is_built_once(world: World) -> None:
    built: list[int] = []

    def build(user: int) -> QuerySet:
        built.append(user)
        found: QuerySet = User.objects.filter(pk=user).values_list("username")
        return found

    query = Compiled(build, user=int)
    first, second = User.objects.order_by("pk")[:2]
    assert query.rows(user=first.pk) == [(first.username,)]
    assert query.rows(user=second.pk) == [(second.username,)]
    assert len(built) == 1


def test_a_value_that_equals_a_constant_of_the_query_is_not_mistaken_for_it(world: World) -> None:
    query = Compiled(lambda user: User.objects.filter(pk=user, is_active=True).values_list("pk"), user=int)
    assert query.rows(user=1) == list(User.objects.filter(pk=1).values_list("pk"))


def test_models_come_as_the_query_itself_gives_them(world: World) -> None:
    rows = User.objects.order_by("pk")
    query = Compiled(lambda pk: Membership.objects.select_related("user", "unit").filter(user=pk), pk=int)
    for user in rows:
        for kept, asked in zip(
            query.objects(pk=user.pk),
            Membership.objects.select_related("user", "unit").filter(user=user),
            strict=True,
        ):
            assert (kept, kept.user, kept.unit) == (asked, asked.user, asked.unit)
            assert {**kept.__dict__, "_state": None} == {**asked.__dict__, "_state": None}


def test_what_a_query_selects_along_is_not_asked_for_again(
    world: World, django_assert_num_queries: Any
) -> None:
    seat = Membership.objects.first()
    query = Compiled(lambda pk: Membership.objects.select_related("user", "unit").filter(pk=pk), pk=int)
    with django_assert_num_queries(1):
        (kept,) = query.objects(pk=seat.pk)
        assert kept.user.username
        assert kept.unit.name


def test_a_connection_is_told_a_query_once_and_a_new_one_again(world: World) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: set DATABASE_URL")
    query = Compiled(
        lambda user, name: (
            User.objects.filter(pk=user)
            .exclude(username=name)
            .annotate(share=Value("50%"), two=Value(2))
            .values_list("username", "share", "two")
        ),
        user=int,
        name=str,
    )
    for _again in range(7):  # beyond five PostgreSQL may plan for all values alike
        assert query.rows(user=world.governor.pk, name="x'; --") == [("governor", "50%", 2)]
    assert query.rows(user=world.governor.pk, name="governor") == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = %s", [query._name])
        assert cursor.fetchone() == (1,)


def test_a_connection_whose_questions_a_migration_made_stale_is_given_up(world: World) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: set DATABASE_URL")
    query = Compiled(lambda user: User.objects.filter(pk=user).values_list("username"), user=int)
    assert query.rows(user=world.governor.pk) == [("governor",)]
    kept = connection.close_at
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE staffing_user ALTER username TYPE text")
            with pytest.raises(OperationalError) as refused:
                query.rows(user=world.governor.pk)
            transaction.set_rollback(True)
        assert is_away(refused.value)
        assert connection.close_at == 0
    finally:
        connection.close_at = kept
    assert query.rows(user=world.governor.pk) == [("governor",)]


def test_without_prepared_statements_the_answer_is_the_same(world: World, settings) -> None:
    on = policies._SEATS.rows(user=world.governor.pk, on=TODAY)
    settings.PREPARED_STATEMENTS = False
    assert policies._SEATS.rows(user=world.governor.pk, on=TODAY) == on
