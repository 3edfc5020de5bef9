"""``python -m bench.inside QUESTION …``: asks one of ``bench.questions`` in a process of the product.

The answer is the last line, as JSON. The questions import models, so they are imported once Django stands.
"""

import json
import os
import sys
from importlib import import_module

import django


def main(what: str, *arguments: str) -> None:
    """Set up, ask, answer."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuhu.settings")
    django.setup()
    answer = import_module("bench.questions").QUESTIONS[what](*arguments)
    sys.stdout.write("\n" + json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
