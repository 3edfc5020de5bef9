// Sends a form once and loses nothing that was typed.
// form[data-once]: a second press does nothing (the hidden idempotency key guards the same on the server); a device
// that knows it is offline is told so before anything is sent. form[data-draft="name"]: see drafts.js; asks before
// leaving with unsent text. form[data-drafts-forget] (logging out) forgets every draft.
import { each, icon, make } from "./dom.js";
import { forget, forgetAll, isDirty, keep, noteSent, restore, settle } from "./drafts.js";

const PAUSE = 400;
const GIVE_UP = 30000;

const submitters = (form) => [...form.elements].filter((element) => element.type === "submit");

export function release(form) {
  delete form.dataset.sending;
  for (const button of submitters(form)) {
    button.removeAttribute("aria-disabled");
    button.classList.remove("is-busy");
    if (button.dataset.usual !== undefined) {
      button.replaceChildren(...button.usualContent);
      delete button.dataset.usual;
    }
  }
}

export function hold(form, pressed) {
  form.dataset.sending = "yes";
  // aria-disabled, not disabled: a disabled button loses the focus and its own name and value.
  for (const button of submitters(form)) button.setAttribute("aria-disabled", "true");
  if (!pressed) return;
  pressed.classList.add("is-busy");
  if (form.dataset.textSending) {
    pressed.usualContent = [...pressed.childNodes];
    pressed.dataset.usual = "";
    pressed.replaceChildren(form.dataset.textSending);
  }
}

export function notice(form, kind, sentence, action) {
  const old = form.querySelector(`[data-notice=${kind}]`);
  if (old) old.remove();
  if (!sentence) return;
  const tone = kind === "offline" ? "alert--warning" : "alert--info";
  const box = make("div", { class: `alert ${tone}`, role: "status", "data-notice": kind });
  box.append(icon(kind === "offline" ? "warning" : "info"), make("p", {}, sentence));
  if (action) box.append(action);
  form.prepend(box);
}

function enhanceOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (navigator.onLine === false) {
      event.preventDefault();
      event.stopImmediatePropagation();
      notice(form, "offline", form.dataset.textOffline);
      form.querySelector("[data-notice=offline]")?.scrollIntoView({ block: "nearest" });
      return;
    }
    // Photos that are still being reduced are waited for, then the same button is pressed again.
    const working = form.querySelector("[data-photos][data-working]");
    if (working) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const pressed = event.submitter;
      working.addEventListener("photos:ready", () => form.requestSubmit(pressed || undefined), { once: true });
      return;
    }
    notice(form, "offline", "");
    if (form.dataset.draft) {
      keep(form);
      noteSent(form);
    }
    const pressed = event.submitter;
    // After the browser has collected the form's data; and never for ever, in case no answer comes.
    window.setTimeout(() => event.defaultPrevented || hold(form, pressed), 0);
    window.setTimeout(() => release(form), GIVE_UP);
  });
  form.addEventListener("htmx:afterRequest", () => release(form));
  window.addEventListener("pageshow", (event) => event.persisted && release(form));
}

function enhanceDraft(form) {
  if (restore(form)) {
    const discard = make("button", { type: "button", class: "btn btn--quiet" }, form.dataset.textDiscard || "×");
    discard.addEventListener("click", () => {
      forget(form);
      form.reset();
      notice(form, "restored", "");
      const first = form.querySelector("input:not([type=hidden]), select, textarea");
      if (first) first.focus();
    });
    notice(form, "restored", form.dataset.textRestored, discard);
  }
  let timer = 0;
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => form.dataset.sending || keep(form), PAUSE);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  window.addEventListener("pagehide", () => form.dataset.sending || keep(form));
  window.addEventListener("beforeunload", (event) => {
    if (form.dataset.sending || !form.isConnected || !isDirty(form)) return;
    keep(form);
    event.preventDefault();
    event.returnValue = "";
  });
}

export function settleDrafts() {
  settle();
}

export function enhanceForms(root) {
  each(root, "form[data-draft]", "Draft", enhanceDraft);
  each(root, "form[data-once]", "Once", enhanceOnce);
  each(root, "form[data-drafts-forget]", "Forget", (form) => form.addEventListener("submit", forgetAll));
}
