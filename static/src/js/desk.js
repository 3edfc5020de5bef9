// The script of the desk's own pages, beside Django's: a form is sent once, a long action tells how far it is. Works
// without it too.
import { enhanceForms } from "./once.js";
import { enhanceProgress } from "./progress.js";

enhanceForms(document);
enhanceProgress(document);

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
