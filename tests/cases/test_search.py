"""What a search finds: what a plain look into every text finds, on both engines, whatever is typed or stored."""

import datetime as dt
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.checks import search_is_kept
from cases.models import Case
from cases.tasks import sweep_fold
from tests.world import AT, STREET, World, a_report
from yuhu.kit import bulk, search
from yuhu.kit.scope import Scope
from yuhu.kit.search import index, pages

pytestmark = pytest.mark.django_db

KEPT = index.Kept.of(Case._meta.get_field("words"))
NEWEST = ("-reported_at", "-id")
MINUTE = dt.timedelta(minutes=1)


# --- the meaning, written out again without the project's folding ----------------------------------------------


def plain(text: str) -> str:
    """Letters and digits of the folded text; one blank for whatever stands between."""
    one = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(sign if sign.isalnum() or sign == "_" else " " for sign in one).split())


def occurs(query: str, case: Case) -> bool:
    words = [word for part in query.split() if (word := plain(part))]
    texts = [plain(text) for text in (case.number, case.description, case.address)]
    return bool(words) and all(any(word in text for text in texts) for word in words)


def found(query: str) -> set[int]:
    return set(Case.objects.text(query).values_list("pk", flat=True))


@contextmanager
def stored(model: Case, texts: list[tuple[str, str]], gap: dt.timedelta = MINUTE) -> Iterator[list[Case]]:
    """Cases with these descriptions and addresses, each older than the one before by ``gap``."""
    rows = []
    for place, (description, address) in enumerate(texts):
        row = Case.objects.get(pk=model.pk)
        row.pk, row.submission_key = None, None
        row.number, row.reported_at = f"430302-20261123-{place:06d}", AT - place * gap
        row.description, row.address = description, address
        rows.append(row)
    made = Case.objects.bulk_create(rows)
    yield made
    Case.objects.filter(pk__in=[row.pk for row in made]).delete()


@pytest.fixture
def model(world: World) -> Case:
    """A case that others are copied from; its own texts are in no way."""
    case = a_report(world, description="样")
    Case.objects.filter(pk=case.pk).update(reported_at=AT + dt.timedelta(days=1))
    return case


# Few signs, so that chance makes hits, near misses and borders; among them everything that is special somewhere.
SIGNS = "垃圾堆水管１1a2bABﬁßİ_%\\'\"*:&|!()<>-^+~。，　 \n🔥é́々𠮷"
TEXTS = st.text(alphabet=SIGNS, max_size=12)


def odd(text: str) -> str:
    """As the doors store it: not empty."""
    return text if text.strip() else "x"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.tuples(TEXTS.map(odd), TEXTS), min_size=1, max_size=6),
    queries=st.lists(TEXTS, min_size=1, max_size=6),
    cuts=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 11), st.integers(1, 8)), max_size=4),
)
def test_a_search_finds_what_a_look_into_every_text_finds(model, texts, queries, cuts):
    pieces = [texts[row % len(texts)][0][start : start + length] for row, start, length in cuts]
    with stored(model, texts) as rows:
        everything = [*rows, Case.objects.get(pk=model.pk)]
        for query in [*queries, *pieces, *filter(None, map(" ".join, [queries[:2], pieces[:2]]))]:
            if query.strip():
                assert found(query) == {row.pk for row in everything if occurs(query, row)}, query


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.tuples(st.sampled_from(["垃圾堆", "水管", "垃圾 水管"]), st.just("")), max_size=12),
    most=st.integers(1, 6),
    fence=st.integers(1, 8),
    hours=st.sampled_from([0, 1, 5, 8, 31, 500, 9000]),
)
def test_both_ways_to_a_page_give_the_same_page(model, texts, most, fence, hours):
    with (
        stored(model, texts, dt.timedelta(hours=hours, minutes=1)) as rows,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(pages, "FENCE", fence)
        for query in ("垃圾", "水", "堆 垃", "管 垃圾", "无"):
            hits = [row.pk for row in rows if occurs(query, row)]
            asked = Case.objects.text(query)
            assert [row.pk for row in search.head(asked.order_by(*NEWEST), most)] == hits[:most]
            assert search.keys(asked.order_by(*NEWEST), most) == hits[:most]
            back = search.head(asked.order_by("reported_at", "id"), most)
            assert [row.pk for row in back] == hits[::-1][:most]


# --- one by one --------------------------------------------------------------------------------------------------

HITS = [
    ("垃圾", "楼下垃圾堆了三天", ""),
    ("圾", "楼下垃圾", ""),
    ("下", "楼下垃圾", ""),
    ("楼下垃圾堆了三天没人清运", "楼下垃圾堆了三天没人清运", ""),
    ("垃圾 8号", "楼下垃圾", "雨湖路8号"),
    ("ｗｉｆｉ", "WiFi坏了", ""),
    ("STRASSE", "Straße 5", ""),
    ("8", "x", "雨湖路８号"),
    ("①", "第1栋", ""),
    ("垃圾，堆", "垃圾。堆", ""),
    ("430302-20261123-000000", "x", ""),
    ("20261123-0000", "x", ""),
    ("1123", "x", ""),
    ("🔥 着火", "着火了", ""),
    ("snake_case", "a Snake_Case", ""),
    ("𠮷", "𠮷田", ""),
    ("了三", "堆了" * 5000 + "三天", ""),
    ("末", "堆" * 9999 + "末", ""),
]
MISSES = [
    ("圾垃", "楼下垃圾", ""),
    ("圾雨", "楼下垃圾", "雨湖路8号"),
    ("垃圾堆", "垃圾，堆", ""),
    ("垃圾堆", "垃圾", "堆"),
    ("垃圾 桥", "楼下垃圾", "雨湖路8号"),
    ("a_b", "axb", ""),
    ("%", "100%", ""),
    ("__", "ab", ""),
    ("🔥", "🔥🔥", ""),
    ("！？", "什么！？", ""),
    ("-", "a-b", ""),
]
SPECIAL = [
    *(
        "垃圾 & 堆",
        "垃圾|堆",
        "!垃圾",
        "垃圾:*",
        "垃圾*",
        '"垃圾"',
        "'垃圾'",
        "(垃圾",
        "垃圾)",
        "^垃圾",
        "-垃圾",
        "NEAR(垃圾 堆)",
    ),
    *(
        "垃圾 OR 堆",
        "垃圾 AND 堆",
        "NOT 垃圾",
        "words:垃圾",
        "windows : 垃圾",
        "垃圾 <-> 堆",
        "\\垃圾",
        "%垃圾%",
        "_垃圾_",
        "垃圾\\'",
    ),
    *(
        "'; DROP TABLE cases_case; --",
        "{垃圾}",
        "垃圾 + 堆",
        "垃圾\x00堆",
        "\ud800垃圾",
        "%s",
        "%(x)s",
        "垃" * 100,
        "a " * 50,
        "\u200b",
    ),
]


@pytest.mark.parametrize(("query", "description", "address"), HITS)
def test_it_is_found(model, query, description, address):
    with stored(model, [(description, address)]) as (row,):
        assert row.pk in found(query)
        assert row.pk in search.keys(Case.objects.text(query).order_by(*NEWEST), 5)


@pytest.mark.parametrize(("query", "description", "address"), MISSES)
def test_it_is_not_found(model, query, description, address):
    with stored(model, [(description, address)]) as (row,):
        assert row.pk not in found(query)
        assert search.keys(Case.objects.text(query).order_by(*NEWEST), 5) == []


@pytest.mark.parametrize("query", SPECIAL)
def test_what_is_special_to_an_engine_is_a_sign_like_any_other(model, query):
    with stored(model, [("垃圾 堆", ""), ("or and not near words windows 垃圾堆", "a")]) as rows:
        assert found(query) == {row.pk for row in rows if occurs(query, row)}


def test_nothing_asked_narrows_nothing_and_signs_alone_find_nothing(model):
    assert found("") == found(" \t ") == {model.pk}
    assert found("！ 🔥 --") == set()


# --- kept with the rows ---------------------------------------------------------------------------------------------


def test_a_report_is_found_at_once(world: World):
    case = a_report(world, description="窨井盖松动", address="雨湖路8号")
    assert found("窨井 雨湖路") == {case.pk}


def test_a_report_costs_no_query_for_it(world: World):
    with CaptureQueriesContext(connection) as captured:
        a_report(world, description="窨井盖松动")
    assert not [one for one in captured.captured_queries if KEPT.name in one["sql"]]


def test_rows_written_in_bulk_are_found(model):
    row = Case.objects.get(pk=model.pk)
    (row.pk,) = bulk.reserve_ids(Case, 1)
    row.number, row.submission_key, row.description = "430302-20261123-000777", None, "窨井盖松动"
    bulk.insert_models(Case, [row])
    assert found("窨井") == {row.pk}


def test_a_changed_text_is_found_by_its_new_words_only(model):
    model.description = "窨井盖松动"
    model.save()
    assert found("窨井") == {model.pk}
    assert found("样") == set()
    model.description = "路灯不亮"
    model.save(update_fields=["description", "words"])
    assert found("路灯") == {model.pk}
    assert found("窨井") == set()


def test_a_text_that_is_erased_past_the_orm_is_found_no_more_and_the_rest_again_after_the_sweep(model):
    Case.objects.filter(pk=model.pk).update(description="窨井", address="雨湖路8号")
    assert Case.objects.values_list("words", flat=True).get(pk=model.pk) == ""
    assert found("样") == set(), "what was erased is out of the index in the same transaction"
    assert sweep_fold(AT) == 1
    assert found("窨井 雨湖路8号") == {model.pk}
    assert sweep_fold(AT) == 0
    Case.objects.filter(pk=model.pk).update(description="")
    sweep_fold(AT)
    assert found("窨井") == set()
    assert found("雨湖路") == {model.pk}


def test_what_old_code_or_a_script_inserts_is_folded_by_the_sweep(model):
    columns = [
        str(field.column) for field in Case._meta.concrete_fields if field.column not in ("id", "words")
    ]
    new = ", ".join(
        {"number": "'430302-20261123-000778'", "submission_key": "NULL"}.get(one, one) for one in columns
    )
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO cases_case ({', '.join(columns)}) SELECT {new} FROM cases_case")
    assert found("000778") == set()
    assert sweep_fold(AT) == 1
    assert len(found("000778")) == 1
    assert len(found("样")) == 2


def test_a_move_leaves_the_index_alone(world: World):
    case = a_report(world, description="窨井盖松动")
    with CaptureQueriesContext(connection) as captured:
        loaded = Case.objects.get(pk=case.pk)
        loaded.version += 1
        loaded.save()
    assert not [one for one in captured.captured_queries if "words" in one["sql"]]
    assert found("窨井") == {case.pk}


def test_a_removed_row_leaves_nothing_in_the_index(model):
    with stored(model, [("窨井盖松动", "")]):
        assert entries("窨井盖") == 1
    assert entries("窨井盖") == 0


def entries(window: str) -> int:
    """How many rows the index itself names for one window."""
    if connection.vendor == "sqlite":
        statement, question = f"SELECT count(*) FROM {KEPT.name} WHERE {KEPT.name} MATCH %s", f'"{window}"'
    else:
        statement = f"SELECT count(*) FROM {KEPT.name} WHERE {KEPT.name}_windows(words, hour) @@ %s::tsquery"
        question = f"'{window}'"
    with connection.cursor() as cursor:
        cursor.execute(statement, [question])
        return int(cursor.fetchone()[0])


def test_the_index_is_made_anew_when_its_triggers_were_gone(model):
    gone = sorted(index.missing(connection, KEPT))
    assert gone == []
    with connection.cursor() as cursor:
        table = "" if connection.vendor == "sqlite" else f" ON {KEPT.table}"
        cursor.execute(f"DROP TRIGGER {KEPT.name}_added{table}")
    with stored(model, [("窨井盖松动", "")]) as (row,):
        assert found("窨井") == set(), "without its trigger the index is behind"
        assert [one.id for one in search_is_kept(None, ["default"])] == ["cases.W001"]
        index.make_after_migrate()
        assert search_is_kept(None, ["default"]) == []
        assert found("窨井") == {row.pk}


# --- scoped -------------------------------------------------------------------------------------------------------


def test_only_visible_cases_are_found_and_counted(world: World):
    mine = a_report(world, description="窨井盖松动")
    a_report(world, "governor9", block=world.b9.code, description="窨井盖松动")
    seen = Case.objects.within(Scope(areas=frozenset([STREET]), has_post=True)).text("窨井")
    assert seen.count() == 1
    assert search.keys(seen.order_by(*NEWEST), 10) == [mine.pk]
    assert Case.objects.within(Scope.nothing()).text("窨井").count() == 0
    assert search.keys(Case.objects.within(Scope.nothing()).text("窨井").order_by(*NEWEST), 10) == []


def test_a_page_costs_one_query_more_than_without_a_search_however_rare_the_word(model, monkeypatch):
    monkeypatch.setattr(pages, "FENCE", 3)
    with stored(model, [("垃圾", "")] * 8 + [("窨井", "")]):
        for query in ("垃圾", "窨井", "无"):
            with CaptureQueriesContext(connection) as captured:
                search.head(Case.objects.text(query).order_by(*NEWEST), 2)
            assert len(captured) == 2, query
