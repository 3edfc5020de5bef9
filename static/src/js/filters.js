// Filters send themselves when a choice changes (form[data-filters]); typing waits for a pause. The send button
// stays for everybody without script. Also keeps the tab that is current in sight when the row of tabs scrolls.
import { each } from "./dom.js";

const PAUSE = 500;

export function enhanceFilters(root) {
  each(root, "form[data-filters]", "Filters", (form) => {
    let timer = 0;
    const send = () => {
      window.clearTimeout(timer);
      form.requestSubmit();
    };
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) send();
    });
    form.addEventListener("input", (event) => {
      if (!event.target.matches("input[type=search][data-live]")) return;
      window.clearTimeout(timer);
      timer = window.setTimeout(send, PAUSE);
    });
    // Empty fields stay out of the address, so that it can be read and passed on.
    form.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData.entries()]) {
        if (value === "") event.formData.delete(name);
      }
    });
  });
  each(root, ".tabs", "Tabs", (tabs) => {
    const current = tabs.querySelector("[aria-current]");
    if (current) tabs.scrollLeft = Math.max(0, current.offsetLeft - tabs.clientWidth / 3);
  });
}
