// The page of what waits on this device ([data-unsent-list], templates/cases/unsent.html): photos, words, state, and what
// one can do with each report. Sentences are data-text-* of the list; a report is drawn from the page's <template>.
import { each, fill } from "../dom.js";
import { person } from "./frame.js";
import { attempt } from "./send.js";
import { change, onChange, photosOf, remove, reportsOf } from "./store.js";

const ORDER = ["mend", "waiting", "draft", "sent"];
const upper = (name) => name[0].toUpperCase() + name.slice(1);
const when = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
  month: "numeric",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

const pictures = new Map();

// One address for each photo for as long as the page is open.
async function drawPhotos(list, report) {
  if (!pictures.has(report.key)) {
    const photos = await photosOf(report.key);
    pictures.set(
      report.key,
      photos.map(({ bytes, type }) => URL.createObjectURL(new Blob([bytes], { type }))),
    );
  }
  for (const url of pictures.get(report.key)) {
    const image = document.createElement("img");
    image.src = url;
    image.alt = "";
    list.append(image);
  }
}

const valueOf = (report, name) => (report.fields.find(([field]) => field === name) || ["", ""])[1];

function sentence(texts, report) {
  if (report.state !== "waiting") return texts[`textHint${upper(report.state)}`] || "";
  const why = report.error ? report.error.why : "network";
  const said = texts[`textWhy${upper(why)}`] || "";
  return report.unsure ? `${said} ${texts.textUnsure}` : said;
}

function draw(box, template, report) {
  const texts = box.dataset;
  const item = template.content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`[data-part=${name}]`);
  item.dataset.key = report.key;
  item.dataset.state = report.state;
  part("state").textContent = texts[`textState${upper(report.state)}`];
  part("created").textContent = when.format(report.created);
  part("created").dateTime = new Date(report.created).toISOString();
  part("what").textContent = [report.about.category, report.about.block].filter(Boolean).join(" · ");
  part("text").textContent = valueOf(report, "description");
  part("hint").textContent = sentence(texts, report);
  const problems = (report.error && report.error.errors) || [];
  part("problems").replaceChildren(
    ...problems.map(({ label, detail }) => {
      const line = document.createElement("li");
      line.textContent = label ? `${label}: ${detail}` : detail;
      return line;
    }),
  );
  const isSent = report.state === "sent";
  part("open").hidden = !isSent;
  if (isSent) {
    part("open").href = report.receipt.url;
    part("number").textContent = report.receipt.number;
  }
  part("send").hidden = isSent || report.state === "draft";
  // What may have arrived is not changed: first it has to be known.
  part("change").hidden = isSent || report.unsure;
  part("change").href = `${texts.form}#${encodeURIComponent(report.key)}`;
  part("change").textContent = report.state === "draft" ? texts.textGoOn : part("change").textContent;
  part("discard").hidden = isSent;
  part("discard").dataset.confirm = report.unsure ? texts.textDiscardUnsure : texts.textDiscardAsk;
  part("forget").hidden = !isSent;
  part("send").addEventListener("click", () => sendNow(box, item, report));
  part("discard").addEventListener("click", () => remove(report.key));
  part("forget").addEventListener("click", () => remove(report.key));
  drawPhotos(part("photos"), report).catch(() => {});
  return item;
}

async function sendNow(box, item, report) {
  const button = item.querySelector("[data-part=send]");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  button.classList.add("is-busy");
  await change(report.key, (now) => ({ ...now, state: "waiting", next: 0, hold: 0 }));
  const tried = await attempt(report.key, person(), { patient: true });
  if (!tried) return;
  const told = box.querySelector("[data-told]");
  const { state, receipt } = tried.report;
  told.textContent = state === "sent" ? fill(box.dataset.textSent, receipt) : sentence(box.dataset, tried.report);
}

function enhance(box) {
  const list = box.querySelector("[data-reports]");
  const template = box.querySelector("template");
  const empty = box.querySelector("[data-empty]");
  let drawing = Promise.resolve();
  const show = () => {
    drawing = drawing
      .catch(() => {})
      .then(async () => {
        const reports = await reportsOf(person());
        reports.sort((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));
        const focused = document.activeElement && document.activeElement.dataset.part;
        const at = document.activeElement && document.activeElement.closest("[data-key]");
        list.replaceChildren(...reports.map((report) => draw(box, template, report)));
        empty.hidden = reports.length > 0;
        // Drawn anew under the finger: the focus stays where it was.
        if (at && focused) list.querySelector(`[data-key="${at.dataset.key}"] [data-part=${focused}]`)?.focus();
      });
    return drawing;
  };
  onChange(show);
  show().catch(() => {
    empty.hidden = false;
  });
}

export function enhanceUnsent(root) {
  if (!("indexedDB" in window) || !person()) return;
  each(root, "[data-unsent-list]", "Unsent", enhance);
}
