// <form data-progress> whose action answers in lines of JSON: {done, total} … and in the end {url} or {error, errors}.
// Shows the form's <progress> meanwhile; a second press does nothing; when the line breaks, nothing was changed.

const LINES = "application/x-ndjson";

export function enhanceProgress(root) {
  for (const form of root.querySelectorAll("form[data-progress]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.getAttribute("aria-busy") !== "true") send(form);
    });
  }
}

async function send(form) {
  const bar = form.querySelector("progress");
  const said = form.querySelector("[data-progress-said]");
  const button = form.querySelector("[type=submit]");
  const leave = (event) => event.preventDefault();
  busy(form, button, bar, true);
  window.addEventListener("beforeunload", leave);
  let last = {};
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: LINES } });
    if (!answer.ok || !(answer.headers.get("Content-Type") || "").startsWith(LINES)) throw new Error(answer.status);
    for await (const line of linesOf(answer.body)) {
      last = line;
      if (line.total) {
        bar.max = line.total;
        bar.value = line.done;
        said.textContent = `${line.done} / ${line.total}`;
      }
    }
  } catch {
    last = { error: form.dataset.progressBroken };
  }
  window.removeEventListener("beforeunload", leave);
  if (last.url) {
    window.location.assign(last.url);
    return;
  }
  busy(form, button, bar, false);
  said.textContent = [last.error || form.dataset.progressBroken, ...(last.errors || [])].join("\n");
  said.classList.add("admin-refused");
}

function busy(form, button, bar, on) {
  form.setAttribute("aria-busy", String(on));
  button.disabled = on;
  bar.hidden = !on;
}

async function* linesOf(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    rest += value;
    const parts = rest.split("\n");
    rest = parts.pop();
    for (const part of parts) if (part) yield JSON.parse(part);
  }
}
