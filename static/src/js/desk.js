// The script of the desk's own pages, beside Django's: a form is sent once, a long action tells how far it is, a page is
// printed. Works without it too.
import { enhanceForms } from "./once.js";
import { nameSearchBoxes } from "./pick.js";
import { enhanceProgress } from "./progress.js";

enhanceForms(document);
enhanceProgress(document);
// Django's own script, which stands above, makes the boxes in a turn of jQuery's; the next one is ours.
window.django?.jQuery?.(() => nameSearchBoxes(document));

// An address that names a verb of the page (#do-settle) unfolds it.
function unfold() {
  const named = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
}
unfold();
window.addEventListener("hashchange", unfold);

// What only works with a script is shown by it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.closest("[hidden]")?.removeAttribute("hidden");
  button.hidden = false;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    window.print();
  });
}
