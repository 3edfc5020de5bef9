// The wall screen: asks for its pages anew, shows one after the other, and says when it cannot. What it shows last stays.
// body[data-wall] says how often (seconds): data-refresh, data-rotate, data-stale. Keys: space pauses, F fills the screen.
import { fill } from "./dom.js";

const body = document.body;
const seconds = (name) => Number(body.dataset[name]) * 1000;
const notice = document.querySelector("[data-wall-notice]");
const pause = document.querySelector("[data-wall-pause]");
const full = document.querySelector("[data-wall-full]");
const links = [...document.querySelectorAll("[data-wall-to]")];
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const PATIENCE = 30_000;
const kept = new Map(); // page → { html, at (when it came), told (as of when) }
const outlines = new Map(); // address → GeoJSON
let isPaused = "fixed" in body.dataset || still;
let isHovered = false;
let shown = document.querySelector("[data-wall-page]").dataset.wallPage;

const stage = () => document.querySelector("[data-wall-page]");

function say(sentence) {
  const { told } = kept.get(shown);
  notice.textContent = sentence ? fill(sentence, { at: told }) : "";
  notice.hidden = !sentence;
}

// --- The map: outlines as SVG, no tiles, no outside request ---------------------------------------

function ringsOf({ type, coordinates }) {
  return type === "Polygon" ? coordinates : type === "MultiPolygon" ? coordinates.flat() : [];
}

function svg(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// A degree of longitude is shorter than one of latitude, by the cosine of where one is.
function projected(features) {
  const points = features.flatMap(({ geometry }) => ringsOf(geometry).flat());
  const middle = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const narrow = Math.cos((middle * Math.PI) / 180);
  const xs = points.map(([x]) => x * narrow);
  const ys = points.map(([, y]) => -y);
  const [west, north] = [Math.min(...xs), Math.min(...ys)];
  const scale = 1000 / Math.max(Math.max(...xs) - west, Math.max(...ys) - north);
  const place = ([x, y]) => `${((x * narrow - west) * scale).toFixed(1)},${((-y - north) * scale).toFixed(1)}`;
  const box = [Math.max(...xs) - west, Math.max(...ys) - north].map((length) => (length * scale).toFixed(1));
  return { place, box: `0 0 ${box.join(" ")}` };
}

async function drawMap(root) {
  const holder = root.querySelector("[data-wall-map]");
  if (!holder) return;
  const url = holder.dataset.wallMap;
  if (!outlines.has(url)) {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) return;
    outlines.set(url, await answer.json());
  }
  const fills = JSON.parse(document.getElementById("wall-fills").textContent);
  const features = outlines.get(url).features.filter(({ geometry, properties }) => geometry && fills[properties.code]);
  if (!features.length) return;
  const { place, box } = projected(features);
  const picture = svg("svg", { viewBox: box, preserveAspectRatio: "xMidYMid meet", "aria-hidden": "true" });
  for (const { geometry, properties } of features) {
    const d = ringsOf(geometry).map((ring) => `M${ring.map(place).join("L")}Z`).join("");
    picture.append(svg("path", { d, class: `is-${fills[properties.code]}` }));
  }
  holder.replaceChildren(picture);
}

// --- Pages ----------------------------------------------------------------------------------------

function show(page) {
  const found = kept.get(page);
  if (!found) return;
  const fresh = new DOMParser().parseFromString(found.html, "text/html").querySelector("[data-wall-page]");
  stage().replaceWith(document.importNode(fresh, true));
  shown = page;
  for (const link of links) {
    if (link.dataset.wallTo === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  settle();
}

function settle() {
  stage().dispatchEvent(new CustomEvent("charts:draw", { bubbles: true }));
  drawMap(stage()).catch(() => {});
}

// One question at a time: a server that is slow is not asked again before it has answered, or half a minute is over.
let asking = null;

function ask(page) {
  asking ||= fetched(page).finally(() => {
    asking = null;
  });
  return asking;
}

async function fetched(page) {
  const url = new URL(window.location.href);
  url.searchParams.set("page", page);
  const patience = new AbortController();
  const over = window.setTimeout(() => patience.abort(), PATIENCE);
  try {
    const options = { credentials: "same-origin", headers: { "X-By-Itself": "1" }, signal: patience.signal };
    const answer = await fetch(url, options);
    const html = await answer.text();
    const told = new DOMParser().parseFromString(html, "text/html").querySelector("[data-wall-page]");
    if (!told) {
      // A log-in page, or a refusal: nobody will mend it by waiting.
      say(answer.redirected || answer.status === 403 ? body.dataset.textEnded : body.dataset.textGone);
      return false;
    }
    kept.set(page, { html, at: Date.now(), told: told.dataset.at });
    say("");
    return true;
  } catch {
    say(body.dataset.textGone);
    return false;
  } finally {
    window.clearTimeout(over);
  }
}

const isOld = (page, age) => !kept.has(page) || Date.now() - kept.get(page).at >= age;

async function refresh() {
  if (isOld(shown, seconds("refresh")) && (await ask(shown))) show(shown);
  else if (isOld(shown, seconds("stale")) && notice.hidden) say(body.dataset.textStale);
}

async function go(page) {
  if (isOld(page, seconds("refresh"))) await ask(page);
  if (page !== shown) show(page);
}

function next() {
  const at = links.findIndex((link) => link.dataset.wallTo === shown);
  return links[(at + 1) % links.length].dataset.wallTo;
}

// --- Hands ----------------------------------------------------------------------------------------

function tell() {
  pause.textContent = isPaused ? body.dataset.textGo : body.dataset.textPause;
  pause.setAttribute("aria-pressed", String(isPaused));
}

function toggle() {
  isPaused = !isPaused;
  tell();
}

function fillScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen().catch(() => {});
}

function listen() {
  pause.addEventListener("click", toggle);
  full.addEventListener("click", fillScreen);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const isOnControl = event.target.closest("a, button, summary, input");
    if (event.key === " " && !isOnControl) {
      event.preventDefault();
      toggle();
    } else if (event.key === "f" || event.key === "F") fillScreen();
  });
  document.addEventListener("mouseover", (event) => {
    isHovered = Boolean(event.target.closest("[data-wall-page] .box"));
  });
  document.documentElement.addEventListener("mouseleave", () => {
    isHovered = false;
  });
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(link.dataset.wallTo);
    });
  }
}

// The district's time, wherever the browser thinks that it is. The Swedish form is year-month-day.
const TIME = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "medium" });

function clock() {
  document.querySelector("[data-wall-clock]").textContent = TIME.format(new Date());
}

// The list of newest cases moves on by one line; whoever asked for less motion reads it as it stands.
function roll() {
  const list = document.querySelector("[data-wall-news]");
  if (list && !isPaused && !isHovered && list.scrollHeight > list.clientHeight) list.append(list.firstElementChild);
}

kept.set(shown, { html: document.documentElement.outerHTML, at: Date.now(), told: stage().dataset.at });
for (const button of [pause, full]) button.hidden = false;
tell();
listen();
clock();
drawMap(stage()).catch(() => {});
window.setInterval(clock, 1000);
window.setInterval(refresh, 5000);
window.setInterval(() => isPaused || isHovered || go(next()), seconds("rotate"));
if (!still) window.setInterval(roll, 4000);
