// Builds static_built/ from static/: styles, scripts, fonts and one sprite of the named icons.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const OUT = "static_built";
const ENTRIES = ["css/app.css", "css/agenda.css", "css/report.css", "js/booking.js", "js/agenda.js"];

async function symbol(name) {
  const svg = await readFile(`node_modules/lucide-static/icons/${name}.svg`, "utf8");
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s*\n\s*/g, "")}</symbol>`;
}

async function sprite() {
  const list = await readFile("static/icons.txt", "utf8");
  const symbols = await Promise.all(list.split(/\s+/).filter(Boolean).map(symbol));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

// On paper no other program's fonts are at hand, and a name can be in any script.
async function paperFonts() {
  await mkdir(`${OUT}/paper`);
  const faces = ["latin-400", "latin-600", "latin-ext-400", "latin-ext-600"];
  const files = [
    "@fontsource/gilda-display/files/gilda-display-latin-400-normal.woff2",
    ...faces.map((face) => `@fontsource/figtree/files/figtree-${face}-normal.woff2`),
    ...["DejaVuSans", "DejaVuSans-Bold"].map((face) => `dejavu-fonts-ttf/ttf/${face}.ttf`),
  ];
  await Promise.all(
    files.map((file) => copyFile(`node_modules/${file}`, `${OUT}/paper/${file.split("/").pop()}`)),
  );
}

await rm(OUT, { recursive: true, force: true });
await build({
  entryPoints: ENTRIES.map((path) => `static/${path}`),
  outdir: OUT,
  entryNames: "[name]",
  // Without a hash, so that a page can preload a font by name; Django's manifest adds one.
  assetNames: "fonts/[name]",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  loader: { ".woff2": "file", ".woff": "empty" },
  legalComments: "linked",
  logLevel: "warning",
});
await writeFile(`${OUT}/icons.svg`, await sprite());
await copyFile("static/art/mark.svg", `${OUT}/mark.svg`);
await paperFonts();
