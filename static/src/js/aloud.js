// Reads a page aloud (朗读) with the voice that the device has; nothing leaves the device. Button [data-read-aloud] names by
// data-read-aloud the element to read; data-text-stop is the word while it reads. Without a voice the button stays hidden.

const PARTS = "h1, h2, h3, p, li, dt, dd, label, legend";

// What one sees, once each: a part inside another part is read with that one.
function sentences(element) {
  const parts = [...element.querySelectorAll(PARTS)].filter((part) => part.offsetParent !== null);
  const outer = parts.filter((part) => !part.parentElement.closest(PARTS) && !part.closest("[data-read-not]"));
  return outer.map((part) => part.innerText.replace(/\s+/g, " ").trim()).filter(Boolean);
}

export function enhanceAloud(root) {
  const voice = window.speechSynthesis;
  if (!voice || typeof SpeechSynthesisUtterance === "undefined") return;
  for (const button of root.querySelectorAll("[data-read-aloud]")) {
    const element = document.getElementById(button.dataset.readAloud);
    const word = button.querySelector("span");
    if (!element || !word) continue;
    const usual = word.textContent;
    const reads = (on) => {
      button.setAttribute("aria-pressed", String(on));
      word.textContent = on ? button.dataset.textStop : usual;
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") === "true";
      voice.cancel();
      reads(!on);
      if (on) return;
      const texts = sentences(element);
      texts.forEach((text, number) => {
        const spoken = new SpeechSynthesisUtterance(text);
        spoken.lang = document.documentElement.lang || "zh-CN";
        if (number === texts.length - 1) spoken.addEventListener("end", () => reads(false));
        voice.speak(spoken);
      });
    });
    window.addEventListener("pagehide", () => voice.cancel());
  }
}
