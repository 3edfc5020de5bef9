"""Pages bring everything with them: nothing inline that the Content-Security-Policy forbids, nothing from outside."""

import re

from tests.architecture.sources import texts

FORBIDDEN = {
    "inline script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json[\"'])[^>]*>", re.IGNORECASE
    ),
    "inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "event handler": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
    "evaluating htmx attribute": re.compile(r"\shx-(on|vals=[\"']js)", re.IGNORECASE),
    "request to outside": re.compile(
        r"<(?!a\b)[a-z][^<>]*\s(?:src|href|srcset|action|data|poster)\s*=\s*[\"']\s*(?:https?:)?//",
        re.IGNORECASE,
    ),
    "submission to outside": re.compile(r"<form[^<>]*action\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}
# Names of XML vocabularies look like addresses and are never fetched.
OUTSIDE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+\.[a-z0-9.-]+/", re.IGNORECASE)
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$|(?<=\s)// .*?$", re.DOTALL | re.MULTILINE)


def faults(text: str) -> list[str]:
    """What a template must not contain. Template tags are blanked, so that a ``>`` inside does not end a tag."""
    plain = re.sub(
        r"\{%.*?%\}|\{\{.*?\}\}", lambda match: re.sub(r"[^\n]", "_", match.group()), text, flags=re.DOTALL
    )
    return [
        f"line {plain.count(chr(10), 0, match.start()) + 1}: {what}"
        for what, pattern in FORBIDDEN.items()
        for match in pattern.finditer(plain)
    ]


def test_templates_hold_nothing_inline_and_nothing_from_outside():
    templates = {name: text for name, text in texts("templates") if name.endswith(".html")}
    assert len(templates) > 3, "the walk found the templates"
    assert {name: found for name, text in templates.items() if (found := faults(text))} == {}


def test_scripts_and_styles_ask_nothing_from_outside():
    sources = dict(texts("static/src"))
    assert sources, "the walk found the sources"
    found = {name: OUTSIDE.findall(COMMENT.sub("", text)) for name, text in sources.items()}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_scripts_write_no_inline_style_sheets_and_evaluate_nothing():
    evil = re.compile(r"\beval\(|new Function\(|setAttribute\(\s*[\"']style[\"']|document\.write\(")
    found = {
        name: evil.findall(COMMENT.sub("", text)) for name, text in texts("static/src") if name.endswith("js")
    }
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_each_fault_would_be_found():
    examples = {
        "inline script": "<script>go()</script>",
        "inline style sheet": "<style>a {}</style>",
        "style attribute": '<p class="x" style="color: red">',
        "event handler": '<button type="button" onclick="go()">',
        "javascript address": '<a href="javascript:go()">',
        "evaluating htmx attribute": '<p hx-on:click="go()">',
        "request to outside": '<link rel="stylesheet" href="https://cdn.example.org/x.css">',
        "submission to outside": '<form method="post" action="//example.org/">',
    }
    assert examples.keys() == FORBIDDEN.keys()
    for what, example in examples.items():
        assert any(what in fault for fault in faults(example)), what
    assert (
        faults('<script src="{% static "dist/app.js" %}" defer></script><a href="https://example.org/">x</a>')
        == []
    )
    assert faults('<button {% if a > b %}disabled{% endif %} data-on="x" aria-label="one=1">') == []
