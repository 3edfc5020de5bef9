// What the modules share: find elements to enhance once, make elements, fill a sentence's blanks.
// Sentences come from the page (data attributes), so that they are translated with everything else.

export function each(root, selector, mark, enhance) {
  const found = [...root.querySelectorAll(selector)];
  if (root instanceof Element && root.matches(selector)) found.unshift(root);
  for (const element of found) {
    const key = `enhanced${mark}`;
    if (element.dataset[key]) continue;
    element.dataset[key] = "yes";
    enhance(element);
  }
}

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// The sprite's address stands on <html>, because its file name carries a digest.
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${document.documentElement.dataset.icons || ""}#${name}`);
  svg.append(use);
  return svg;
}

export function fill(sentence, values) {
  return (sentence || "").replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

let counter = 0;
export function freshId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}
