// Builds static/dist/ from static/src/: style sheets by sass, scripts by esbuild, both for the browsers that
// offices really have (Chrome 90). Knows no page; what goes into which bundle is said by the entry files alone.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.join(here, "src");
const target = path.join(here, "dist");
const packages = path.join(here, "..", "node_modules");

// Our own notices stay visible; those about Bootstrap's sources are not ours to mend.
const styles = {
  name: "styles",
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, async ({ path: file }) => {
      const result = await sass.compileAsync(file, {
        loadPaths: [packages],
        quietDeps: true,
        silenceDeprecations: ["import"],
        style: "expanded",
      });
      const watchFiles = result.loadedUrls.map((url) => fileURLToPath(url));
      return { contents: result.css, loader: "css", resolveDir: path.dirname(file), watchFiles };
    });
  },
};

const options = {
  entryPoints: [
    { in: path.join(source, "js", "app.js"), out: "app" },
    { in: path.join(source, "js", "desk.js"), out: "desk" },
    { in: path.join(source, "js", "sw.js"), out: "sw" },
    { in: path.join(source, "js", "map.js"), out: "map" },
    { in: path.join(source, "js", "charts.js"), out: "charts" },
    { in: path.join(source, "js", "wall.js"), out: "wall" },
    { in: path.join(source, "css", "app.scss"), out: "app" },
    { in: path.join(source, "css", "wall.scss"), out: "wall" },
    { in: path.join(source, "css", "admin.scss"), out: "admin" },
  ],
  outdir: target,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome90", "firefox90", "safari15"],
  charset: "utf8",
  loader: { ".png": "dataurl", ".svg": "dataurl" },
  legalComments: "linked",
  logLevel: "warning",
  plugins: [styles],
};

async function licences() {
  // What we serve to browsers keeps its authors' notices, taken from the packages themselves.
  const wanted = ["bootstrap", "echarts", "htmx.org", "leaflet", "zrender"];
  const parts = await Promise.all(
    wanted.map(async (name) => {
      const folder = path.join(packages, name);
      const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
      const about = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
      const text = file ? await readFile(path.join(folder, file), "utf8") : about.license;
      return `${name} ${about.version}\n\n${text.trim()}\n`;
    }),
  );
  await writeFile(path.join(target, "licences.txt"), parts.join(`\n${"-".repeat(72)}\n\n`));
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
if (process.argv.includes("--watch")) {
  const context = await esbuild.context({ ...options, logLevel: "info" });
  await context.watch();
} else {
  const started = Date.now();
  await esbuild.build(options);
  await licences();
  const files = (await readdir(target)).sort().join(", ");
  console.log(`static/dist in ${Date.now() - started} ms: ${files}`);
}
