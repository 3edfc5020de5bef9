// The phone's shelf in IndexedDB: reports that are written, waiting, to be mended, or just sent, with their photos.
// Photos lie beside the reports, so that a keystroke does not write megabytes; they are kept as bytes and not as files,
// because a file of a phone's gallery may be gone when it is read. Every change is told to the other tabs and the worker.
//
// A report: {key, person, once, state, fields, about, created, changed, attempts, next, hold, unsure, error, receipt}
// once: the key under which the server stores it once; fields: [name, value] pairs; about: words for the list of them;
// state: draft, waiting, mend or sent; next, hold: not before (hold: the server has said so).
const NAME = "yuhu-reports";
const REPORTS = "reports";
const PHOTOS = "photos";
const NOTES = "notes";

let opening = null;

function open() {
  opening =
    opening ||
    new Promise((resolve, reject) => {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore(REPORTS, { keyPath: "key" }).createIndex("person", "person");
        asked.result.createObjectStore(PHOTOS, { autoIncrement: true }).createIndex("key", "key");
        asked.result.createObjectStore(NOTES);
      };
      asked.onsuccess = () => {
        const base = asked.result;
        base.onversionchange = () => base.close();
        base.onclose = () => {
          opening = null;
        };
        resolve(base);
      };
      asked.onerror = () => reject(asked.error);
      asked.onblocked = () => reject(new Error("blocked"));
    }).catch((problem) => {
      opening = null;
      throw problem;
    });
  return opening;
}

// work(stores…) queues requests and may return one; resolves with its result when everything is on the disk.
async function within(mode, names, work) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(names, mode, { durability: "strict" });
    let request = null;
    transaction.oncomplete = () => resolve(request ? request.result : undefined);
    transaction.onabort = () => reject(transaction.error || new Error("aborted"));
    transaction.onerror = () => {};
    request = work(...names.map((name) => transaction.objectStore(name))) || null;
  });
}

const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(NAME) : null;
const listeners = new Set();

export function onChange(listener) {
  listeners.add(listener);
}

function tell() {
  for (const listener of listeners) listener();
  if (channel) channel.postMessage("changed");
}

if (channel) {
  channel.onmessage = () => {
    for (const listener of listeners) listener();
  };
}

export const report = (key) => within("readonly", [REPORTS], (reports) => reports.get(key));

export async function reportsOf(person) {
  const found = await within("readonly", [REPORTS], (reports) => reports.index("person").getAll(person));
  return found.sort((one, other) => one.created - other.created);
}

export async function photosOf(key) {
  const found = await within("readonly", [PHOTOS], (photos) => photos.index("key").getAll(key));
  return found.sort((one, other) => one.order - other.order);
}

function dropPhotos(photos, key) {
  photos.index("key").openKeyCursor(IDBKeyRange.only(key)).onsuccess = (event) => {
    const cursor = event.target.result;
    if (!cursor) return;
    photos.delete(cursor.primaryKey);
    cursor.continue();
  };
}

// Writes a report, and its photos where they are given: all of it or nothing.
export async function write(report, photos = null) {
  await within("readwrite", [REPORTS, PHOTOS], (reports, shelf) => {
    reports.put(report);
    if (!photos) return;
    const cursor = shelf.index("key").openKeyCursor(IDBKeyRange.only(report.key));
    cursor.onsuccess = () => {
      if (cursor.result) {
        shelf.delete(cursor.result.primaryKey);
        cursor.result.continue();
        return;
      }
      photos.forEach((photo, order) => shelf.add({ ...photo, key: report.key, order }));
    };
  });
  tell();
}

export async function remove(key) {
  await within("readwrite", [REPORTS, PHOTOS], (reports, photos) => {
    reports.delete(key);
    dropPhotos(photos, key);
  });
  tell();
}

// Changes a report as it is now: edit(report) gives the new one, or nothing to leave it. Gives what is there afterwards.
export async function change(key, edit) {
  let after;
  await within("readwrite", [REPORTS, PHOTOS], (reports, photos) => {
    const asked = reports.get(key);
    asked.onsuccess = () => {
      after = asked.result;
      const edited = after && edit(after);
      if (!edited) return;
      after = edited;
      reports.put(edited);
      if (edited.state === "sent") dropPhotos(photos, key);
    };
  });
  tell();
  return after;
}

// What somebody had begun and not sent goes with the log-out; what waits to be sent stays for the same person.
export async function forgetDrafts(person) {
  const drafts = (await reportsOf(person)).filter(({ state }) => state === "draft");
  for (const { key } of drafts) await remove(key);
}

export const note = (name) => within("readonly", [NOTES], (notes) => notes.get(name));
export const keepNote = (name, value) => within("readwrite", [NOTES], (notes) => notes.put(value, name));

export const isFull = (problem) => Boolean(problem) && problem.name === "QuotaExceededError";
