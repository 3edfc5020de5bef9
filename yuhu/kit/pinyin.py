"""How Chinese words are typed: the pinyin readings of each character, so that initials or syllables find a name.

Characters are read one by one, with every reading that they have: the dictionary of phrases would cost each process
40 MB to prefer one of them, and whoever types ``cf`` for 重复 means it.
"""

import functools
import os

# Read when the package is imported: no phrases, and no second copy of the characters.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

from pypinyin import Style, pinyin

MOST = 3  # readings of a character, the usual ones first


@functools.lru_cache(maxsize=4096)
def readings(text: str) -> str:
    """``垃圾`` → ``la ji``, ``重复`` → ``zhong|chong|tong fu``; what is no Chinese character is left out."""
    found = pinyin(text, style=Style.NORMAL, heteronym=True, errors="ignore", v_to_u=False)
    return " ".join("|".join(list(dict.fromkeys(syllables))[:MOST]) for syllables in found)
