"""Every variable that the settings read is explained in ``.env.example``, and nothing else is."""

import re

from tests.architecture.sources import BASE

READ = re.compile(r"env\.\w+\(\s*\"([A-Z_]+)\"")
# Read by the start scripts and by `manage.py serve`, not by the settings.
BESIDE = {"HOST", "PORT"}


def test_every_variable_is_explained_and_every_explained_one_is_read():
    texts = [(BASE / "yuhu" / name).read_text(encoding="utf-8") for name in ("settings.py", "rules.py")]
    read = {name for text in texts for name in READ.findall(text)}
    assert {"DATABASE_URL", "SECRET_KEY"} <= read
    example = (BASE / ".env.example").read_text(encoding="utf-8")
    explained = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    assert explained == read | BESIDE


def test_the_example_holds_no_secret():
    example = (BASE / ".env.example").read_text(encoding="utf-8")
    for name in ("SECRET_KEY", "JOURNAL_KEY", "PERSON_KEYS", "PERSON_INDEX_KEY"):
        assert re.search(rf"^{name}=$", example, re.MULTILINE), name
