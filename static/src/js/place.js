// Fills the place of a case from the device: the button asks the device, the server names the block.
// Container [data-place] with data-url (without it the block is known and nobody is asked), hidden inputs [data-longitude] and [data-latitude], a button
// [data-locate], a status line [data-place-status] and, for choosing by hand, a select [data-block].
// data-auto asks the device at once, where it has been allowed before; "always" even when a block is filled in already.
// The sentences are data-text-* of the container. Without script one chooses the block by hand. Where the device has
// not given its place, the place of a photo is offered ([data-place-offer]), never taken by itself.
import { each, fill } from "./dom.js";

const DECIMALS = 6;

async function blockAt(url, longitude, latitude) {
  const address = `${url}?longitude=${longitude}&latitude=${latitude}`;
  const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (answer.status === 404) return null;
  if (!answer.ok || answer.redirected) throw new Error(`answered ${answer.status}`);
  return answer.json();
}

function position() {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation || !window.isSecureContext) {
      reject(new Error("no geolocation"));
      return;
    }
    const wishes = { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 };
    navigator.geolocation.getCurrentPosition(resolve, reject, wishes);
  });
}

function enhance(box) {
  const texts = box.dataset;
  const longitude = box.querySelector("[data-longitude]");
  const latitude = box.querySelector("[data-latitude]");
  const button = box.querySelector("[data-locate]");
  const status = box.querySelector("[data-place-status]");
  const block = box.querySelector("[data-block]");
  const offer = box.querySelector("[data-place-offer]");
  let byHand = false;
  let asked = 0;

  const say = (sentence, kind) => {
    status.textContent = sentence;
    status.dataset.kind = kind;
  };
  const busy = (on) => {
    if (!button) return;
    button.setAttribute("aria-disabled", String(on));
    button.classList.toggle("is-busy", on);
  };
  const clear = () => {
    longitude.value = "";
    latitude.value = "";
  };

  // What is said about a block: how well it was measured, or that the photo says so.
  function found(name, accuracy, fromPhoto) {
    const metres = accuracy ? Math.round(accuracy) : null;
    if (fromPhoto) return fill(texts.textFoundPhoto, { block: name });
    return fill(metres ? texts.textFoundNear : texts.textFound, { block: name, metres });
  }

  async function take(lon, lat, accuracy, fromPhoto = false) {
    asked += 1;
    const mine = asked;
    if (offer) offer.hidden = true;
    longitude.value = Number(lon).toFixed(DECIMALS);
    latitude.value = Number(lat).toFixed(DECIMALS);
    longitude.dispatchEvent(new Event("input", { bubbles: true }));
    if (!texts.url) {
      // Residents: the block is known, the place is only sent along.
      say(texts.textUnnamed, "found");
      return;
    }
    say(texts.textLooking, "busy");
    try {
      const answer = await blockAt(texts.url, longitude.value, latitude.value);
      if (mine !== asked) return;
      if (!answer) {
        clear();
        say(texts.textOutside, "warning");
        return;
      }
      say(found(answer.name, accuracy, fromPhoto), "found");
      if (block && [...block.options].some((option) => option.value === answer.code)) {
        block.value = answer.code;
        // Measured, not said: next time it is measured again and must not come back out of a draft.
        block.dataset.draft = "off";
      }
    } catch {
      if (mine !== asked) return;
      // The place itself is known and is sent; only its name could not be asked. A block that nobody chose must not
      // stand above it: the server finds the one in which the place lies.
      if (block && !byHand) block.value = "";
      const place = { longitude: longitude.value, latitude: latitude.value };
      say(fill(fromPhoto ? texts.textUnnamedPhoto : texts.textUnnamed, place), "warning");
    }
  }

  async function locate() {
    if (button && button.getAttribute("aria-disabled") === "true") return;
    busy(true);
    say(texts.textLooking, "busy");
    try {
      const { coords } = await position();
      await take(coords.longitude, coords.latitude, coords.accuracy);
    } catch (problem) {
      say(problem && problem.code === 1 ? texts.textDenied : texts.textUnknown, "warning");
    } finally {
      busy(false);
    }
  }

  if (button) {
    button.hidden = false;
    button.addEventListener("click", locate);
  }
  // What a person says stands above what the device says: a block chosen by hand drops the measured place.
  if (block) {
    block.addEventListener("change", () => {
      asked += 1;
      byHand = true;
      delete block.dataset.draft;
      clear();
      say(block.value ? fill(texts.textChosen, { block: block.selectedOptions[0].text.trim() }) : "", "chosen");
    });
  }
  box.addEventListener("place:picked", (event) => take(event.detail.longitude, event.detail.latitude, null));
  const form = box.closest("form");
  if (offer && form) {
    form.addEventListener("photos:place", ({ detail }) => {
      if (longitude.value || byHand) return;
      offer.hidden = false;
      offer.onclick = () => take(detail.longitude, detail.latitude, null, true);
    });
  }
  if (form) {
    form.addEventListener("reset", () => {
      asked += 1;
      byHand = false;
      clear();
      say("", "");
      if (offer) offer.hidden = true;
    });
  }
  if (longitude.value && latitude.value && !status.textContent.trim()) {
    take(longitude.value, latitude.value, null);
  } else if (box.hasAttribute("data-auto") && !longitude.value && (texts.auto === "always" || !(block && block.value))) {
    // Ask at once only where the person has already said yes: no surprise question on opening a page.
    const allowed = navigator.permissions && navigator.permissions.query({ name: "geolocation" });
    // A report that is opened again brings its own place with it (queue/form.js).
    const begun = (form && form.begun) || Promise.resolve();
    const wanted = (answer) => answer.state === "granted" && !longitude.value && !byHand && locate();
    if (allowed) begun.then(() => allowed).then(wanted).catch(() => {});
  }
}

export function enhancePlaces(root) {
  each(root, "[data-place]", "Place", enhance);
}
