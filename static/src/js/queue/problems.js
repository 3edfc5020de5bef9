// Shows what the server wants mended as the page's own form does: a summary that leads to the fields, and the sentence
// beside each field. Sentence: data-text-check of the form.
import { freshId, make } from "../dom.js";

function clear(form) {
  for (const old of form.querySelectorAll("[data-problem]")) old.remove();
  for (const field of form.querySelectorAll(".field--invalid")) field.classList.remove("field--invalid");
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

// The element that a person sees: the search box stands for its select.
function controlOf(form, name) {
  const named = name ? form.elements[name] : null;
  if (!named || named.type === "hidden") return null;
  const seen = named.hidden ? named.parentElement.querySelector("[role=combobox]") : named;
  if (seen && !seen.id) seen.id = freshId("field");
  return seen;
}

function mark(form, control, sentence) {
  const field = control.closest(".field");
  if (!field) return;
  field.classList.add("field--invalid");
  control.setAttribute("aria-invalid", "true");
  const list = make("ul", { class: "field__errors", "data-problem": true }, make("li", {}, sentence));
  const label = field.querySelector("label");
  if (label) label.after(list);
  else field.prepend(list);
  const fold = field.closest("details");
  if (fold) fold.open = true;
}

export function showProblems(form, problems, { focus = false } = {}) {
  clear(form);
  if (!problems.length) return;
  const list = make("ul");
  for (const { field, label, detail } of problems) {
    const control = controlOf(form, field);
    if (control) mark(form, control, detail);
    const words = control ? [make("a", { href: `#${control.id}` }, label || detail), label ? `: ${detail}` : ""] : [detail];
    list.append(make("li", {}, ...words));
  }
  const title = make("h2", {}, form.dataset.textCheck || "");
  const box = make("div", { class: "error-summary", role: "alert", tabindex: "-1", "data-problem": true }, title, list);
  // A link inside the page must not become the address of the page: it may name a report.
  box.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    document.getElementById(link.hash.slice(1)).focus();
  });
  form.prepend(box);
  if (focus) box.focus();
}
