import { type ReportChoice, wholeReport } from '../contract/api/report.ts';
import { table4 } from '../exhibits/paper-tables.ts';
import { standaloneDocument } from './document.ts';
import { moment } from './format.ts';
import { exhibitTable } from './formats/as-html.ts';
import { placeOf } from '../exhibits/result-lists.ts';
import { placed } from './formats/placed.ts';
import { type Content, type Html, html, nothing } from './html.ts';
import type { ReportData } from '../exhibits/report-data.ts';
import { diverseMaps, seedMaps } from './sections/heatmaps.ts';
import { eachImage } from './sections/each-image.ts';
import { comparisonSection, drawnSection, drawnSections } from './sections/measures.ts';
import { methods } from './sections/methods.ts';
import { models } from './sections/models.ts';
import { provenance } from './sections/provenance.ts';
import { strip } from './sections/strip.ts';
import { anchors, stimulusGrid } from './sections/stimuli.ts';
import { appendices, contributed, ownPages, ownSections } from './sections/contributed.ts';
import { header, summary } from './sections/summary.ts';
import { typesTable } from './sections/types.ts';
import {
  allMissed,
  allModels,
  has,
  leavesOut,
  listsImages,
  noGroups,
  peopleAlone,
  type View,
  reportView,
} from '../exhibits/view.ts';
import { section } from './frame.ts';

/**
 * The report as one HTML file that needs nothing else: styles inline, images as data URIs, no script, and a policy that
 * refuses every request. The same data and choice give the same bytes.
 */
export const renderReport = (data: ReportData, choice: ReportChoice = wholeReport): string =>
  renderView(reportView(data, choice));

/** The same, of a view that was computed before. */
export function renderView(view: View): string {
  const { data, choice } = view;
  const parts = pageParts(view);
  return standaloneDocument({
    title: html`${view.rehearsal && 'Rehearsal: '}${data.study.title}`,
    paperSize: choice.paperSize,
    images: true,
    body: html`${header(view)} ${contents(parts)}
      <main>${parts.map(({ body }) => body)}</main>
      <footer>
        Boundary Workbench ${data.product.version} · ${moment(data.createdAt)}${view.rehearsal && ' · rehearsal with simulated labelers'}
      </footer>`,
  });
}

interface Part {
  id: string;
  name: string;
  body: Html;
}

const hasSeedGroups = (view: View): boolean => Object.keys(view.data.analysis?.fig2 ?? {}).length > 0;

/** What is in it, in order. */
function pageParts(view: View): Part[] {
  const { introduction, conclusion } = view.choice;
  const compares = view.groups.length > 0;
  const tells = compares || peopleAlone(view);
  const part = (wanted: boolean, id: string, name: string, body: (view: View) => Html): Part[] =>
    wanted ? [{ id, name, body: body(view) }] : [];
  const drawn = [...drawnSections, ...(view.data.added?.sections ?? [])].toSorted(
    (a, b) => placeOf(a.section) - placeOf(b.section),
  );
  return [
    ...part(introduction.trim() !== '', 'introduction', 'Introduction', () =>
      words('introduction', 'Introduction', introduction),
    ),
    ...part(true, 'found', 'Findings', summary),
    ...part(has(view, 'images'), 'stimuli', 'Images', stimuli),
    ...part(has(view, 'networks'), 'models', 'Networks', networks),
    ...part(has(view, 'types'), 'results', 'Results', results),
    ...ownPages(view),
    ...drawn.flatMap((each) =>
      part((each.needsNetworks ? compares : tells) && has(view, each.section), each.id, each.name, () =>
        drawnSection(view, each),
      ),
    ),
    ...part(
      tells && has(view, 'comparison'),
      'part-comparison',
      compares ? 'Comparison' : 'Intervals',
      comparisonSection,
    ),
    ...ownSections(view),
    ...part(hasSeedGroups(view) && has(view, 'seeds'), 'seed-groups', 'Seed groups', seedGroups),
    ...part(conclusion.trim() !== '', 'conclusion', 'Conclusion', () => words('conclusion', 'Conclusion', conclusion)),
    ...part(true, 'methods', 'Methods', methods),
    ...part(listsImages(view), 'part-each-image', 'Each image', eachImage),
    ...part(true, 'provenance', 'Provenance', provenance),
    ...appendices(view),
  ];
}

function contents(parts: readonly Part[]): Html {
  return html`<nav class="contents" aria-label="Contents">
    <ul>
      ${parts.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>`)}
    </ul>
  </nav>`;
}

/** What the user wrote: plain text, an empty line begins a paragraph. */
const words = (id: string, name: string, text: string): Html =>
  section(
    id,
    name,
    text
      .trim()
      .split(/\n\s*\n/)
      .map((paragraph) => html`<p>${paragraph}</p>`),
  );

const stimuli = (view: View): Html =>
  section('stimuli', 'Images', [anchors(view), strip(view), stimulusGrid(view), contributed(view, 'images')]);

function networks(view: View): Html {
  const none = allModels(view.data).length === 0 && allMissed(view.data).length === 0;
  const why = leavesOut(view) ? noGroups(view) : 'No network has been trained yet.';
  return section('models', 'Networks', none ? html`<p>${why}</p>` : models(view));
}

function results(view: View): Html {
  const { take, rest } = placed(view, 'types');
  const legend =
    view.paper && html`<p class="paper-legend"><span class="paper">the paper’s value, under ours</span></p>`;
  const body: Content =
    view.groups.length === 0
      ? html`<p>There are no diverse networks to compare: Tables 1 to 4 and Figure 4 need predictions of at least two at one target.</p>`
      : [
          legend,
          typesTable(view),
          take('table-2', 'table-3', 'types-figure'),
          rest(),
          has(view, 'softmax') ? nothing : exhibitTable(view, table4(view)),
          diverseMaps(view),
        ];
  return section('results', 'Results', [
    body,
    hasSeedGroups(view)
      ? nothing
      : html`<p class="note">${leavesOut(view) ? 'This report' : 'This study'} has no seed groups, so there is no Figure 2 and no Table 5.</p>`,
  ]);
}

function seedGroups(view: View): Html {
  const { take, rest } = placed(view, 'seeds');
  return section('seed-groups', 'Seed groups', [take('figure-2'), rest(), seedMaps(view)]);
}
