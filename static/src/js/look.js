// Looks at a photo as large as the screen: links inside [data-look] open the page's dialog instead of leaving the page;
// the arrow keys and two buttons go to the other photos of the page, Escape and a tap beside it close it. Without script a
// link just opens its photo. The words stand on the container: data-text-close, -previous, -next.
import { make } from "./dom.js";

export function enhanceLooks(root) {
  const boxes = [...root.querySelectorAll("[data-look]")];
  const links = boxes.flatMap((box) => [...box.querySelectorAll("a")]).filter((link) => link.querySelector("img"));
  if (!links.length || typeof HTMLDialogElement === "undefined") return;
  const words = boxes[0].dataset;
  const picture = make("img", { alt: "" });
  const label = make("p", { id: "look-label", "aria-live": "polite" });
  const previous = make("button", { type: "button", class: "btn btn--second" }, words.textPrevious);
  const next = make("button", { type: "button", class: "btn btn--second" }, words.textNext);
  const close = make("button", { type: "button", class: "btn btn-primary" }, words.textClose);
  const row = make("div", { class: "form-actions" }, previous, close, next);
  const dialog = make("dialog", { class: "dialog look", "aria-labelledby": "look-label" }, picture, label, row);
  document.body.append(dialog);
  let shown = 0;

  const show = (number) => {
    shown = (number + links.length) % links.length;
    const said = links[shown].querySelector("img").alt;
    picture.src = links[shown].href;
    picture.alt = said;
    label.textContent = said;
    const one = links.length === 1;
    previous.hidden = one;
    next.hidden = one;
  };

  links.forEach((link, number) => {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      show(number);
      dialog.showModal();
    });
  });
  previous.addEventListener("click", () => show(shown - 1));
  next.addEventListener("click", () => show(shown + 1));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(shown - 1);
    if (event.key === "ArrowRight") show(shown + 1);
  });
  dialog.addEventListener("close", () => links[shown].focus());
}
