// The script of the desk's own pages, beside Django's: a form is sent once, a long action tells how far it is, a page is printed. Works
// without it too.
import { enhanceForms } from "./once.js";
import { enhanceProgress } from "./progress.js";

enhanceForms(document);
enhanceProgress(document);

// What only works with a script is shown by it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.closest("[hidden]")?.removeAttribute("hidden");
  button.addEventListener("click", (event) => {
    event.preventDefault();
    window.print();
  });
}
