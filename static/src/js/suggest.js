// Offers categories whose name or alias stands in what was written ([data-suggest] beside the text): one tap takes one,
// and nothing is ever chosen without it. data-from and data-for name the fields; data-text-take is the button's label.
import { each, fill, make } from "./dom.js";
import { entriesOf } from "./typeahead.js";

const MOST = 3;
const SHORTEST = 2;

// The longest word that stands in the text counts; pure, so that it can be tested alone.
export function suggestions(entries, text) {
  const said = text.normalize("NFKC").toLowerCase();
  return entries
    .map((entry) => {
      const words = [entry.name, ...entry.aliases].filter((word) => word.length >= SHORTEST);
      const found = words.filter((word) => said.includes(word.normalize("NFKC").toLowerCase()));
      return { entry, length: Math.max(0, ...found.map((word) => word.length)) };
    })
    .filter(({ length }) => length > 0)
    .sort((one, other) => other.length - one.length)
    .slice(0, MOST)
    .map(({ entry }) => entry);
}

function enhance(box) {
  const form = box.closest("form");
  const text = form.elements[box.dataset.from];
  const select = form.elements[box.dataset.for];
  const entries = entriesOf(select);
  let shown = "";

  function draw() {
    const found = select.value ? [] : suggestions(entries, text.value);
    const names = found.map(({ name }) => name).join();
    if (names === shown) return;
    shown = names;
    box.querySelector("ul").replaceChildren(
      ...found.map((entry) => {
        const label = fill(box.dataset.textTake, { name: entry.name });
        const button = make("button", { type: "button", class: "btn btn--second chip", "aria-label": label }, entry.name);
        button.addEventListener("click", () => {
          select.value = entry.option.value;
          select.dispatchEvent(new Event("change", { bubbles: true }));
          form.querySelector("[type=submit]:not([name])").focus();
        });
        return make("li", {}, button);
      }),
    );
    box.hidden = found.length === 0;
  }

  text.addEventListener("input", (event) => event.isComposing || draw());
  text.addEventListener("compositionend", draw);
  text.addEventListener("change", draw);
  select.addEventListener("change", draw);
  form.addEventListener("reset", () => window.setTimeout(draw, 0));
  draw();
}

export function enhanceSuggestions(root) {
  each(root, "[data-suggest]", "Suggest", enhance);
}
