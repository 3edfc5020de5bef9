// Turns select[data-typeahead] into a search box with a list (the ARIA combobox pattern): typing finds an option by its
// name, its code (the value), its aliases (data-aliases, separated by ; or ；) and the pinyin of name and aliases
// (data-pinyin, in their order, separated by ;), best match first; data-hint is a
// second line, an optgroup's label its group. The select stays in the form and carries the value, so the server sees
// no difference. Sentences: data-text-placeholder, -results, -none. Without script it is a plain select.
import { each, fill, freshId, make } from "./dom.js";
import { spells } from "./pinyin.js";

const SHOWN = 60;

const fold = (text) => text.normalize("NFKC").toLowerCase().trim();

export function entriesOf(select) {
  return [...select.options]
    .filter((option) => option.value !== "" && !option.disabled)
    .map((option) => {
      const group = option.parentElement.tagName === "OPTGROUP" ? option.parentElement.label : "";
      const aliases = (option.dataset.aliases || "").split(/[;；]/).map((alias) => alias.trim()).filter(Boolean);
      const name = option.text.trim();
      const pinyin = (option.dataset.pinyin || "").split(";");
      return { option, name, group, aliases, pinyin, hint: option.dataset.hint || "", code: fold(option.value) };
    });
}

// Lower is better; null does not match. The alias that matched is shown, so that one sees why it was found.
function rank(entry, query) {
  const name = fold(entry.name);
  if (name === query || entry.code === query) return { score: 0, alias: "" };
  if (name.startsWith(query)) return { score: 1, alias: "" };
  const starting = entry.aliases.find((alias) => fold(alias).startsWith(query));
  if (starting) return { score: 2, alias: starting };
  if (name.includes(query)) return { score: 3, alias: "" };
  const holding = entry.aliases.find((alias) => fold(alias).includes(query));
  if (holding) return { score: 4, alias: holding };
  if (entry.code.startsWith(query)) return { score: 5, alias: "" };
  if (spells(entry.pinyin[0], query)) return { score: 6, alias: "" };
  const spelt = entry.aliases.find((alias, at) => spells(entry.pinyin[at + 1], query));
  if (spelt) return { score: 7, alias: spelt };
  if (fold(entry.group).includes(query)) return { score: 8, alias: "" };
  return null;
}

export function search(entries, text) {
  const words = fold(text).split(/\s+/).filter(Boolean);
  if (!words.length) return entries.map((entry) => ({ entry, alias: "" }));
  const found = [];
  entries.forEach((entry, order) => {
    const ranks = words.map((word) => rank(entry, word));
    if (ranks.some((one) => one === null)) return;
    const score = ranks.reduce((sum, one) => sum + one.score, 0);
    found.push({ entry, score, order, alias: ranks.map((one) => one.alias).find(Boolean) || "" });
  });
  return found.sort((one, other) => one.score - other.score || one.order - other.order);
}

function build(select) {
  const listId = freshId("choices");
  const id = select.id || freshId("typeahead");
  const input = make("input", {
    type: "text",
    id,
    class: "typeahead__input",
    role: "combobox",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    enterkeyhint: "done",
    placeholder: select.dataset.textPlaceholder,
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
    "aria-describedby": select.getAttribute("aria-describedby"),
    "aria-invalid": select.getAttribute("aria-invalid"),
    "aria-required": select.required ? "true" : null,
  });
  input.required = select.required;
  input.disabled = select.disabled;
  // The box takes over the name that the label and the list of errors point to.
  const label = select.labels && select.labels[0];
  select.id = `${id}_select`;
  if (label) {
    label.htmlFor = id;
    label.id = label.id || freshId("label");
  } else if (select.getAttribute("aria-label")) {
    input.setAttribute("aria-label", select.getAttribute("aria-label"));
  }
  const list = make("ul", { id: listId, class: "typeahead__list", role: "listbox", hidden: true });
  if (label) list.setAttribute("aria-labelledby", label.id);
  const status = make("span", { class: "visually-hidden", role: "status" });
  const box = make("div", { class: "typeahead" }, input, list, status);
  select.required = false;
  select.hidden = true;
  select.after(box);
  return { box, input, list, status };
}

function drawn({ entry, alias }, id, chosen) {
  const name = make("span", { class: "typeahead__name" }, entry.name);
  if (alias) name.append(make("span", { class: "typeahead__alias" }, alias));
  const about = [entry.group, entry.hint].filter(Boolean).join(" · ");
  const item = make("li", { id, role: "option", "aria-selected": String(chosen), class: "typeahead__item" }, name);
  if (about) item.append(make("span", { class: "typeahead__about" }, about));
  return item;
}

function enhance(select) {
  const entries = entriesOf(select);
  const { box, input, list, status } = build(select);
  let shown = [];
  let active = -1;

  const chosenName = () => (select.value === "" ? "" : select.selectedOptions[0].text.trim());
  const isOpen = () => !list.hidden;

  function point(index) {
    active = index;
    [...list.children].forEach((item, at) => item.classList.toggle("is-active", at === index));
    if (index < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    const item = list.children[index];
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  function open(text) {
    const found = search(entries, text);
    shown = found.slice(0, SHOWN);
    list.replaceChildren(
      ...shown.map((match, at) => drawn(match, `${list.id}-${at}`, match.entry.option.value === select.value)),
    );
    list.hidden = shown.length === 0;
    if (list.getBoundingClientRect().bottom > window.innerHeight) box.scrollIntoView({ block: "start" });
    input.setAttribute("aria-expanded", String(isOpen()));
    point(-1);
    const texts = select.dataset;
    status.textContent = found.length ? fill(texts.textResults, { count: found.length }) : texts.textNone || "";
    box.classList.toggle("has-none", found.length === 0);
    box.dataset.none = found.length ? "" : texts.textNone || "";
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    box.classList.remove("has-none");
    point(-1);
  }

  function choose(entry) {
    const changed = select.value !== (entry ? entry.option.value : "");
    select.value = entry ? entry.option.value : "";
    input.value = chosenName();
    input.setCustomValidity("");
    close();
    if (changed) select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Leaving the field: a text that names exactly one option counts as chosen, an emptied field as none, and any
  // other text falls back to what was chosen before, so that the field never shows what is not sent.
  function settle() {
    const text = fold(input.value);
    if (text === fold(chosenName())) input.value = chosenName();
    else if (text === "") choose(null);
    else {
      const exact = entries.filter((entry) => fold(entry.name) === text || entry.code === text);
      const found = exact.length ? exact : search(entries, text).map(({ entry }) => entry);
      if (found.length === 1) choose(found[0]);
      else input.value = chosenName();
    }
    close();
  }

  function step(by) {
    if (!isOpen()) open(input.value === chosenName() ? "" : input.value);
    if (!shown.length) return;
    if (active < 0) point(by > 0 ? 0 : shown.length - 1);
    else point((active + by + shown.length) % shown.length);
  }

  const keys = {
    ArrowDown: (event) => (event.altKey ? open("") : step(1)),
    ArrowUp: (event) => (event.altKey ? close() : step(-1)),
    PageDown: () => isOpen() && point(Math.min(shown.length - 1, active + 8)),
    PageUp: () => isOpen() && point(Math.max(0, active - 8)),
    Enter: () => {
      if (!isOpen()) return false;
      const match = shown[active >= 0 ? active : 0];
      if (match) choose(match.entry);
      return true;
    },
    Escape: () => {
      if (isOpen()) close();
      else if (input.value === chosenName()) choose(null);
      else {
        input.value = chosenName();
        close();
      }
    },
  };

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !(event.key in keys)) return;
    if (keys[event.key](event) !== false) event.preventDefault();
  });
  input.addEventListener("input", (event) => event.isComposing || open(input.value));
  input.addEventListener("compositionend", () => open(input.value));
  input.addEventListener("click", () => isOpen() || open(input.value === chosenName() ? "" : input.value));
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", settle);
  // Keeps the focus in the field, so that "blur" does not come between press and release.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]");
    if (item) choose(shown[[...list.children].indexOf(item)].entry);
  });
  select.addEventListener("change", () => {
    input.value = chosenName();
  });
  if (select.form) {
    const again = () => choose(entries.find((entry) => entry.option.selected) || null);
    select.form.addEventListener("reset", () => window.setTimeout(again, 0));
  }
  input.value = chosenName();
}

export function enhanceTypeaheads(root) {
  each(root, "select[data-typeahead]:not([multiple])", "Typeahead", enhance);
}
