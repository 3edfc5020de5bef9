// The script of every page: wires the small modules to what the page has. Every page works without it.
import htmx from "htmx.org";
import { enhanceAloud } from "./aloud.js";
import { enhanceConfirm } from "./confirm.js";
import { enhanceDisplay } from "./display.js";
import { enhanceFilters } from "./filters.js";
import { enhanceLooks } from "./look.js";
import { enhanceForms, settleDrafts } from "./once.js";
import { enhanceNeeds } from "./needs.js";
import { enhancePhotos } from "./photo.js";
import { enhancePlaces } from "./place.js";
import { enhanceProgress } from "./progress.js";
import { enhanceTypeaheads } from "./typeahead.js";

function enhance(root) {
  enhanceTypeaheads(root);
  enhancePlaces(root);
  enhancePhotos(root);
  enhanceFilters(root);
  enhanceForms(root);
}

// A session that ended answers a fragment with the log-in page: show that page, not a fragment of it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const answered = xhr.responseURL ? new URL(xhr.responseURL) : null;
  if (answered && answered.pathname === "/login/") {
    event.detail.shouldSwap = false;
    window.location.assign(`/login/?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
  }
});

document.documentElement.classList.add("js");
enhanceDisplay(document);
enhanceNeeds(document);
enhanceConfirm(document);
enhanceAloud(document);
enhanceLooks(document);
settleDrafts();
enhanceProgress(document);
enhance(document);
htmx.onLoad((fragment) => {
  if (fragment !== document.body) enhance(fragment);
});
