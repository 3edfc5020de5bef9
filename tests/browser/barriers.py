"""What every page must hold in a real browser: no serious barrier, nothing that sticks out, and elder mode."""

from pathlib import Path
from typing import Any

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
ELDER_TEXT, ELDER_TARGET = 24, 60

# Text below the size, text that is cut at the side, and targets that are too low; what is read aloud only is left out.
_MEASURE = """([text, target]) => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const hidden = ".visually-hidden, .skip-link, script, style, noscript, [aria-hidden=true], "
    + "details:not([open]) > :not(summary)";
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility() || element.closest(hidden)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect(), words = node.data.trim().slice(0, 20);
    if (!box.width) continue;
    if (parseFloat(getComputedStyle(element).fontSize) < text - 0.5) found.push(`small: ${words}`);
    if (box.right > innerWidth + 1 || box.left < -1) found.push(`cut: ${words}`);
  }
  const targets = "button, a.btn, a.nav-link, select, summary, input:not([type=hidden])";
  for (const element of document.querySelectorAll(targets)) {
    const choice = element.matches("[type=checkbox], [type=radio], [type=file]");
    if (!element.checkVisibility() || element.closest(hidden) || choice) continue;
    if (element.getBoundingClientRect().height < target - 1) found.push(`low: ${element.outerHTML.slice(0, 80)}`);
  }
  return found;
}"""


def barriers(one: Any) -> list[str]:
    """What axe-core calls serious or critical on the page that is open."""
    said = len(one.faults)
    # Through the debugger, since the page's own policy lets no strange script in.
    one.page.evaluate(AXE.read_text(encoding="utf-8"))
    result = one.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    del one.faults[said:]  # the checker tries styles of its own
    serious = [each for each in result["violations"] if each["impact"] in ("serious", "critical")]
    return [f"{each['id']} {each['nodes'][0]['target']}" for each in serious]


def elder_faults(one: Any) -> list[str]:
    """What of the open page is below the measures of elder mode."""
    found: list[str] = one.page.evaluate(_MEASURE, [ELDER_TEXT, ELDER_TARGET])
    return found


def elder(one: Any) -> None:
    """This device asks for elder mode from now on."""
    one.context.add_cookies([{"name": "display", "value": "large", "url": one.base}])
