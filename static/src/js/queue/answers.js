// What an answer means for a report that waits: the one table that says when it may leave the phone's queue.
// Pure: no request, no storage, no clock of its own, so that every line of it can be tested alone.
//
// Final is only what our own server has said about this very report: it is stored, or the person must mend it. Whatever
// else comes (no network, an ended log-in, a busy server, the page of a captive portal) says nothing about the report:
// it stays and is sent again.

// The server, or something before it, asks to come back; nothing of the report was judged.
const COME_BACK = [408, 425, 429];
const SECOND = 1000;
const FIRST_PAUSE = 5 * SECOND;
const LONGEST_PAUSE = 15 * 60 * SECOND;
// Asking for a line that is not there troubles nobody.
const LONGEST_WITHOUT_LINE = 60 * SECOND;

const later = (why, more = {}) => ({ kind: "later", why, unsure: true, wait: 0, ...more });

// answer: null without any, else {status, redirected, data, retryAfter}; data is the body when it was JSON, else null.
// Gives {kind: "sent", number, url}, {kind: "mend", code, errors, html, seen} or {kind: "later", why, unsure, wait}.
// unsure: the report may have been stored although nobody said so; only its key may then be sent again, nothing else.
export function judge(answer, now = Date.now()) {
  if (!answer) return later("network");
  const { status, data } = answer;
  const wait = waitOf(answer.retryAfter, now);
  if (answer.redirected || status === 401) return later("login", { unsure: false });
  if (status === 201 && data && data.number && data.url) return { kind: "sent", number: data.number, url: data.url };
  if (status < 400) return later("strange");
  if (COME_BACK.includes(status)) return later("busy", { unsure: false, wait });
  if (status >= 500) return later(status === 503 ? "busy" : "server", { wait });
  if (data && data.code === "another_person") return later("login", { unsure: false });
  if (data && Array.isArray(data.errors)) {
    return { kind: "mend", code: data.code || "", errors: data.errors, html: data.html || "", seen: data.seen || [] };
  }
  // Too large for something before our server: sending the same again cannot help.
  if (status === 413) return { kind: "mend", code: "too_large", errors: [], html: "", seen: [] };
  // 403 with a page: the token of a form that had ended. Others: not from our door.
  return later("strange", { unsure: status !== 403, wait });
}

// Retry-After in milliseconds: seconds or a date.
export function waitOf(said, now = Date.now()) {
  if (!said) return 0;
  const seconds = Number(said);
  const wait = Number.isFinite(seconds) ? seconds * SECOND : Date.parse(said) - now;
  return wait > 0 ? Math.min(wait, 24 * 3600 * SECOND) : 0;
}

// How long to leave a report alone after so many attempts: twice as long each time, never two phones in step.
export function pauseAfter(attempts, why = "", random = Math.random()) {
  const most = why === "network" ? LONGEST_WITHOUT_LINE : LONGEST_PAUSE;
  const longest = Math.min(most, FIRST_PAUSE * 2 ** Math.min(attempts - 1, 12));
  return Math.round(longest / 2 + (longest / 2) * random);
}
