"""The pure parts of the phone's queue, line by line: what is final, how long to wait, what spells a name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

pytestmark = pytest.mark.browser

SITE = "http://localhost:9"
SOURCES = settings.BASE_DIR / "static/src/js"
OURS = {"number": "430302-20261124-000001", "url": "/cases/430302-20261124-000001/sent/"}
PROBLEM = {"code": "invalid", "errors": [{"field": "category", "label": "", "detail": "x"}]}
PAGE = None  # a body that is no JSON: a page, whoever wrote it

# Status, body, what it means; "may have arrived" where nobody knows.
ANSWERS: list[tuple[int, Any, str, bool | None]] = [
    (201, OURS, "sent", None),
    (201, PAGE, "strange", True),
    (200, OURS, "strange", True),
    (200, PAGE, "strange", True),
    (204, PAGE, "strange", True),
    (304, PAGE, "strange", True),
    (400, PROBLEM, "mend", None),
    (400, PAGE, "strange", True),
    (401, PROBLEM, "login", False),
    (401, PAGE, "login", False),
    (403, PAGE, "strange", False),
    (403, PROBLEM, "mend", None),
    (403, {**PROBLEM, "code": "another_person"}, "login", False),
    (404, PAGE, "strange", True),
    (404, PROBLEM, "mend", None),
    (405, PAGE, "strange", True),
    (408, PAGE, "busy", False),
    (409, PROBLEM, "mend", None),
    (413, PAGE, "mend", None),
    (413, PROBLEM, "mend", None),
    (425, PAGE, "busy", False),
    (429, PROBLEM, "busy", False),
    (429, PAGE, "busy", False),
    (500, PROBLEM, "server", True),
    (500, PAGE, "server", True),
    (502, PAGE, "server", True),
    (503, PROBLEM, "busy", True),
    (503, PAGE, "busy", True),
    (504, PAGE, "server", True),
    (500, OURS, "server", True),
]
JUDGE = """async ([answer, now]) => {
  const { judge } = await import("/answers.js");
  const found = judge(answer, now);
  return { ...found, means: found.kind === "later" ? found.why : found.kind };
}"""


def serve(context: Any, changes: dict[str, str]) -> None:
    """The modules as they stand in the repository, or with a line changed."""

    def answer(route: Any) -> None:
        name = Path(route.request.url).name
        if not name.endswith(".js"):
            route.fulfill(content_type="text/html", body="<!DOCTYPE html><title>x</title>")
            return
        (path,) = SOURCES.rglob(name)
        text = path.read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, new)
        route.fulfill(content_type="text/javascript", body=text)

    context.route("**/*", answer)


@pytest.fixture
def modules(chromium: Any) -> Iterator[Any]:
    """Opens a page in which the modules can be imported."""
    opened = []

    def open_one(**changes: str) -> Any:
        context = chromium.new_context()
        opened.append(context)
        serve(context, {changes["old"]: changes["new"]} if changes else {})
        page = context.new_page()
        page.goto(f"{SITE}/")
        return page

    yield open_one
    for context in opened:
        context.close()


def judged(page: Any, status: int, data: Any, **more: Any) -> dict[str, Any]:
    answer = {"status": status, "redirected": False, "data": data, "retryAfter": None, **more}
    return dict(page.evaluate(JUDGE, [answer, 0]))


def wrong(page: Any) -> list[str]:
    """Lines of the table that the module reads otherwise."""
    found = []
    for status, data, means, unsure in ANSWERS:
        got = judged(page, status, data)
        if (got["means"], got.get("unsure")) != (means, unsure):
            found.append(f"{status} {data}: {got}")
    return found


def test_only_our_own_word_about_this_report_is_final(modules: Any) -> None:
    assert wrong(modules()) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("status >= 500", "status > 500"),
        ("status === 201 && data", "status === 200 && data"),
        ("const COME_BACK = [408, 425, 429]", "const COME_BACK = [408, 425]"),
        ("answer.redirected || status === 401", "answer.redirected"),
        ('data.code === "another_person"', 'data.code === "nobody"'),
    ],
)
def test_a_careless_line_would_be_found(modules: Any, old: str, new: str) -> None:
    assert wrong(modules(old=old, new=new)) != []


def test_no_answer_and_the_way_to_the_log_in_are_not_final(modules: Any) -> None:
    page = modules()
    nothing = page.evaluate(JUDGE, [None, 0])
    assert (nothing["means"], nothing["unsure"]) == ("network", True)
    way = judged(page, 0, None, redirected=True)
    assert (way["means"], way["unsure"]) == ("login", False)


@pytest.mark.parametrize(
    ("said", "milliseconds"),
    [
        ("7", 7000),
        ("0", 0),
        ("-3", 0),
        ("nonsense", 0),
        (None, 0),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 120_000),
        ("99999999", 86_400_000),
    ],
)
def test_the_time_that_the_server_asks_for_is_kept(modules: Any, said: str | None, milliseconds: int) -> None:
    assert judged(modules(), 429, PAGE, retryAfter=said)["wait"] == milliseconds


def test_pauses_double_with_chance_in_them_and_have_an_end(modules: Any) -> None:
    ask = """async () => {
      const { pauseAfter } = await import("/answers.js");
      const both = (attempts, why) => [pauseAfter(attempts, why, 0), pauseAfter(attempts, why, 1)];
      return [both(1), both(2), both(3), both(20, "busy"), both(20, "network")];
    }"""
    pauses = [[2500, 5000], [5000, 10_000], [10_000, 20_000], [450_000, 900_000], [30_000, 60_000]]
    assert modules().evaluate(ask) == pauses


@pytest.mark.parametrize(
    ("readings", "query", "fits"),
    [
        ("bao lu la ji|jie", "bllj", True),
        ("bao lu la ji|jie", "laji", True),
        ("bao lu la ji|jie", "lajie", True),
        ("bao lu la ji|jie", "baoll", True),
        ("bao lu la ji|jie", "lulj", True),
        ("bao lu la ji|jie", "bj", False),
        ("bao lu la ji|jie", "bllja", False),
        ("zhong|chong fu", "cf", True),
        ("zhong|chong fu", "zhongf", True),
        ("", "a", False),
        ("bao lu", "暴", False),
        ("bao lu", "", False),
    ],
)
def test_letters_spell_a_name_by_initials_and_syllables(
    modules: Any, readings: str, query: str, fits: bool
) -> None:
    ask = """async ([readings, query]) => (await import("/pinyin.js")).spells(readings, query)"""
    assert modules().evaluate(ask, [readings, query]) is fits


def test_categories_are_suggested_by_the_longest_word_and_none_without_one(modules: Any) -> None:
    ask = """async (text) => {
      const { suggestions } = await import("/suggest.js");
      const entries = [
        { name: "暴露垃圾", aliases: ["垃圾", "路边垃圾"] },
        { name: "积存垃圾", aliases: ["垃圾"] },
        { name: "井盖缺失", aliases: ["窨井盖", "井"] },
      ];
      return suggestions(entries, text).map(({ name }) => name);
    }"""
    page = modules()
    assert page.evaluate(ask, "路边垃圾没人收") == ["暴露垃圾", "积存垃圾"]
    assert page.evaluate(ask, "窨井盖没了") == ["井盖缺失"]
    assert page.evaluate(ask, "井边很滑") == [], "one character is no word"
    assert page.evaluate(ask, "路灯不亮") == []
