// Draws a chart from its own table: figure[data-chart="bar|line|stacked|layers|ranking"] holds a <table> whose row headings name
// the categories and whose head names the series; th[data-draw] names the drawn ones where not all are. The table stays,
// under "figures" (data-open: unfolded), for everybody who wants or needs the numbers; without script only the table is
// there. A bar leads where its row's heading leads. Canvas and rich-text tooltips, as the content policy asks.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const LIGHT = {
  colours: ["#0b4a7d", "#c98a1b", "#0b7a75", "#5b6b7b", "#4a3f8f", "#1a6b3c"],
  stacked: ["#b01224", "#e0a63a", "#6f9bc1", "#5b6b7b"],
  few: "#aeb9c3",
  ink: "#24323f",
  line: "#e3e9ef",
};
// The wall (data-theme="dark").
const DARK = {
  colours: ["#35d0ff", "#ffc94d", "#5fe0a8", "#b7a6ff", "#9fb4cc", "#ff9f7a"],
  stacked: ["#ff6b6b", "#ffc94d", "#35a8e0", "#9fb4cc"],
  few: "#5a6b80",
  ink: "#dbe8f5",
  line: "#1f3350",
};
const LYING = new Set(["stacked", "layers", "ranking"]);
const ON_EACH_OTHER = new Set(["stacked", "layers"]);
const MOST_BARS = 15;

function numberIn(cell) {
  const text = cell.dataset.value ?? cell.textContent.replace(/[,\s%]/g, "");
  const value = Number(text);
  return text !== "" && Number.isFinite(value) ? value : null;
}

function headingOf(row) {
  return row.querySelector("th") || row.cells[0];
}

function read(table) {
  const head = [...table.tHead.rows[0].cells];
  const marked = head.filter((cell) => cell.dataset.draw !== undefined);
  const rows = [...table.tBodies[0].rows];
  const first = rows.length ? headingOf(rows[0]).cellIndex : 0;
  const drawn = marked.length ? marked : head.slice(first + 1);
  return {
    rows,
    categories: rows.map((row) => headingOf(row).textContent.trim()),
    series: drawn.map((cell) => ({
      name: cell.textContent.trim(),
      unit: cell.dataset.unit || "",
      data: rows.map((row) => numberIn(row.cells[cell.cellIndex])),
    })),
  };
}

// Lying bars: the first rows that have something to draw; a ranking of hundreds is the table's business.
function shortened({ rows, categories, series }) {
  const shown = rows.map((_row, at) => at).filter((at) => series.some(({ data }) => data[at] !== null)).slice(0, MOST_BARS);
  const pick = (list) => shown.map((at) => list[at]);
  return { rows: pick(rows), categories: pick(categories), series: series.map((one) => ({ ...one, data: pick(one.data) })) };
}

function seriesOf(kind, { rows, series }, theme) {
  return series.map(({ name, data, unit }, at) => ({
    name,
    data: data.map((value, row) =>
      kind === "ranking" && rows[row].dataset.few !== undefined ? { value, itemStyle: { color: theme.few } } : value,
    ),
    type: kind === "line" ? "line" : "bar",
    stack: ON_EACH_OTHER.has(kind) ? "all" : undefined,
    lineStyle: at ? { type: "dashed" } : undefined,
    symbol: at ? "emptyRect" : "circle",
    connectNulls: false,
    barMaxWidth: 28,
    symbolSize: 7,
    label: { show: kind === "ranking", position: "right", color: theme.ink, formatter: `{c}${unit}` },
    tooltip: { valueFormatter: (value) => (value === null || value === undefined ? "–" : `${value}${unit}`) },
  }));
}

function optionsOf(figure, found) {
  const kind = figure.dataset.chart;
  const theme = figure.dataset.theme === "dark" ? DARK : LIGHT;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const several = found.series.length > 1;
  const size = Number.parseFloat(getComputedStyle(figure).fontSize) * 0.8125;
  const text = { color: theme.ink, fontSize: size };
  const names = { type: "category", data: found.categories, axisTick: { show: false }, axisLabel: text };
  const values = {
    type: "value",
    minInterval: kind === "line" || kind === "bar" ? 1 : undefined,
    max: found.series.every(({ unit }) => unit === "%") ? 100 : undefined,
    splitNumber: 4,
    axisLabel: { ...text, hideOverlap: true },
    splitLine: { lineStyle: { color: theme.line } },
  };
  const lying = LYING.has(kind);
  return {
    animation: !still,
    aria: { enabled: true, decal: { show: several && kind !== "line" } },
    color: kind === "stacked" ? theme.stacked : theme.colours,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, ...text },
    grid: { left: 8, right: kind === "ranking" ? size * 5 : 16, top: several ? size * 3 : 12, bottom: 8, containLabel: true },
    legend: { show: several, top: 0, textStyle: text },
    tooltip: { trigger: "axis", axisPointer: { type: lying ? "shadow" : "line" }, renderMode: "richText", confine: true },
    xAxis: lying ? values : names,
    yAxis: lying ? { ...names, inverse: true, axisLabel: { ...text, width: size * 11, overflow: "truncate" } } : values,
    series: seriesOf(kind, found, theme),
  };
}

function foldOf(figure, table) {
  const holder = table.parentElement === figure ? table : table.parentElement;
  const fold = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = figure.dataset.textFigures || "";
  fold.open = figure.dataset.open !== undefined;
  return { holder, fold, summary };
}

function draw(figure) {
  const table = figure.querySelector("table");
  const all = read(table);
  const found = LYING.has(figure.dataset.chart) ? shortened(all) : all;
  if (!found.series.length || !found.rows.length) return;
  const box = document.createElement("div");
  box.className = "chart__canvas";
  if (LYING.has(figure.dataset.chart) && figure.dataset.theme !== "dark") {
    box.style.height = `${3 + found.rows.length * 2}rem`;
  }
  const { holder, fold, summary } = foldOf(figure, table);
  if (figure.dataset.theme === "dark") holder.before(box);
  else {
    holder.replaceWith(box, fold);
    fold.append(summary, holder);
  }
  let chart = null;
  // ECharts must not start in a box without a size (a folded tab, a hidden column).
  const watcher = new ResizeObserver(() => {
    if (!box.isConnected) {
      watcher.disconnect();
      if (chart) chart.dispose();
    } else if (box.clientWidth && box.clientHeight) {
      if (chart) chart.resize();
      else chart = init(box);
      chart.setOption(optionsOf(figure, found));
      chart.off("click");
      chart.on("click", ({ dataIndex }) => {
        const link = headingOf(found.rows[dataIndex]).querySelector("a");
        if (link) window.location.assign(link.href);
      });
    }
  });
  watcher.observe(box);
}

function drawAll(root) {
  for (const figure of root.querySelectorAll("figure[data-chart]")) draw(figure);
}

document.addEventListener("charts:draw", (event) => drawAll(event.target));
drawAll(document);
