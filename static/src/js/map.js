// Maps without tiles and without any outside request: block outlines from our own API, cases as points.
// Container [data-map] with data-blocks-url (GeoJSON), optional data-points-id (a json_script with a list of
// {longitude, latitude, label, url, tone}), data-block (a code to stand out) and data-pick (the id of a [data-place]
// box that is told where one clicked) and data-fills-id (a json_script: block code → {tone, label, url}; only these blocks
// are drawn; with a mark, which is written into the block where there is room), data-faint (the blocks around the one
// that stands out stay in the background) and data-live-points (an address that answers the open cases of what one
// sees). The list beside the map says the same in words.
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
  // Classes of a value, the lowest first: one hue, from light to dark; the class's number stands in the block.
  step1: { fillColor: "#e8f1fa", color: "#7d93a8" },
  step2: { fillColor: "#bcd7ee", color: "#6a87a3" },
  step3: { fillColor: "#7fb2dd", color: "#3f6f9c" },
  step4: { fillColor: "#3b7fb8", color: "#1d4f7c" },
  step5: { fillColor: "#0b4a7d", color: "#06294a" },
  small: { fillColor: "#d5dade", color: "#6f7a84", dashArray: "3 3" },
  none: { fillColor: "#ffffff", color: "#8a95a0", dashArray: "1 4" },
};
const DARK_STEPS = new Set(["step4", "step5"]);
// Numbers of classes are written where a block is at least so many pixels wide, points are asked for from this zoom on.
const ROOM_FOR_A_MARK = 26;
const POINTS_FROM_ZOOM = 15;
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
    // Classes in the colours of their legend, unless there is a map to be seen below them.
    const opacity = filled && filled.mark && !box.dataset.baseMap ? 0.95 : 0.7;
    if (filled) return { ...USUAL, fillOpacity: opacity, ...FILLS[filled.tone] };
    if (isChosen(feature)) return { ...USUAL, ...CHOSEN };
    return "faint" in box.dataset ? FAINT : USUAL;
  };
  const marks = [];
  const layer = L.geoJSON(collection, {
    filter: (feature) => Boolean(feature.geometry) && (!fills || Boolean(fillOf(feature))),
    style: styleOf,
    onEachFeature: (feature, shape) => {
      const filled = fillOf(feature);
      shape.bindTooltip(words(filled ? filled.label : blockName(feature)), { sticky: true });
      shape.on("mouseover", () => isChosen(feature) || shape.setStyle({ fillOpacity: 0.85 }));
      shape.on("mouseout", () => isChosen(feature) || shape.setStyle({ fillOpacity: styleOf(feature).fillOpacity }));
      if (filled && filled.url) shape.on("click", () => window.location.assign(filled.url));
      if (filled && filled.mark) marks.push({ shape, ...filled });
    },
  }).addTo(map);
  let focus = null;
  layer.eachLayer((shape) => {
    if (isChosen(shape.feature)) focus = shape;
  });
  if (focus) focus.bringToFront();
  if (marks.length) writeMarks(map, marks);
  return focus || layer;
}

// The number of each block's class, so that colour is not the only signal; left out where it would not fit.
function writeMarks(map, marks) {
  const group = L.layerGroup().addTo(map);
  const write = () => {
    group.clearLayers();
    for (const { shape, mark, tone } of marks) {
      const bounds = shape.getBounds();
      const wide = map.latLngToLayerPoint(bounds.getNorthEast()).x - map.latLngToLayerPoint(bounds.getSouthWest()).x;
      if (wide < ROOM_FOR_A_MARK) continue;
      const className = `map__mark${DARK_STEPS.has(tone) ? " map__mark--on-dark" : ""}`;
      const icon = L.divIcon({ className, html: words(mark), iconSize: [18, 18] });
      L.marker(shape.getCenter ? shape.getCenter() : bounds.getCenter(), { icon, interactive: false, keyboard: false }).addTo(group);
    }
  };
  map.on("zoomend", write);
  write();
}

// Open cases of what one sees, once one is near enough; each move asks anew, and only the last answer counts.
function livePoints(map, box) {
  const group = L.layerGroup().addTo(map);
  const status = document.querySelector("[data-map-status]");
  const say = (text) => status && (status.textContent = text || "");
  let asked = 0;
  const ask = async () => {
    asked += 1;
    const mine = asked;
    if (map.getZoom() < POINTS_FROM_ZOOM) {
      group.clearLayers();
      say("");
      return;
    }
    const bounds = map.getBounds();
    const query = new URLSearchParams({
      west: bounds.getWest(),
      south: bounds.getSouth(),
      east: bounds.getEast(),
      north: bounds.getNorth(),
    });
    try {
      const answer = await fetch(`${box.dataset.livePoints}?${query}`, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(`answered ${answer.status}`);
      const { points, more } = await answer.json();
      if (mine !== asked) return;
      group.clearLayers();
      for (const point of points) marker(point).addTo(group);
      say(more ? status.dataset.textMore : "");
    } catch {
      if (mine === asked) say(status && status.dataset.textFailed);
    }
  };
  map.on("moveend", ask);
  ask();
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

// The state's map below the outlines, if the page names its addresses; the reader may leave it out.
function addBase(map, box) {
  const options = { subdomains: "01234567", maxZoom: 18, referrerPolicy: "origin" };
  const layers = [box.dataset.baseMap, box.dataset.baseNames].map((url) => L.tileLayer(url, options));
  const base = L.layerGroup(layers).addTo(map);
  const choices = { [box.dataset.textBase]: base, [box.dataset.textBlank]: L.layerGroup() };
  L.control.layers(choices, {}, { collapsed: false }).addTo(map);
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
  if (box.dataset.baseMap) addBase(map, box);
  const points = pointsOf(box);
  const group = L.featureGroup(points.map(marker)).addTo(map);
  if (box.dataset.pick) pickInto(map, box);
  if (box.dataset.livePoints) livePoints(map, box);
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
