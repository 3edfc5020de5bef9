// Django's search boxes (select2) put a box of their own in the place of the select: it is named by the same label.
function name(select) {
  const box = select.nextElementSibling?.querySelector(".select2-selection");
  const label = document.querySelector(`label[for="${select.id}"]`);
  if (!box || !label) return;
  if (!label.id) label.id = `${select.id}_label`;
  const shown = box.getAttribute("aria-labelledby") || "";
  box.setAttribute("aria-labelledby", `${label.id} ${shown}`.trim());
  // What is chosen stands in a box of its own; where several are chosen, one types into another.
  box.querySelector(".select2-selection__rendered")?.setAttribute("aria-labelledby", label.id);
  box.querySelector(".select2-search__field")?.setAttribute("aria-label", label.textContent.trim());
}

export function nameSearchBoxes(root) {
  for (const select of root.querySelectorAll("select.admin-autocomplete")) name(select);
}
