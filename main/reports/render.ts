import { createHash } from 'node:crypto';
import { moment } from './format.ts';
import { type Content, type Html, html, nothing, trusted } from './html.ts';
import type { ReportData } from './report-data.ts';
import { table4, table5 } from './sections/certainty.ts';
import { table2 } from './sections/disagreement.ts';
import { diverseMaps, seedMaps } from './sections/heatmaps.ts';
import { figure2 } from './sections/lines.ts';
import { methods } from './sections/methods.ts';
import { models } from './sections/models.ts';
import { provenance } from './sections/provenance.ts';
import { selfTest } from './sections/self-test.ts';
import { strip } from './sections/strip.ts';
import { anchors, stimulusGrid } from './sections/stimuli.ts';
import { header, summary } from './sections/summary.ts';
import { table1, table3 } from './sections/types.ts';
import { styles } from './styles.ts';
import { section, type View, viewOf } from './view.ts';

/**
 * The report as one HTML file that needs nothing else: styles inline, images as data URIs, no script, and a policy that
 * refuses every request. The same data give the same bytes.
 */
export function renderReport(data: ReportData): string {
  const view = viewOf(data);
  const styleHash = createHash('sha256').update(styles).digest('base64');
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="${policy}" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>${view.rehearsal && 'Rehearsal: '}${data.study.title}</title>
      ${trusted(`<style>${styles}</style>`)}
    </head>
    <body>
      ${header(view)} ${contents(view)}
      <main>${summary(view)} ${stimuli(view)} ${networks(view)} ${results(view)} ${seedGroups(view)} ${methods(view)} ${provenance(view)} ${selfTest(view)}</main>
      <footer>
        Boundary Workbench ${data.product.version} · ${moment(data.createdAt)}${view.rehearsal && ' · rehearsal with simulated labelers'}
      </footer>
    </body>
  </html>`;
  return `<!doctype html>\n${page.text}\n`;
}

const hasSeedGroups = (view: View): boolean => Object.keys(view.data.analysis?.fig2 ?? {}).length > 0;

function contents(view: View): Html {
  const entries: [string, string][] = [
    ['found', 'What was found'],
    ['stimuli', 'Images'],
    ['models', 'Networks'],
    ['results', 'Results'],
    ...(hasSeedGroups(view) ? ([['seed-groups', 'Seed groups']] satisfies [string, string][]) : []),
    ['methods', 'Methods'],
    ['provenance', 'Provenance'],
    ['self-test', 'Self-test'],
  ];
  return html`<nav class="contents" aria-label="Contents">
    <ul>
      ${entries.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
    </ul>
  </nav>`;
}

const stimuli = (view: View): Html => section('stimuli', 'Images', [anchors(view), strip(view), stimulusGrid(view)]);

function networks(view: View): Html {
  const none = view.data.models.length === 0 && view.data.missed.length === 0;
  return section('models', 'Networks', none ? html`<p>No network has been trained yet.</p>` : models(view));
}

function results(view: View): Html {
  const legend =
    view.paper && html`<p class="paper-legend"><span class="paper">the paper’s value, under ours</span></p>`;
  const body: Content =
    view.groups.length === 0
      ? html`<p>There are no diverse networks to compare: Tables 1 to 4 and Figure 4 need predictions of at least two at one target.</p>`
      : [legend, table1(view), table2(view), table3(view), table4(view), diverseMaps(view)];
  return section('results', 'Results', [
    body,
    hasSeedGroups(view)
      ? nothing
      : html`<p class="note">This study has no seed groups, so there is no Figure 2 and no Table 5.</p>`,
  ]);
}

function seedGroups(view: View): Html {
  if (!hasSeedGroups(view)) return nothing;
  return section('seed-groups', 'Seed groups', [figure2(view), table5(view), seedMaps(view)]);
}
