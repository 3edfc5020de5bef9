// The report form of a phone (form[data-report]): keeps text and photos on the device while they are written, puts a
// report on the queue before anything is sent, and shows what the server wants mended. /cases/new/#key opens a report of
// the queue again. Where the device keeps nothing, the form is an ordinary one and is sent as such.
import { each, fill, icon, make } from "../dom.js";
import { hold, notice, release } from "../once.js";
import { showProblems } from "./problems.js";
import { person, sendSoon, wishSync } from "./frame.js";
import { attempt, freshKey } from "./send.js";
import { change, isFull, photosOf, remove, report as read, reportsOf, write } from "./store.js";

const PAUSE = 400;
// So long one waits before the button; then the report goes on by itself.
const AT_THE_BUTTON = 12000;
const NOT_CONTENT = new Set(["csrfmiddlewaretoken", "idempotency_key", "kept_photos", "join"]);
const WRITTEN = ["description", "address", "category", "reporter_name", "reporter_phone", "result"];

const fresh = () => ({
  key: freshKey(),
  once: freshKey(),
  person: person(),
  state: "draft",
  fields: [],
  about: {},
  created: Date.now(),
  changed: Date.now(),
  attempts: 0,
  next: 0,
  hold: 0,
  unsure: false,
  error: null,
  receipt: null,
});

// A draft belongs to the tab in which it is open: a second tab begins one of its own.
function claim(key) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks.request(`open:${key}`, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}

class Report {
  constructor(form) {
    this.form = form;
    this.report = fresh();
    this.photosChanged = false;
    this.work = Promise.resolve();
    this.timer = 0;
  }

  inputs() {
    return [...this.form.querySelectorAll("input[type=file]")];
  }

  fields() {
    return [...new FormData(this.form).entries()].filter(
      ([name, value]) => typeof value === "string" && value !== "" && !NOT_CONTENT.has(name),
    );
  }

  isEmpty() {
    const said = this.fields().some(([name]) => WRITTEN.includes(name));
    return !said && this.inputs().every((input) => input.files.length === 0);
  }

  about() {
    const chosen = (name) => {
      const select = this.form.elements[name];
      return select && select.value ? select.selectedOptions[0].text.trim() : "";
    };
    return { category: chosen("category"), block: chosen("block") };
  }

  async photos() {
    const found = [];
    for (const input of this.inputs()) {
      for (const file of input.files) {
        found.push({ field: input.name, name: file.name, type: file.type, bytes: await file.arrayBuffer() });
      }
    }
    return found;
  }

  // One after the other: what is typed last is what is kept.
  save(state) {
    this.work = this.work.catch(() => {}).then(() => this.saveNow(state));
    return this.work;
  }

  async saveNow(state) {
    if (!state && this.isEmpty()) {
      if (this.report.state === "draft") await remove(this.report.key);
      return;
    }
    const photos = this.photosChanged || state ? await this.photos() : null;
    this.photosChanged = false;
    this.report = { ...this.report, fields: this.fields(), about: this.about(), changed: Date.now() };
    if (state) this.report = { ...this.report, state, next: 0, hold: 0, error: null };
    await write(this.report, photos);
  }

  later() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.keep(), PAUSE);
  }

  keep() {
    window.clearTimeout(this.timer);
    if (this.form.dataset.sending || this.form.hidden) return;
    this.save().catch((problem) => this.tellFull(problem));
  }

  tellFull(problem) {
    const { textFull, textNotKept } = this.form.dataset;
    notice(this.form, "offline", isFull(problem) ? textFull : textNotKept);
  }

  // What the form begins with: the report that the address names, else what this person began and did not finish.
  async begin() {
    const key = decodeURIComponent(window.location.hash.slice(1));
    const named = key ? await read(key) : null;
    if (named && named.person === person() && named.state !== "sent" && !named.unsure) {
      // While it is open nobody sends it; it stays in the list, so that it is not forgotten.
      const opened = (now) => (now.state === "waiting" ? { ...now, state: "mend", error: { code: "opened", errors: [] } } : null);
      await claim(named.key);
      await this.put(await change(named.key, opened));
      return;
    }
    const drafts = (await reportsOf(person())).filter(({ state }) => state === "draft");
    for (const draft of drafts.reverse()) {
      if (await claim(draft.key)) {
        await this.put(draft);
        this.offerDiscard();
        return;
      }
    }
    await claim(this.report.key);
  }

  async put(report) {
    this.report = report;
    for (const [name, value] of report.fields) this.putField(name, value);
    const photos = await photosOf(report.key);
    for (const input of this.inputs()) {
      const files = photos
        .filter(({ field }) => field === input.name)
        .map(({ bytes, name, type }) => new File([bytes], name, { type }));
      const box = input.closest("[data-photos]");
      if (files.length && box) box.dispatchEvent(new CustomEvent("photos:put", { detail: { files } }));
    }
    this.putPlace();
    if (report.error && report.error.errors) showProblems(this.form, report.error.errors);
  }

  putField(name, value) {
    if (name === "seen") return this.form.append(make("input", { type: "hidden", name, value }));
    const field = this.form.elements[name];
    if (!field || field.value === value) return undefined;
    field.value = value;
    const fold = field.closest("details");
    if (fold) fold.open = true;
    // The block and the place are told together, below: a change of the block alone drops a measured place.
    if (name !== "block") field.dispatchEvent(new Event("change", { bubbles: true }));
    return undefined;
  }

  putPlace() {
    const { longitude, latitude, block } = this.form.elements;
    const box = this.form.querySelector("[data-place]");
    if (longitude.value && latitude.value) {
      const detail = { longitude: longitude.value, latitude: latitude.value };
      box.dispatchEvent(new CustomEvent("place:picked", { detail }));
    } else if (block.value) block.dispatchEvent(new Event("change", { bubbles: true }));
  }

  offerDiscard() {
    const discard = make("button", { type: "button", class: "btn btn--quiet" }, this.form.dataset.textDiscard);
    discard.addEventListener("click", async () => {
      notice(this.form, "restored", "");
      await remove(this.report.key);
      this.another();
    });
    notice(this.form, "restored", this.form.dataset.textRestored, discard);
  }

  another() {
    for (const input of this.form.querySelectorAll("input[name=seen]")) input.remove();
    this.report = fresh();
    this.form.reset();
    showProblems(this.form, []);
    this.form.querySelector("#similar").replaceChildren();
    if (window.location.hash) history.replaceState(null, "", window.location.pathname);
    claim(this.report.key);
  }

  // On the shelf first, then to the server: whatever happens from here on, the report is not lost.
  async send(pressed) {
    window.clearTimeout(this.timer);
    showProblems(this.form, []);
    notice(this.form, "restored", "");
    notice(this.form, "offline", "");
    try {
      await this.save("waiting");
      if (pressed && pressed.name === "join") {
        const joined = (now) => ({ ...now, fields: [...now.fields, ["join", pressed.value]] });
        this.report = await change(this.report.key, joined);
      }
    } catch (problem) {
      release(this.form);
      this.tellFull(problem);
      // The device keeps nothing: the form goes the plain way, if there is one.
      if (navigator.onLine !== false) this.form.submit();
      return;
    }
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
    wishSync();
    if (navigator.onLine === false) {
      this.showKept("network");
      return;
    }
    const { key } = this.report;
    const trying = attempt(key, person(), { asks: true, patient: true });
    const early = window.setTimeout(() => this.showKept("slow"), AT_THE_BUTTON);
    const tried = await trying.catch(() => null);
    window.clearTimeout(early);
    const report = tried ? tried.report : await read(key);
    // Whoever has gone on to the next report is left alone with it: the shelf knows what became of this one.
    if (this.report.key === key) this.settle(report, tried && tried.verdict);
  }

  settle(report, verdict) {
    if (!report) return this.another();
    this.report = report;
    if (report.state === "sent") {
      // Whoever has gone on to the next report meanwhile is not taken away from it.
      if (this.form.dataset.sending || this.form.hidden) window.location.assign(report.receipt.url);
      return undefined;
    }
    if (report.state === "waiting") return this.showKept(report.error ? report.error.why : "network");
    this.hideKept();
    release(this.form);
    if (verdict && verdict.html) return this.askSimilar(verdict.html);
    showProblems(this.form, report.error.errors, { focus: true });
    return undefined;
  }

  askSimilar(html) {
    const box = this.form.querySelector("#similar");
    const drawn = document.createRange().createContextualFragment(html);
    for (const input of this.form.querySelectorAll("input[name=seen]")) input.remove();
    box.replaceChildren(drawn);
    const question = box.querySelector("[role=alert]");
    if (question) question.focus();
  }

  showKept(why) {
    const panel = document.querySelector("[data-report-kept]");
    panel.querySelector("[data-kept-why]").textContent = fill(panel.dataset[`text${why[0].toUpperCase()}${why.slice(1)}`]);
    this.form.hidden = true;
    panel.hidden = false;
    panel.focus();
    window.scrollTo(0, 0);
    sendSoon();
  }

  hideKept() {
    document.querySelector("[data-report-kept]").hidden = true;
    this.form.hidden = false;
  }
}

function enhance(form) {
  // Sent and kept from here, not by once.js.
  delete form.dataset.once;
  delete form.dataset.draft;
  const one = new Report(form);
  // A page that came back from the server has its own text and photos.
  const fromServer = form.querySelector(".error-summary, [data-kept], [name=seen]");
  form.begun = fromServer ? Promise.resolve() : one.begin().catch(() => {});
  form.addEventListener("input", () => one.later());
  form.addEventListener("change", () => one.later());
  form.addEventListener("photos:changed", () => {
    one.photosChanged = true;
    one.later();
  });
  document.addEventListener("visibilitychange", () => document.hidden && one.keep());
  window.addEventListener("pagehide", () => one.keep());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.sending) return;
    const pressed = event.submitter;
    hold(form, pressed);
    const working = form.querySelector("[data-photos][data-working]");
    const ready = working
      ? new Promise((resolve) => working.addEventListener("photos:ready", resolve, { once: true }))
      : Promise.resolve();
    ready.then(() => form.begun).then(() => one.send(pressed));
  });
  const again = document.querySelector("[data-report-another]");
  if (again) {
    again.addEventListener("click", () => {
      release(form);
      one.another();
      one.hideKept();
      form.querySelector("textarea").focus();
    });
  }
}

export function enhanceReports(root) {
  if (!("indexedDB" in window) || !person()) return;
  each(root, "form[data-report]", "Report", enhance);
}
