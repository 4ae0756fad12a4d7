import { type Hue, hues } from '../contract/results/figure.ts';
import { architectureKinds } from '../contract/recipes/recipes.ts';
import { architectureLook } from '../domain/networks/architectures.ts';

const architectureColors = (theme: 'light' | 'dark'): string =>
  architectureKinds.map((kind) => `--${kind}: ${architectureLook(kind)[theme]};`).join(' ');

/**
 * The report's own style sheet: nothing is loaded from anywhere. People are red, networks are blue; letters and
 * outlines say the same without color. Dark only on screens: paper is white.
 */
const light = `
:root {
  color-scheme: light;
  --page: #ffffff; --panel: #f7f7f6; --text: #1c1d1f; --muted: #5a5f66; --line: #d5d7da; --strong-line: #9a9fa6;
  --people: #ac1f18; --networks: #17519f; --mat: #808080; --notice: #fdf6e3; --notice-line: #b98900;
  --red-2: #f2aca6; --red-2-text: #3d0704; --red-3: #c93a31; --red-3-text: #ffffff; --red-4: #8c130d; --red-4-text: #ffffff;
  --blue-2: #a9c7f2; --blue-2-text: #04204a; --blue-3: #2f6bc4; --blue-3-text: #ffffff; --blue-4: #123f80; --blue-4-text: #ffffff;
  --agree: #d3d5d8; --agree-text: #1c1d1f; --outline: #5a5f66; --edge: #00000033; --stripe: #e4d6ef; --rehearsal: #6a2c91;
  --series-1: #1c1d1f; --series-2: #a8327a; --series-3: #47701d; --series-4: #6b4a2b; --series-5: #7b8188;
  ${architectureColors('light')}
}
`;

const dark = `
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --page: #151618; --panel: #1d1f22; --text: #e7e8ea; --muted: #a5abb3; --line: #34383d; --strong-line: #6b7178;
    --people: #ff9a92; --networks: #93bdff; --notice: #2a2412; --notice-line: #d9a928;
    --red-2: #6d2621; --red-2-text: #ffe3e0; --red-3: #b83a32; --red-3-text: #ffffff; --red-4: #ff9a92; --red-4-text: #2b0200;
    --blue-2: #1f3f70; --blue-2-text: #dfeaff; --blue-3: #2f6bc4; --blue-3-text: #ffffff; --blue-4: #93bdff; --blue-4-text: #04163a;
    --agree: #43474d; --agree-text: #e7e8ea; --outline: #d5d7da; --edge: #000000b3; --stripe: #3b2a49; --rehearsal: #d9b3f5;
    --series-1: #e7e8ea; --series-2: #ee82c0; --series-3: #94bd5d; --series-4: #a87850; --series-5: #868c93;
    ${architectureColors('dark')}
  }
}
`;

const page = `
* { box-sizing: border-box; }
html { font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; font-variant-numeric: tabular-nums; }
body { margin: 0; background: var(--page); color: var(--text); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
body > * { max-width: 1200px; margin-inline: auto; padding-inline: 24px; }
header { padding-top: 32px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 12px; font-weight: 650; letter-spacing: -0.01em; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 20px; line-height: 1.3; margin: 48px 0 16px; padding-top: 12px; border-top: 1px solid var(--line); font-weight: 650; }
h3 { font-size: 14px; margin: 24px 0 8px; font-weight: 650; }
.map h3 { font-size: 13px; margin: 0 0 6px; font-weight: 600; width: 0; min-width: 100%; }
/* Names of classes where room is scarce. */
.name { display: inline-block; width: max-content; max-width: 132px; overflow-wrap: anywhere; white-space: normal; }
.anchors .name { width: auto; max-width: 100%; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
p { margin: 0 0 8px; max-width: 76ch; }
p, li, dt, dd, h3, figcaption { overflow-wrap: anywhere; }
a { color: inherit; text-underline-offset: 3px; }
code, pre { font: 12px/1.5 ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace; }
pre { background: var(--panel); border: 1px solid var(--line); padding: 12px; margin: 0; max-height: 420px; }
.kicker, .meta { color: var(--muted); }
.kicker { margin-bottom: 4px; }
.question { font-size: 17px; line-height: 1.45; }
.contents ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0; padding: 0; }
.notice, .banner { padding: 10px 14px; margin: 16px 0; max-width: none; border-radius: 4px; }
.notice { background: var(--notice); border-left: 4px solid var(--notice-line); }
.found { font-size: 17px; line-height: 1.55; padding: 14px 18px; background: var(--panel); border-radius: 4px; }
.found p:last-child { margin: 0; }
.found .n { color: inherit; font-size: inherit; }
.warnings { margin: 0; padding-left: 20px; max-width: 90ch; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.only-printed { display: none; }
footer { color: var(--muted); padding-block: 32px 48px; }
`;

const frames = `
.frame { margin: 0 0 32px; padding: 0; }
figcaption { font-weight: 600; margin-bottom: 8px; display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; }
figcaption .number { color: var(--muted); }
figcaption .sample { color: var(--muted); font-weight: 400; }
.rehearsal { position: relative; border-left: 10px solid var(--stripe); padding-left: 14px;
  border-image: repeating-linear-gradient(135deg, var(--rehearsal) 0 4px, var(--stripe) 4px 10px) 10; }
.rehearsal-word { color: var(--rehearsal); border: 1px solid currentColor; border-radius: 3px; padding: 0 7px; font-size: 12px; line-height: 18px;
  text-transform: uppercase; letter-spacing: 0.06em; white-space: nowrap;
  background: repeating-linear-gradient(135deg, transparent 0 5px, color-mix(in srgb, var(--stripe) 45%, transparent) 5px 10px); }
.found .rehearsal-word { float: right; margin-left: 12px; }
.banner.rehearsal { background: var(--panel); }
/* Shadows at the edges behind which a table goes on. */
.scroll { overflow: auto; position: relative;
  background: linear-gradient(to right, var(--page) 12px, transparent) 0 0 / 36px 100% no-repeat local,
    linear-gradient(to left, var(--page) 12px, transparent) 100% 0 / 36px 100% no-repeat local,
    linear-gradient(to right, var(--edge), transparent) 0 0 / 12px 100% no-repeat scroll,
    linear-gradient(to left, var(--edge), transparent) 100% 0 / 12px 100% no-repeat scroll; }
.scroll:focus-visible { outline: 2px solid var(--networks); outline-offset: 2px; }
.note { color: var(--muted); font-size: 13px; margin-top: 8px; }
.note p { margin: 0 0 4px; max-width: 100ch; }
.reasons, .legend { list-style: none; margin: 4px 0 0; padding: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; align-items: center; }
.legend li { display: inline-flex; align-items: center; gap: 6px; }
.blocks { display: flex; flex-wrap: wrap; gap: 24px 16px; align-items: flex-start; }
.map { max-width: 100%; }
.people { color: var(--people); }
.networks { color: var(--networks); }
.methods { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 8px 20px; margin: 0 0 24px; }
.methods dt { font-weight: 600; }
.methods dd { margin: 0; max-width: 90ch; overflow-wrap: anywhere; }
`;

const tables = `
table { border-collapse: collapse; }
.numbers { font-size: 13px; }
.numbers th, .numbers td { padding: 6px 12px; text-align: right; vertical-align: top; white-space: nowrap; }
.numbers th:first-child, .numbers td:first-child { padding-left: 0; }
.numbers thead th { color: var(--muted); font-weight: 500; vertical-align: bottom; border-bottom: 1px solid var(--strong-line); }
.numbers.narrow-heads thead th { white-space: normal; max-width: 132px; }
.numbers.close :is(th, td):not(:first-child) { padding-inline: 7px; } .numbers.close th:first-child { padding-right: 7px; }
.numbers tbody th { font-weight: 600; }
.numbers tbody tr { border-bottom: 1px solid var(--line); }
.numbers .words { text-align: left; }
.numbers td.words { white-space: normal; }
.numbers .wrap { white-space: normal; min-width: 200px; max-width: 420px; overflow-wrap: anywhere; }
.numbers tbody tr.of-people th { color: var(--people); }
.numbers th:first-child { text-align: left; }
.n { color: var(--muted); font-size: 12px; font-weight: 400; } .under { display: block; }
.unit, .interval { white-space: nowrap; }
.interval { color: var(--muted); font-size: 12px; font-weight: 400; }
.paper { display: block; color: var(--muted); font-size: 12px; font-weight: 400; }
.paper::before { content: '\\25C7\\00A0'; }
.paper-legend { margin-bottom: 20px; } .paper-legend .paper { font-size: 13px; }
.undefined { color: var(--muted); }
sup { line-height: 0; font-size: 10px; }
.types caption { text-align: left; color: var(--muted); padding-bottom: 6px; }
.types th { font-weight: 600; padding: 4px 7px; text-align: left; font-size: 13px; line-height: 1.35; vertical-align: bottom; max-width: 130px; }
.types th[scope='row'] { padding-left: 0; max-width: 76px; vertical-align: middle; padding-right: 8px; }
.types td.type { border: 1px solid var(--strong-line); padding: 8px 7px; min-width: 112px; vertical-align: top; white-space: nowrap; }
.types td b { font-size: 17px; }
.types .paper, .types .exception { margin-left: 24px; }
.exception { display: block; font-size: 12px; color: var(--muted); }
.badge { display: inline-block; min-width: 20px; height: 18px; padding: 0 4px; border-radius: 3px; text-align: center; font-size: 12px; line-height: 18px; font-weight: 700; border: 0 solid; }
.badge.type_a { background: var(--blue-3); color: var(--blue-3-text); }
.badge.type_c { background: var(--red-3); color: var(--red-3-text); }
.badge.both_agree { background: var(--agree); color: var(--agree-text); }
.badge.both_disagree { background: var(--page); color: var(--text); box-shadow: inset 0 0 0 1px var(--outline); }
.badge.exception-mark { background: var(--text); color: var(--page); }
`;

const pictures = `
img { image-rendering: pixelated; display: block; }
.mat { display: block; background: var(--mat); padding: 4px; position: relative; }
.anchors { list-style: none; display: flex; flex-wrap: wrap; gap: 12px; margin: 0; padding: 0; }
.anchors li { width: 84px; text-align: center; } .anchors .mat { width: max-content; margin: 0 auto 2px; } .anchors .n { display: block; }
.anchors img { width: 56px; height: 56px; }
.stimuli { border-spacing: 5px 6px; border-collapse: separate; margin: -6px 0 0 -5px; }
.stimuli th { font-size: 12px; font-weight: 500; color: var(--muted); text-align: center; }
.stimuli tbody th { text-align: right; padding-right: 6px; white-space: nowrap; color: var(--text); vertical-align: top; padding-top: 26px; }
.stimuli td { padding: 0; text-align: center; vertical-align: top; }
/* As large as a page takes, down to the images' own pixels. */
.stimuli td, .strip td { width: 64px; }
.stimuli img, .strip img { width: 100%; min-width: 28px; height: auto; aspect-ratio: 1; }
.stimuli .mat { border: 3px solid var(--mat); padding: 3px; }
.stimuli .type_a .mat { border-color: var(--blue-3); }
.stimuli .type_c .mat { border-color: var(--red-3); }
.stimuli .both_disagree .mat { border: 3px double var(--outline); }
.stimuli .mat .badge { position: absolute; top: -3px; right: -3px; border-radius: 0 0 0 3px; font-size: 11px; min-width: 16px; height: 16px; line-height: 16px; }
.stimuli .mat .exception-mark { right: auto; left: -3px; border-radius: 0 0 3px 0; }
.labels { display: block; font-size: 11px; line-height: 14px; min-height: 14px; opacity: 1; }
.labels.split { font-weight: 700; }
.strip { border-spacing: 5px 4px; border-collapse: separate; margin: -4px 0 0 -5px; }
.strip th { font-size: 12px; font-weight: 500; color: var(--muted); text-align: center; white-space: nowrap; }
.strip tbody th { text-align: right; padding-right: 6px; font-weight: 600; }
.strip tbody th.people { color: var(--people); } .strip tbody th.networks { color: var(--networks); }
.strip td { padding: 0; } .strip .votes { width: 100%; }
`;

/** Colors of hues that are called otherwise. */
const hueNames: Partial<Record<Hue, string>> = {
  type_a: 'blue-3',
  type_c: 'red-3',
  both_disagree: 'page',
  both_agree: 'agree',
  ink: 'text',
  soft: 'muted',
  paper: 'muted',
};

/** What is drawn as SVG, in the page and in files of its own. */
const drawings = `
svg { display: block; max-width: 100%; height: auto; }
svg text { font: 10px system-ui, sans-serif; fill: var(--text); text-anchor: middle; font-variant-numeric: tabular-nums; }
.heat > .axis { fill: var(--muted); font-size: 9px; }
.heat > .axis.row { text-anchor: end; font-size: 10px; } .heat > .axis.people { fill: var(--people); } .heat > .axis.networks { fill: var(--networks); }
image { image-rendering: pixelated; } svg .rehearsal-mark { font-size: 11px; font-weight: 700; }
.heat rect { fill: var(--agree); }
.heat g text { font-size: 9px; font-weight: 700; }
.heat .both_disagree rect { fill: var(--page); stroke: var(--outline); }
.heat .undetermined rect { fill: none; stroke: var(--line); stroke-dasharray: 2 2; }
.heat .type_a rect { fill: var(--blue-2); } .heat .type_a text { fill: var(--blue-2-text); }
.heat .type_a.shade-3 rect { fill: var(--blue-3); } .heat .type_a.shade-3 text { fill: var(--blue-3-text); }
.heat .type_a.shade-4 rect { fill: var(--blue-4); } .heat .type_a.shade-4 text { fill: var(--blue-4-text); }
.heat .type_c rect { fill: var(--red-2); } .heat .type_c text { fill: var(--red-2-text); }
.heat .type_c.shade-3 rect { fill: var(--red-3); } .heat .type_c.shade-3 text { fill: var(--red-3-text); }
.heat .type_c.shade-4 rect { fill: var(--red-4); } .heat .type_c.shade-4 text { fill: var(--red-4-text); }
.votes text { font-size: 11px; font-weight: 600; }
.votes rect { stroke: var(--page); }
.votes .of-people .faint rect { fill: var(--red-2); } .votes .of-people .faint text { fill: var(--red-2-text); }
.votes .of-people .strong rect { fill: var(--red-4); } .votes .of-people .strong text { fill: var(--red-4-text); }
.votes .of-people .middle rect { fill: var(--red-3); } .votes .of-people .middle text { fill: var(--red-3-text); }
.votes .of-networks .faint rect { fill: var(--blue-2); } .votes .of-networks .faint text { fill: var(--blue-2-text); }
.votes .of-networks .strong rect { fill: var(--blue-4); } .votes .of-networks .strong text { fill: var(--blue-4-text); }
.votes .of-networks .middle rect { fill: var(--blue-3); } .votes .of-networks .middle text { fill: var(--blue-3-text); }
.chart .grid { stroke: var(--line); fill: none; } .chart .tick { font-size: 11px; fill: var(--muted); } .chart .up { text-anchor: end; } .chart .start { text-anchor: start; }
.chart .line, .chart-key .line { fill: none; stroke: currentColor; stroke-width: 1.5; } .chart .bar { stroke: currentColor; stroke-width: 1.5; opacity: 0.6; }
.chart .thin .line { stroke-width: 1; opacity: 0.7; } .chart .dashed { stroke-dasharray: 4 3; }
.chart .effect-one { stroke: var(--text); stroke-width: 3; } .chart .effect-all { stroke: var(--text); stroke-width: 1; } .chart .effect-mark { stroke: var(--text); stroke-width: 1.5; fill: var(--page); } .chart .effect-mark.apart { fill: var(--text); } .chart .row-name { font-size: 11px; fill: var(--muted); text-anchor: start; } .chart .row-name.end { text-anchor: end; }
.matrix .slant { text-anchor: start; font-size: 9px; fill: var(--muted); } .matrix .level-none rect { fill: none; stroke: var(--line); stroke-dasharray: 2 2; }
.matrix .level-0 rect { fill: var(--panel); } .matrix .level-1 rect { fill: #dfe9e2; } .matrix .level-2 rect { fill: #b5d3c0; } .matrix .level-3 rect { fill: #7fb597; } .matrix .level-4 rect { fill: #3f8a63; } .matrix .level-5 rect { fill: #14573a; }
.matrix g text { fill: var(--text); font-weight: 500; } .matrix .level-1 text, .matrix .level-2 text, .matrix .level-3 text { fill: #0c2418; } .matrix .level-4 text, .matrix .level-5 text { fill: #ffffff; }
.mark { fill: currentColor; vector-effect: non-scaling-stroke; } .hollow { fill: var(--page); stroke: currentColor; stroke-width: 1.5; }
.chart .band { fill: currentColor; fill-opacity: 0.15; } .chart .whisker, .chart-key .whisker { stroke: var(--text); fill: none; stroke-width: 1; } .chart .faint { opacity: 0.4; }
${hues.map((hue) => `.hue-${hue} { color: var(--${hueNames[hue] ?? hue}); }`).join(' ')}
.mark.hue-both_disagree, .mark.hue-both_agree, .hue-both_disagree .bin, .hue-both_agree .bin { stroke: var(--outline); } .bin { fill: currentColor; }
`;

const print = `
@media print {
  html { font-size: 11px; }
  body > * { max-width: none; padding-inline: 0; }
  .contents { display: none; }
  h2 { margin-top: 24px; break-after: avoid; } h3, figcaption { break-after: avoid; }
  header { padding-top: 0; }
  .paper-legend { break-after: avoid; }
  .frame, tr, .map, .types, .note, .found, .notice, .banner { break-inside: avoid; }
  .scroll { overflow: visible; } pre { max-height: none; font-size: 8px; white-space: pre-wrap; overflow-wrap: anywhere; }
  .numbers { font-size: 9.5px; } .numbers th, .numbers td { padding: 3px 6px; white-space: normal; } .n, .paper, .note, .exception, .interval { font-size: 9px; }
  .numbers .wrap { min-width: 120px; } .numbers .words { overflow-wrap: anywhere; min-width: 64px; } #models-table tbody th { white-space: nowrap; }
  .numbers thead th, .numbers thead .words { overflow-wrap: normal; }
  .numbers.narrow-heads th, .numbers.narrow-heads td { padding-inline: 3px; }
  #figure-3, #models-table, #runs, #recipes, #each-image, #flip-points, #curves, #intervals, #along-alpha, #softmax-by-type { break-inside: auto; }
  .anchors { gap: 5px; } .anchors li { width: 19mm; } .anchors img { width: 13mm; height: 13mm; }
  .stimuli td, .strip td, .strip .votes { width: auto; }
  .stimuli { border-spacing: 2px 3px; } .stimuli img { width: 11.5mm; height: 11.5mm; }
  .strip { border-spacing: 2px; } .strip img { width: 11.5mm; height: 11.5mm; } .strip .mat { padding: 1px; }
  .stimuli .mat { border-width: 2px; padding: 1px; } .stimuli tbody th { padding-top: 5mm; padding-right: 2px; }
  .labels { font-size: 8px; line-height: 10px; min-height: 10px; }
  .blocks { gap: 10px 8px; } .map h3 { font-size: 10px; } .blocks .chart { width: auto; max-width: 58mm; } .blocks > :only-child .chart { max-width: 110mm; }
  sup { font-size: 7px; } .not-printed { display: none; } .only-printed { display: block; } footer { padding-block: 8px 0; }
  .rehearsal { border-left-width: 8px; padding-left: 8px; }
}
`;

/** Everything, in order. */
export const styles = [light, dark, page, frames, tables, pictures, drawings, print].join('').trim();

/** Styles of an SVG file: always light, as on paper. */
export const drawingStyles = `${light}${drawings}svg { background: #ffffff; }`.trim();

/** Paper, and the number of each page, where the report is printed. */
export const pageSize = (size: 'A4' | 'Letter'): string => `
@page {
  size: ${size};
  margin: 14mm 12mm 18mm;
  @bottom-right { content: counter(page) ' / ' counter(pages); font: 9px system-ui, sans-serif; color: #5a5f66; }
}`;
