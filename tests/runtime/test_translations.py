"""Catalogues are compiled without gettext's programs, and what is missing in them is found."""

import gettext
import re
import shutil
from pathlib import Path

import pytest

from tests.architecture.sources import modules
from yuhu.runtime import translations

HEAD = (
    'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n"\n\n'
)


def catalogue(folder: Path, body: str) -> Path:
    path = folder / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(HEAD + body, encoding="utf-8")
    return path


def test_a_compiled_catalogue_speaks_chinese_and_is_not_compiled_twice(tmp_path):
    path = catalogue(
        tmp_path, 'msgid "Case"\nmsgstr "事件"\n\nmsgctxt "post"\nmsgid "Head"\nmsgstr "负责人"\n'
    )
    assert translations.compile_stale([tmp_path]) == [path]
    with path.with_suffix(".mo").open("rb") as compiled:
        spoken = gettext.GNUTranslations(compiled)
    assert spoken.gettext("Case") == "事件"
    assert spoken.pgettext("post", "Head") == "负责人"
    assert translations.compile_stale([tmp_path]) == []
    assert translations.compile_stale([tmp_path], every=True) == [path]


@pytest.mark.parametrize(
    "body, problem",
    [
        ('msgid "Case"\nmsgstr ""\n', "not translated"),
        ('#, fuzzy\nmsgid "Case"\nmsgstr "事件"\n', "fuzzy"),
        ('msgid "Case"\nmsgstr "事件"\n\nmsgid "Case"\nmsgstr "案件"\n', "twice"),
        ('msgid "%(n)s cases"\nmsgstr "%(m)s 件"\n', "a placeholder that the original does not have"),
        ('msgid "By %(who)s"\nmsgstr "由某人"\n', "a placeholder of the original is missing"),
    ],
)
def test_each_fault_of_a_catalogue_is_found(tmp_path, body, problem):
    found = translations.problems(catalogue(tmp_path, body))
    assert len(found) == 1
    assert found[0].endswith(problem)


def test_a_sound_catalogue_has_no_problems(tmp_path):
    body = 'msgid "Case"\nmsgstr "事件"\n\nmsgid "%(n)s case"\nmsgid_plural "%(n)s cases"\nmsgstr[0] "%(n)s 件"\n'
    assert translations.problems(catalogue(tmp_path, body)) == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs gettext")
def test_sources_and_catalogue_are_compared_both_ways(tmp_path):
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "models.py").write_text('from x import gettext as _\n_("Known")\n_("Lacking")\n')
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text('{% load i18n %}{% translate "Of a page" %}')
    body = 'msgid "Known"\nmsgstr "有"\n\nmsgid "Gone"\nmsgstr "无"\n\n# third party: axes\nmsgid "Kept"\nmsgstr "留"\n'
    found = translations.differences(catalogue(tmp_path / "locale", body), tmp_path)
    assert sorted(found) == [
        "in no source: 'Gone'",
        "not in django.po: 'Lacking' (cases/models.py:3)",
        "not in django.po: 'Of a page' (templates/a.html:1)",
    ]


def test_every_message_is_marked_by_a_name_that_is_looked_for():
    """What is called otherwise is found by no tool and stays English."""
    strange = re.compile(r"\bn?p?gettext(?:_lazy|_noop)? as (?!_\b)\w+")
    assert [name for name, text in modules() if strange.search(text) and "/tests/" not in name] == []
    assert strange.search("from x import gettext as _now")
