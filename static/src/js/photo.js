// Photos of a form: shows what was chosen, keeps it when more are added, lets one be taken out again, and reduces
// big pictures to 2,560 px before they cross a slow network. What cannot be decoded here is sent as it is; the server
// judges it. Container [data-photos] with an input[type=file], a list [data-photo-list] and a status line
// [data-photo-status]; limits and sentences are data attributes. Without script the plain file input serves.
// Says "photos:changed" after each change and "photos:place" where a photo says where it was taken; "photos:put" brings
// photos back that were kept on the device, which are reduced already.
import { each, fill, icon, make } from "./dom.js";
import { placeOf, withExifOf } from "./exif.js";

const LONGEST = 2560;
const QUALITY = 0.85;
const SMALL_ENOUGH = 1.5 * 1024 * 1024;

async function reduce(file) {
  if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type) || typeof createImageBitmap !== "function") return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file;
  }
  try {
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    if (scale === 1 && file.size <= SMALL_ENOUGH) return file;
    const canvas = make("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!blob || blob.size >= file.size) return file;
    const named = `${file.name.replace(/\.[^.]*$/, "") || "photo"}.jpg`;
    return new File([await withExifOf(file, blob)], named, { type: "image/jpeg", lastModified: file.lastModified });
  } finally {
    bitmap.close();
  }
}

function canSetFiles() {
  try {
    return new DataTransfer().files instanceof FileList;
  } catch {
    return false;
  }
}

function enhance(box) {
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector("[data-photo-list]");
  const status = box.querySelector("[data-photo-status]");
  if (!input || !list || !canSetFiles()) return;
  const texts = box.dataset;
  const most = Number(texts.max || 9);
  const heaviest = Number(texts.maxBytes || 20 * 1024 * 1024);
  let chosen = [];
  let work = Promise.resolve();

  const say = (sentence) => {
    status.textContent = sentence;
  };
  const kept = () => box.querySelectorAll("[data-kept] input[type=checkbox]:checked").length;

  function write() {
    const files = new DataTransfer();
    for (const { file } of chosen) files.items.add(file);
    input.files = files.files;
    box.dispatchEvent(new CustomEvent("photos:changed", { bubbles: true }));
  }

  function draw() {
    for (const old of list.querySelectorAll("[data-chosen]")) old.remove();
    chosen.forEach((entry, index) => {
      const label = fill(texts.textRemove, { name: entry.file.name });
      const remove = make("button", { type: "button", class: "photo__remove", "aria-label": label, title: label });
      remove.append(icon("close"));
      remove.addEventListener("click", () => {
        URL.revokeObjectURL(entry.url);
        chosen = chosen.filter((other) => other !== entry);
        write();
        draw();
        say(fill(texts.textCount, { count: chosen.length + kept() }));
        input.focus();
      });
      const shown = entry.file.type.startsWith("image/")
        ? make("img", { src: entry.url, alt: fill(texts.textAlt, { number: index + 1, name: entry.file.name }) })
        : make("span", { class: "photo__name" }, entry.file.name);
      list.append(make("li", { class: "photo", "data-chosen": true }, shown, remove));
    });
    box.classList.toggle("has-photos", chosen.length > 0);
  }

  async function tellPlace(file) {
    const detail = await placeOf(file);
    if (detail) box.dispatchEvent(new CustomEvent("photos:place", { bubbles: true, detail }));
  }

  async function add(files, asTheyAre = false) {
    say(texts.textWorking);
    let complaint = "";
    for (const file of files) {
      if (chosen.length + kept() >= most) {
        complaint = fill(texts.textTooMany, { max: most });
        break;
      }
      const known = chosen.some(({ original }) => original.name === file.name && original.size === file.size);
      if (known) continue;
      const ready = asTheyAre ? file : await reduce(file);
      if (ready.size > heaviest) {
        complaint = fill(texts.textTooBig, { name: file.name, megabytes: Math.round(heaviest / 1048576) });
        continue;
      }
      await tellPlace(file);
      chosen.push({ file: ready, original: { name: file.name, size: file.size }, url: URL.createObjectURL(ready) });
    }
    write();
    draw();
    say(complaint || fill(texts.textCount, { count: chosen.length + kept() }));
  }

  // One after the other: two quick choices must not overtake each other.
  function take(files, asTheyAre) {
    box.dataset.working = "yes";
    work = work
      .then(() => add(files, asTheyAre))
      .finally(() => {
        delete box.dataset.working;
        box.dispatchEvent(new CustomEvent("photos:ready", { bubbles: true }));
      });
  }

  input.addEventListener("change", () => {
    const files = [...input.files];
    if (files.length) take(files, false);
    else write();
  });
  box.addEventListener("photos:put", (event) => take(event.detail.files, true));
  if (input.form) {
    input.form.addEventListener("reset", () => {
      chosen.forEach(({ url }) => URL.revokeObjectURL(url));
      chosen = [];
      draw();
    });
  }
  if (input.files.length) input.dispatchEvent(new Event("change"));
}

export function enhancePhotos(root) {
  each(root, "[data-photos]", "Photos", enhance);
}
