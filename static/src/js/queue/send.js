// Sends what waits, from a page or from the service worker. A report is sent by one sender at a time (Web Locks, or a
// lease on the shelf), with a token that was just asked for, and leaves the queue only on a final answer (answers.js).
// Sending twice does no harm all the same: the server stores a report once under its key.
import { judge, pauseAfter } from "./answers.js";
import { change, photosOf, remove, report as read, reportsOf } from "./store.js";

const WHO = "/cases/unsent/who/";
const SEND = "/cases/unsent/send/";
const PATIENCE = 30000;
// A line slower than this per photo's bytes is no line (bytes in a millisecond).
const SLOWEST = 4;
const SECOND = 1000;
const KEEP_RECEIPTS = 24 * 3600 * 1000;

export function freshKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function ask(url, options = {}, patience = PATIENCE) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), patience);
  try {
    const answer = await fetch(url, {
      credentials: "same-origin",
      cache: "no-store",
      redirect: "manual",
      headers: { Accept: "application/json" },
      signal: control.signal,
      ...options,
    });
    const json = (answer.headers.get("Content-Type") || "").startsWith("application/json");
    // Read to its end: an answer that breaks off in the middle is none.
    const text = await answer.text();
    return {
      status: answer.status,
      redirected: answer.type === "opaqueredirect",
      data: json ? JSON.parse(text) : null,
      retryAfter: answer.headers.get("Retry-After"),
    };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

// Who is logged in, with a fresh token; or why that could not be asked.
async function who() {
  const answer = await ask(WHO);
  if (answer && answer.status === 200 && answer.data && answer.data.token) return answer.data;
  const verdict = judge(answer);
  return { verdict: { kind: "later", why: verdict.why || "strange", wait: verdict.wait || 0, unsure: false } };
}

function bodyOf(report, photos, token, asks) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token);
  body.set("person", report.person);
  for (const [name, value] of report.fields) body.append(name, value);
  body.set("idempotency_key", report.once);
  if (asks) body.set("asks", "yes");
  for (const { field, bytes, type, name } of photos) body.append(field, new Blob([bytes], { type }), name);
  return body;
}

async function deliver(report, asks) {
  const me = await who();
  if (me.verdict) return me.verdict;
  if (String(me.person) !== report.person) return { kind: "later", why: "login", wait: 0, unsure: false };
  const photos = await photosOf(report.key);
  // From here on it may arrive without our hearing of it.
  await change(report.key, (now) => ({ ...now, unsure: true }));
  const bytes = photos.reduce((sum, photo) => sum + photo.bytes.byteLength, 0);
  const body = bodyOf(report, photos, me.token, asks);
  return judge(await ask(SEND, { method: "POST", body }, PATIENCE + bytes / SLOWEST));
}

// The report after an attempt; unsure: whether an earlier one may have arrived.
function after(report, verdict, unsure) {
  const attempts = report.attempts + 1;
  const now = Date.now();
  if (verdict.kind === "sent") {
    const receipt = { number: verdict.number, url: verdict.url };
    return { ...report, state: "sent", receipt, fields: [], error: null, unsure: false, attempts, changed: now };
  }
  if (verdict.kind === "mend") {
    const { code, errors, seen } = verdict;
    // The key belongs to what was stored under it: what is sent next is another matter.
    const once = code === "sent_before" ? freshKey() : report.once;
    const kept = report.fields.filter(([name]) => name !== "join");
    const fields = [...kept, ...seen.map((number) => ["seen", number])];
    return { ...report, state: "mend", error: { code, errors }, once, fields, unsure: false, attempts, changed: now };
  }
  const hold = verdict.wait ? now + verdict.wait : 0;
  const next = Math.max(hold, now + pauseAfter(attempts, verdict.why));
  return { ...report, error: { why: verdict.why }, attempts, next, hold, unsure: unsure || verdict.unsure };
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Only one sender at a time; null when somebody else is at it and patient is false.
async function exclusively(key, patient, work) {
  if (navigator.locks) {
    return navigator.locks.request(`report:${key}`, { ifAvailable: !patient }, (lock) => (lock ? work() : null));
  }
  const holder = freshKey();
  for (;;) {
    const until = Date.now() + 10 * 60 * 1000;
    const held = await change(key, (now) =>
      now.lease && now.lease.until > Date.now() ? null : { ...now, lease: { holder, until } },
    );
    if (!held) return null;
    if (held.lease && held.lease.holder === holder) break;
    if (!patient) return null;
    await wait(300);
  }
  try {
    return await work();
  } finally {
    await change(key, (now) => (now.lease && now.lease.holder === holder ? { ...now, lease: null } : null));
  }
}

// Tries to send one report of this person. Gives {report, verdict}; null when another sender has it or it is gone.
// asks: somebody is there to look at similar cases first; what is sent later is sent without that question.
export function attempt(key, person, { asks = false, patient = false } = {}) {
  return exclusively(key, patient, async () => {
    const report = await read(key);
    if (!report || report.person !== person) return null;
    if (report.state !== "waiting") return { report, verdict: null };
    const verdict = await deliver(report, asks);
    return { report: await change(key, (now) => after(now, verdict, report.unsure)), verdict };
  });
}

const FOR_ALL = ["network", "login", "busy"];

const isDue = (report, fresh) => report.hold <= Date.now() && (fresh || report.next <= Date.now());

// Sends everything of this person that is due; fresh: the network or the person has just come back, so what had failed
// is tried at once (but not what the server has asked to hold). Gives when to come again, or null when nothing waits.
export async function sendDue(person, { fresh = false } = {}) {
  await forgetReceipts(person);
  let notBefore = Date.now() + SECOND;
  for (const { key } of (await reportsOf(person)).filter((one) => one.state === "waiting" && isDue(one, fresh))) {
    const tried = await attempt(key, person);
    // Without network, log-in or a server that has time, the others need not be tried now. What fails by itself keeps
    // nobody else waiting.
    if (tried && tried.verdict && FOR_ALL.includes(tried.verdict.why)) {
      if (tried.report) notBefore = tried.report.next;
      break;
    }
  }
  const waiting = (await reportsOf(person)).filter((one) => one.state === "waiting");
  if (!waiting.length) return null;
  return Math.max(notBefore, Math.min(...waiting.map((one) => one.next)));
}

async function forgetReceipts(person) {
  const old = Date.now() - KEEP_RECEIPTS;
  for (const report of await reportsOf(person)) {
    if (report.state === "sent" && report.changed < old) await remove(report.key);
  }
}
