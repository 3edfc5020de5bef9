// One answer of a form needs words, the other does not: <button data-needs="name"> makes the field of that name required
// when it is pressed, any other button of the form leaves it open. Stands before confirm.js: nobody confirms what the
// browser would refuse. The server asks for the words as well.

export function enhanceNeeds(root) {
  root.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest ? event.target.closest("button[type=submit]") : null;
      if (!button || !button.form || !button.form.querySelector("[data-needs]")) return;
      for (const one of button.form.querySelectorAll("[data-needs]")) {
        const field = button.form.elements.namedItem(one.dataset.needs);
        if (field) field.required = one === button;
      }
    },
    true,
  );
}
