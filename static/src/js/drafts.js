// Keeps what was typed into form[data-draft="name"] in this tab until the server has taken it: a lost connection, an
// ended session or a closed page costs nobody a text. Only sessionStorage, per person and tab; passwords, files and
// fields marked data-draft="off" are never kept, and logging out forgets everything.

const PREFIX = "draft:";
const SENT = "draft-sent:";

const person = () => document.body.dataset.person || "nobody";
const keyOf = (form) => `${PREFIX}${person()}:${form.dataset.draft}`;
const sentKeyOf = (form) => `${SENT}${person()}:${form.dataset.draft}`;

function store(action) {
  try {
    return action(window.sessionStorage);
  } catch {
    return null;
  }
}

function fields(form) {
  return [...form.elements].filter(
    (field) =>
      field.name &&
      field.dataset.draft !== "off" &&
      !["password", "file", "hidden", "submit", "button", "reset", "fieldset"].includes(field.type),
  );
}

function pristine(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked === field.defaultChecked;
  if (field.tagName === "SELECT") {
    const options = [...field.options];
    const marked = options.some((option) => option.defaultSelected);
    if (!marked && !field.multiple) return field.selectedIndex <= 0;
    return options.every((option) => option.selected === option.defaultSelected);
  }
  return field.value === field.defaultValue;
}

function read(form) {
  return fields(form)
    .filter((field) => !pristine(field))
    .map((field) => {
      const toggle = field.type === "checkbox" || field.type === "radio";
      return { name: field.name, value: field.value, on: toggle ? field.checked : null };
    });
}

// Only what cannot be chosen again in a moment is worth a question: typed text and photos.
export function isDirty(form) {
  const typed = fields(form).filter((field) => /^(text|textarea|tel|email|search|url)$/.test(field.type));
  return typed.some((field) => !pristine(field)) || form.querySelector("[data-chosen]") !== null;
}

export function keep(form) {
  const entries = read(form);
  store((shelf) => {
    if (entries.length) shelf.setItem(keyOf(form), JSON.stringify(entries));
    else shelf.removeItem(keyOf(form));
  });
}

export function forget(form) {
  store((shelf) => {
    shelf.removeItem(keyOf(form));
    shelf.removeItem(sentKeyOf(form));
  });
}

export function forgetAll() {
  store((shelf) => {
    for (const key of Object.keys(shelf)) {
      if (key.startsWith(PREFIX) || key.startsWith(SENT)) shelf.removeItem(key);
    }
  });
}

export function noteSent(form) {
  const key = form.elements.idempotency_key;
  store((shelf) => shelf.setItem(sentKeyOf(form), key ? key.value : "sent"));
}

// Puts kept text back into fields that nobody (neither the server nor the person) has filled since.
export function restore(form) {
  const entries = store((shelf) => JSON.parse(shelf.getItem(keyOf(form)) || "[]")) || [];
  let restored = 0;
  for (const { name, value, on } of entries) {
    const field = fields(form).find(
      (candidate) => candidate.name === name && (on === null || candidate.value === value),
    );
    if (!field || !pristine(field)) continue;
    if (on !== null) {
      if (field.checked === on) continue;
      field.checked = on;
    } else {
      if (field.value !== "" && field.tagName !== "SELECT") continue;
      if (field.value === value) continue;
      field.value = value;
      if (field.value !== value) continue;
    }
    restored += 1;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  return restored;
}

// On every page: was a form that was sent taken? It was when the answer says so (data-draft-clear), when it brought us
// to a page without that form, or when that form came back new with a success message. A page that refuses
// (body[data-keep-drafts]) and a step back in the browser's history keep what was typed.
export function settle() {
  for (const mark of document.querySelectorAll("[data-draft-clear]")) {
    const name = `${person()}:${mark.dataset.draftClear}`;
    store((shelf) => {
      shelf.removeItem(PREFIX + name);
      shelf.removeItem(SENT + name);
    });
  }
  const visit = performance.getEntriesByType("navigation")[0];
  const back = visit && visit.type !== "navigate";
  const refused = back || document.body.hasAttribute("data-keep-drafts");
  const succeeded = document.querySelector("[data-message=success]") !== null;
  store((shelf) => {
    for (const key of Object.keys(shelf).filter((name) => name.startsWith(SENT))) {
      const name = key.slice(SENT.length);
      const form = [...document.querySelectorAll("form[data-draft]")].find((one) => keyOf(one) === PREFIX + name);
      const again = form && form.elements.idempotency_key && form.elements.idempotency_key.value === shelf.getItem(key);
      if (!refused && !again && (!form || succeeded)) shelf.removeItem(PREFIX + name);
      shelf.removeItem(key);
    }
  });
}
