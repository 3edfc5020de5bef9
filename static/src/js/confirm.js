// Asks before a step that cannot be taken back: <button data-confirm="…"> opens the page's one dialog.
// Optional on the button: data-confirm-ok (the word on the yes button). Without script the button just works.

export function enhanceConfirm(root) {
  const dialog = root.getElementById("confirm");
  if (!dialog || typeof dialog.showModal !== "function") return;
  const text = dialog.querySelector("[data-confirm-text]");
  const yes = dialog.querySelector("[data-confirm-yes]");
  const usual = yes.textContent;
  let asked = null;

  root.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest ? event.target.closest("[data-confirm]") : null;
      if (!button || button.disabled) return;
      if (button.dataset.confirmed) {
        delete button.dataset.confirmed;
        return;
      }
      // A form that the browser would refuse is refused first; nobody confirms what cannot be sent.
      if (button.form && !button.formNoValidate && !button.form.noValidate && !button.form.reportValidity()) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      asked = button;
      text.textContent = button.dataset.confirm;
      yes.textContent = button.dataset.confirmOk || usual;
      dialog.returnValue = "";
      dialog.showModal();
    },
    true,
  );

  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close("no");
  });
  dialog.addEventListener("close", () => {
    const button = asked;
    asked = null;
    if (!button) return;
    button.focus();
    if (dialog.returnValue === "yes") {
      button.dataset.confirmed = "yes";
      button.click();
    }
  });
}
