// The service worker: opens the app without a signal, and sends what waits when no page is open.
//
// Kept are the files of every page (cache first: their addresses name their content), the page without a signal, and two
// pages of the person who is logged in, the report form and the list of what waits. Everything else is always asked from
// the server. A person's pages are thrown away at every log-in and log-out and when another person's page is seen; an
// answer is kept only if the server says that it is that person's (X-Person) and nothing of this happened meanwhile.
//
// self.SHELL {version, files, offline, pages} is written above this script by the server (yuhu/dashboard/phone.py).
import { sendDue } from "./queue/send.js";
import { forgetDrafts, keepNote, note } from "./queue/store.js";

const { version, files, offline, pages } = self.SHELL;
const FILES = `files-${version}`;
const PAGES = `pages-${version}`;
const LOG_OUT = ["/logout/", "/admin/logout/"];
const LOG_IN = "/login/";
// A page that we have is shown when the server has not begun to answer after this time.
const PATIENCE = 1200;
const OLD = 3600 * 1000;
const WHOSE = "X-Person";
const KEPT_AT = "X-Kept-At";

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("sync", (event) => event.waitUntil(sendAll()));
self.addEventListener("message", (event) => {
  const { type, person, fresh } = event.data || {};
  if (type === "take-over") event.waitUntil(self.skipWaiting());
  if (type === "person") event.waitUntil(meet(String(person), fresh));
});

async function install() {
  const cache = await caches.open(FILES);
  await cache.addAll(files.map((file) => new Request(file, { cache: "no-cache" })));
  // Without cookies, so that it bears nobody's name.
  await cache.add(new Request(offline, { credentials: "omit", cache: "reload" }));
  // Whoever is logged in keeps a form that opens without a signal, also right after a new version.
  const person = await note("person");
  if (person) await keepPages(person).catch(() => {});
}

async function activate() {
  await self.clients.claim();
  const person = await note("person");
  const ready = await caches.has(PAGES);
  // Until the new form is here, the old one with its old files is better than none.
  if (!person || ready) await dropOthers();
}

async function dropOthers() {
  for (const name of await caches.keys()) {
    if (name !== FILES && name !== PAGES) await caches.delete(name);
  }
}

// Another log-in, or none: what was kept of a person's pages goes, and what is still under way is not kept (epoch).
async function forgetPages() {
  await keepNote("epoch", ((await note("epoch")) || 0) + 1);
  for (const name of await caches.keys()) {
    if (name.startsWith("pages-")) await caches.delete(name);
  }
}

async function meet(person, fresh) {
  const before = await note("page-person");
  if (before && before !== person) await forgetPages();
  await keepNote("page-person", person);
  await keepNote("person", person);
  const kept = await caches.match(pages[0], { cacheName: PAGES });
  const age = kept ? Date.now() - Number(kept.headers.get(KEPT_AT)) : Infinity;
  if (fresh || age > OLD) await keepPages(person);
  await dropOthers();
}

async function keepPages(person) {
  const epoch = await note("epoch");
  for (const page of pages) {
    const answer = await fetch(page, { credentials: "same-origin", redirect: "manual", cache: "no-store" });
    await keepPage(page, answer, person, epoch);
  }
}

async function keepPage(page, answer, person, epoch) {
  if (answer.status !== 200 || answer.redirected || answer.headers.get(WHOSE) !== person) return;
  const body = await answer.blob();
  if ((await note("epoch")) !== epoch) return;
  const headers = new Headers(answer.headers);
  headers.set(KEPT_AT, String(Date.now()));
  const cache = await caches.open(PAGES);
  await cache.put(page, new Response(body, { status: 200, headers }));
  // A log-out between the look and the writing: take it back.
  if ((await note("epoch")) !== epoch) await cache.delete(page);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "GET" && files.includes(url.pathname)) event.respondWith(fileFirst(request));
  else if (request.mode !== "navigate") return;
  else if (request.method === "GET") event.respondWith(page(event, url));
  else if (LOG_OUT.includes(url.pathname)) event.waitUntil(leave());
  else if (url.pathname === LOG_IN) event.respondWith(enter(request));
});

async function leave() {
  const person = await note("page-person");
  await forgetPages();
  await keepNote("page-person", "");
  if (person) await forgetDrafts(person);
}

// A log-in that was taken is answered with a way on; a refused one, or none for want of a signal, changes nothing.
async function enter(request) {
  const answer = await fetch(request);
  if (answer.type === "opaqueredirect" || answer.redirected) await forgetPages();
  return answer;
}

async function fileFirst(request) {
  const kept = (await caches.match(request, { cacheName: FILES })) || (await caches.match(request));
  return kept || fetch(request);
}

async function page(event, url) {
  const known = pages.includes(url.pathname) ? url.pathname : "";
  const kept = known ? await caches.match(known) : null;
  const asked = askFor(event, known);
  if (!kept) return asked.catch(() => caches.match(offline).then((shown) => shown || Response.error()));
  const late = new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE));
  const answer = await Promise.race([asked.catch(() => null), late]);
  // A server that cannot answer now does not keep anybody from writing a report.
  return answer && answer.status < 500 ? answer : kept;
}

async function askFor(event, known) {
  const epoch = known ? await note("epoch") : 0;
  const answer = await fetch(event.request);
  if (known && answer.status === 200) {
    const copy = answer.clone();
    event.waitUntil(note("page-person").then((person) => person && keepPage(known, copy, person, epoch)));
  }
  return answer;
}

// Background Sync: the browser calls again when this fails, so it fails while something waits.
async function sendAll() {
  const person = await note("person");
  const next = person ? await sendDue(person, { fresh: true }) : null;
  if (next) throw new Error("reports are still waiting");
}
