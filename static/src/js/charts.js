// Draws a chart from its own table: figure[data-chart="bar|line|stacked"] holds a <table> whose first column names the
// categories and whose head names the series. The table stays, folded under "figures", for everybody who wants or needs
// the numbers; without script only the table is there. Canvas and rich-text tooltips, as the content policy asks.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const COLOURS = ["#0b4a7d", "#0b7a75", "#8a5a00", "#5b6b7b", "#4a3f8f", "#1a6b3c"];

function numberIn(cell) {
  const value = Number(cell.dataset.value ?? cell.textContent.replace(/[,\s%]/g, ""));
  return Number.isFinite(value) ? value : null;
}

function read(table) {
  const head = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  const categories = rows.map((row) => row.cells[0].textContent.trim());
  return { categories, series: head.map((name, at) => ({ name, data: rows.map((row) => numberIn(row.cells[at + 1])) })) };
}

function optionsOf(figure, { categories, series }) {
  const kind = figure.dataset.chart;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const font = getComputedStyle(document.body).fontFamily;
  return {
    animation: !still,
    aria: { enabled: true, decal: { show: series.length > 1 } },
    color: COLOURS,
    textStyle: { fontFamily: font, fontSize: 13, color: "#24323f" },
    grid: { left: 8, right: 16, top: series.length > 1 ? 40 : 16, bottom: 8, containLabel: true },
    legend: { show: series.length > 1, top: 0 },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true },
    xAxis: { type: "category", data: categories, axisTick: { show: false } },
    yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: "#e3e9ef" } } },
    series: series.map(({ name, data }) => ({
      name,
      data,
      type: kind === "line" ? "line" : "bar",
      stack: kind === "stacked" ? "all" : undefined,
      barMaxWidth: 32,
      symbolSize: 7,
    })),
  };
}

function draw(figure) {
  const table = figure.querySelector("table");
  const box = document.createElement("div");
  box.className = "chart__canvas";
  const fold = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = figure.dataset.textFigures || "";
  const holder = table.parentElement === figure ? table : table.parentElement;
  holder.replaceWith(box, fold);
  fold.append(summary, holder);
  let chart = null;
  // ECharts must not start in a box without a size (a folded tab, a hidden column).
  new ResizeObserver(() => {
    if (!box.clientWidth || !box.clientHeight) return;
    if (chart) chart.resize();
    else {
      chart = init(box);
      chart.setOption(optionsOf(figure, read(table)));
    }
  }).observe(box);
}

for (const figure of document.querySelectorAll("figure[data-chart]")) draw(figure);
