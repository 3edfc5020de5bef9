// On every page of somebody who is logged in: sends what waits when the network, the person or the time comes back,
// says how much waits, that there is no network, that a log-in has ended or that a new version is there, and keeps the
// service worker. Container [data-device] (templates/parts/device.html). Without script nothing waits on the device.
import { fill } from "../dom.js";
import { sendDue } from "./send.js";
import { forgetDrafts, keepNote, onChange, reportsOf } from "./store.js";

export const person = () => document.body.dataset.person || "";
const LONGEST_TIMER = 10 * 60 * 1000;

let timer = 0;
let running = null;

// One run at a time; a wish that comes meanwhile is a run afterwards.
export function sendSoon(options = {}) {
  if (!person() || navigator.onLine === false) return Promise.resolve();
  window.clearTimeout(timer);
  const before = running || Promise.resolve();
  running = before
    .then(() => sendDue(person(), options))
    .then((next) => {
      if (!next) return;
      window.clearTimeout(timer);
      timer = window.setTimeout(sendSoon, Math.min(LONGEST_TIMER, Math.max(0, next - Date.now())));
    })
    .catch(() => {});
  return running;
}

// Also when every tab is closed, where the browser can.
export async function wishSync() {
  try {
    const registration = await navigator.serviceWorker.ready;
    if (registration.sync) await registration.sync.register("reports");
  } catch {
    // Without it the next open page sends.
  }
}

async function show(box) {
  const reports = await reportsOf(person());
  const waiting = reports.filter(({ state }) => state === "waiting" || state === "mend");
  const drafts = reports.filter(({ state }) => state === "draft");
  for (const badge of document.querySelectorAll("[data-unsent]")) {
    badge.hidden = waiting.length === 0;
    badge.querySelector("[data-unsent-count]").textContent = waiting.length;
  }
  const failed = (why) => waiting.some(({ state, error }) => state === "waiting" && error && error.why === why);
  const line = navigator.onLine !== false;
  bar(box, "login", line && failed("login"));
  // Browsers take a line for good that leads nowhere: what could not be sent knows better.
  bar(box, "offline", !line || failed("network"));
  const words = [];
  if (waiting.length) words.push(fill(box.dataset.textLeaving, { count: waiting.length }));
  if (drafts.length) words.push(box.dataset.textDraft);
  for (const button of document.querySelectorAll("[data-drafts-forget] button")) {
    if (words.length) button.dataset.confirm = words.join(" ");
    else delete button.dataset.confirm;
  }
}

function bar(box, name, on) {
  box.querySelector(`[data-bar=${name}]`).hidden = !on;
}

function watchNetwork(box) {
  const line = () => show(box).catch(() => {});
  window.addEventListener("online", () => {
    line();
    sendSoon({ fresh: true });
  });
  window.addEventListener("offline", line);
  bar(box, "offline", navigator.onLine === false);
  document.addEventListener("visibilitychange", () => document.hidden || sendSoon({ fresh: true }));
}

// A new version waits until the person takes it: nobody loses the place in the middle of a form.
async function keepWorker(box) {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  let wanted = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => wanted && window.location.reload());
  const registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const offer = () => bar(box, "version", Boolean(registration.waiting && navigator.serviceWorker.controller));
  registration.addEventListener("updatefound", () => {
    const fresh = registration.installing;
    if (fresh) fresh.addEventListener("statechange", offer);
  });
  offer();
  box.querySelector("[data-take-version]").addEventListener("click", () => {
    wanted = true;
    if (registration.waiting) registration.waiting.postMessage({ type: "take-over" });
    else window.location.reload();
  });
  const ready = await navigator.serviceWorker.ready;
  // After a log-in the pages that the worker keeps have an ended token: it fetches them anew.
  const fresh = document.referrer.includes("/login/");
  ready.active.postMessage({ type: "person", person: person(), fresh });
}

export function enhanceDevice(root) {
  const box = root.querySelector("[data-device]");
  if (!box || !person() || !("indexedDB" in window)) return;
  onChange(() => show(box).catch(() => {}));
  show(box).catch(() => {});
  watchNetwork(box);
  keepWorker(box).catch(() => {});
  keepNote("person", person()).catch(() => {});
  for (const form of root.querySelectorAll("form[data-drafts-forget]")) {
    form.addEventListener("submit", () => forgetDrafts(person()).catch(() => {}));
  }
  sendSoon({ fresh: true });
}
