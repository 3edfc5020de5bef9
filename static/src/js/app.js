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
import { enhanceReports } from "./queue/form.js";
import { enhanceDevice } from "./queue/frame.js";
import { enhanceUnsent } from "./queue/list.js";
import { enhanceSuggestions } from "./suggest.js";
import { enhanceTypeaheads } from "./typeahead.js";

function enhance(root) {
  // Before the others: it says when a report that is opened again has been put into the form.
  enhanceReports(root);
  enhanceTypeaheads(root);
  enhanceSuggestions(root);
  enhancePlaces(root);
  enhancePhotos(root);
  enhanceFilters(root);
  enhanceForms(root);
}

// A session that ended answers a fragment with the log-in page: show that page, not a fragment of it. Only whoever
// writes a report stays there: it is kept on the device, and a hint that cannot be asked is worth no interruption.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const answered = xhr.responseURL ? new URL(xhr.responseURL) : null;
  if (answered && answered.pathname === "/login/") {
    event.detail.shouldSwap = false;
    if (event.detail.elt.closest("form[data-report]")) return;
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
enhanceDevice(document);
enhanceUnsent(document);
enhance(document);
htmx.onLoad((fragment) => {
  if (fragment !== document.body) enhance(fragment);
});
