// Whether typed letters spell a Chinese name: by initials (lj), syllables (laji) or both mixed (laj), from any of its
// characters on. readings: syllables separated by blanks, the readings of one character by | (kit/pinyin.py).

export function spells(readings, query) {
  if (!readings || !/^[a-z]+$/.test(query)) return false;
  const syllables = readings.split(" ").map((one) => one.split("|"));
  return syllables.some((_, start) => fits(syllables, start, query));
}

// The query is used up by one beginning of each syllable in turn.
function fits(syllables, at, query) {
  if (query === "") return true;
  if (at === syllables.length) return false;
  return syllables[at].some((syllable) => {
    for (let length = Math.min(syllable.length, query.length); length > 0; length -= 1) {
      if (syllable.startsWith(query.slice(0, length)) && fits(syllables, at + 1, query.slice(length))) return true;
    }
    return false;
  });
}
