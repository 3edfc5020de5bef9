// Maps without tiles and without any outside request: block outlines from our own API, cases as points.
// Container [data-map] with data-blocks-url (GeoJSON), optional data-points-id (a json_script with a list of
// {longitude, latitude, label, url, tone}), data-block (a code to stand out) and data-pick (the id of a [data-place]
// box that is told where one clicked) and data-fills-id (a json_script: block code → {tone, label, url}; only these blocks
// are drawn) and data-faint (the blocks around the one that stands out stay in the background). The list beside the map says the same in words.
import L from "leaflet";

const USUAL = { color: "#4b7ba6", weight: 1, fillColor: "#dfeaf4", fillOpacity: 0.55, className: "map__block" };
const FAINT = { color: "#b9c8d6", weight: 1, fillColor: "#eef3f7", fillOpacity: 0.3, className: "map__block" };
const CHOSEN = { color: "#0b4a7d", weight: 3, fillColor: "#a9cbe6", fillOpacity: 0.75 };
// What is filled by tone, and with which border: the same words and colours stand in the legend (style sheet).
const FILLS = {
  governor: { fillColor: "#b01224", color: "#5e0913", dashArray: "2 3" },
  supervisor: { fillColor: "#c8690e", color: "#6b3703", dashArray: "6 3" },
  idle: { fillColor: "#8a4fa3", color: "#4c2560", dashArray: "1 4" },
  assistant: { fillColor: "#e9c74b", color: "#6d5a0c", dashArray: "8 2 2 2" },
  acting: { fillColor: "#8fbbe0", color: "#0b4a7d" },
  complete: { fillColor: "#dcefe2", color: "#5c9a73" },
};
const TONES = ["overdue", "soon", "open", "done"];

function words(text) {
  const element = document.createElement("span");
  element.textContent = text;
  return element;
}

function blockName({ properties }) {
  return properties.name || properties.code || "";
}

// The tone is said by shape as well as by colour (style sheet), and in words by the label.
function marker(point) {
  const tone = TONES.includes(point.tone) ? point.tone : "open";
  const shape = L.divIcon({ className: `map__point map__point--${tone}`, iconSize: [32, 32] });
  const options = { icon: shape, title: point.label, alt: point.label, keyboard: Boolean(point.url) };
  const drawn = L.marker([point.latitude, point.longitude], options);
  if (!point.url) return drawn;
  const open = () => window.location.assign(point.url);
  // Leaflet makes a point a button for the keyboard, but presses it for popups only.
  drawn.on("click", open).on("keypress", ({ originalEvent }) => originalEvent.key === "Enter" && open());
  return drawn;
}

function pointsOf(box) {
  const script = box.dataset.pointsId && document.getElementById(box.dataset.pointsId);
  if (!script) return [];
  const known = (point) => Number.isFinite(point.longitude) && Number.isFinite(point.latitude);
  return JSON.parse(script.textContent).filter(known);
}

function fillsOf(box) {
  const script = box.dataset.fillsId && document.getElementById(box.dataset.fillsId);
  return script ? JSON.parse(script.textContent) : null;
}

async function addBlocks(map, box) {
  const answer = await fetch(box.dataset.blocksUrl, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  const collection = await answer.json();
  const isChosen = (feature) => feature.properties.code === box.dataset.block;
  const fills = fillsOf(box);
  const fillOf = (feature) => fills && fills[feature.properties.code];
  const styleOf = (feature) => {
    const filled = fillOf(feature);
    if (filled) return { ...USUAL, fillOpacity: 0.7, ...FILLS[filled.tone] };
    if (isChosen(feature)) return { ...USUAL, ...CHOSEN };
    return "faint" in box.dataset ? FAINT : USUAL;
  };
  const layer = L.geoJSON(collection, {
    filter: (feature) => Boolean(feature.geometry) && (!fills || Boolean(fillOf(feature))),
    style: styleOf,
    onEachFeature: (feature, shape) => {
      const filled = fillOf(feature);
      shape.bindTooltip(words(filled ? filled.label : blockName(feature)), { sticky: true });
      shape.on("mouseover", () => isChosen(feature) || shape.setStyle({ fillOpacity: 0.85 }));
      shape.on("mouseout", () => isChosen(feature) || shape.setStyle({ fillOpacity: styleOf(feature).fillOpacity }));
      if (filled && filled.url) shape.on("click", () => window.location.assign(filled.url));
    },
  }).addTo(map);
  let focus = null;
  layer.eachLayer((shape) => {
    if (isChosen(shape.feature)) focus = shape;
  });
  if (focus) focus.bringToFront();
  return focus || layer;
}

function pickInto(map, box) {
  const place = document.getElementById(box.dataset.pick);
  if (!place) return;
  const shape = L.divIcon({ className: "map__point map__point--picked", iconSize: [32, 32] });
  let pin = null;
  map.on("click", ({ latlng }) => {
    if (pin) pin.setLatLng(latlng);
    else pin = L.marker(latlng, { icon: shape, keyboard: false }).addTo(map);
    const detail = { longitude: latlng.lng, latitude: latlng.lat };
    place.dispatchEvent(new CustomEvent("place:picked", { detail }));
  });
}

async function draw(box) {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, {
    attributionControl: false,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    scrollWheelZoom: false,
    zoomSnap: 0.25,
  });
  map.setView([27.87, 112.9], 12);
  if (box.dataset.textZoomIn) {
    map.zoomControl.remove();
    L.control.zoom({ zoomInTitle: box.dataset.textZoomIn, zoomOutTitle: box.dataset.textZoomOut }).addTo(map);
  }
  const points = pointsOf(box);
  const group = L.featureGroup(points.map(marker)).addTo(map);
  if (box.dataset.pick) pickInto(map, box);
  let frame = group;
  try {
    frame = await addBlocks(map, box);
  } catch {
    box.classList.add("has-failed");
  }
  const bounds = frame.getBounds().isValid() ? frame.getBounds() : group.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [16, 16], maxZoom: 17 });
  // The wheel zooms only after one has clicked into the map, so that scrolling the page never gets stuck in it.
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
}

for (const box of document.querySelectorAll("[data-map]")) {
  box.hidden = false;
  draw(box);
}
