// Elder mode (长辈版) by switches that is remembered on the device in a cookie, so that the server draws the next
// page right at once, and other small things of the whole page: printing, menus, room for a phone's keyboard.
// Without script the browser's own zoom serves; the switch is then hidden by the style sheet.

const YEAR = 365 * 24 * 3600;

export function enhanceDisplay(root) {
  for (const button of root.querySelectorAll("[data-display-switch]")) {
    const large = () => document.documentElement.classList.contains("large-print");
    button.setAttribute("aria-pressed", String(large()));
    button.addEventListener("click", () => {
      const now = document.documentElement.classList.toggle("large-print");
      for (const other of root.querySelectorAll("[data-display-switch]")) other.setAttribute("aria-pressed", String(now));
      document.cookie = `display=${now ? "large" : "usual"}; path=/; max-age=${YEAR}; samesite=lax`;
    });
  }
  const typing = "input:not([type=checkbox]):not([type=radio]):not([type=file]), textarea";
  let back = 0;
  root.addEventListener("focusin", (event) => {
    if (!event.target.matches(typing)) return;
    window.clearTimeout(back);
    document.documentElement.classList.add("is-typing");
  });
  // Not at once: a tap takes the focus when it is pressed, and the bar must not slide under it before it is released.
  root.addEventListener("focusout", () => {
    window.clearTimeout(back);
    back = window.setTimeout(() => document.documentElement.classList.remove("is-typing"), 400);
  });
  for (const button of root.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => window.print());
  }
  // A menu made of <details> closes when one goes elsewhere, as people expect of a menu.
  root.addEventListener("click", (event) => {
    for (const menu of root.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of root.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
