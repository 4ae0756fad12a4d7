import { type ReportChoice, type ReportSection, wholeReport } from '../contract/api/report.ts';
import { type Content, type Html, html, nothing } from './html.ts';
import { type Layout, layOut, maxDrawn } from './layout.ts';
import { narrowed } from './narrow.ts';
import { byArchitecture, byNumber } from './order.ts';
import type { SeedNumbers, StudyNumbers } from '../exhibits/study-numbers.ts';
import { isRehearsal, type ReportData } from './report-data.ts';

/** Report data with what several sections need worked out once. */
export interface View extends StudyNumbers {
  data: ReportData;
  choice: ReportChoice;
  /** `People`, or `Simulated labelers` in a rehearsal. */
  people: string;
  /** Targets of the study that were not chosen, ascending. */
  otherTargets: number[];
  /** Pairs by alphas, as in the paper's Figure 3. */
  layout: Layout;
  /** A class as it stands in a small cell: its name if all names are short, else its index. */
  short(classIndex: number): string;
  /** Classes as they stand in a sentence. */
  long(classIndex: number): string;
}

export function viewOf(whole: ReportData, choice: ReportChoice = wholeReport): View {
  const data = narrowed(whole, choice.targets);
  const { classes } = data.dataSet;
  const short = classes.every((name) => name.length <= 2);
  const long = (index: number): string => classes[index] ?? String(index);
  return {
    data,
    choice,
    rehearsal: isRehearsal(data),
    people: isRehearsal(data) ? 'Simulated labelers' : 'People',
    paper: data.study.dataSet.source === 'mnist' ? data.paper : null,
    otherTargets: targetsOf(whole).filter((target) => choice.targets !== null && !choice.targets.includes(target)),
    labelers: data.labelers?.names.length ?? 0,
    images: data.analysis?.meta.n_images ?? data.stimuli.items.length,
    determined: data.analysis?.meta.n_determined ?? 0,
    humans: data.analysis?.humans ?? null,
    groups: byNumber(data.analysis?.diverse ?? {}).map(([target, group]) => ({
      ...{ target, group, choice: { kind: 'diverse', target: Number(target) } },
      absent: data.missed.flatMap((miss) =>
        miss.repeat === null && miss.target === Number(target) ? [{ model: miss.name, why: 'missed' }] : [],
      ),
    })),
    seedCells: seedCellsOf(data),
    layout: layOut(data.stimuli.items),
    short: (index) => (short ? long(index) : String(index)),
    long,
  };
}

function seedCellsOf({ analysis }: ReportData): SeedNumbers[] {
  return byArchitecture(analysis?.fig2 ?? {}).flatMap(([architecture, targets]) =>
    byNumber(targets).map(([target, fig2]) => ({
      ...{ architecture, target: Number(target), fig2 },
      repeats: byNumber(analysis?.fig4[architecture]?.[target] ?? {}).map(([repeat]) => Number(repeat)),
      table5: analysis?.table5[architecture]?.[target] ?? {},
    })),
  );
}

/** Target accuracies that networks of a study have, or were to have; ascending. */
export const targetsOf = ({
  recipes,
  models,
}: Pick<ReportData, 'recipes'> & { models: readonly { target: number }[] }): number[] =>
  [...new Set([...recipes.flatMap((of) => of.targets), ...models.map(({ target }) => target)])].sort((a, b) => a - b);

/** Whether a section was chosen. */
export const has = (view: View, section: ReportSection): boolean => view.choice.sections.includes(section);

/** Whether the report lists every image, so that others can point into the list. */
export const listsImages = (view: View): boolean =>
  has(view, 'each-image') && view.data.stimuli.items.length <= maxDrawn;

/**
 * A mark of one image that leads to its line in the list of all. By keyboard the lists of images by type lead there: a
 * stop at each of some hundred marks would help nobody.
 */
export const linked = (view: View, image: number | undefined, mark: Html): Html =>
  image !== undefined && listsImages(view) ? html`<a href="#image-${image}" tabindex="-1">${mark}</a>` : mark;

/** Whether people have labelled and no network can be compared: what is shown is about people alone. */
export const peopleAlone = ({ data, groups }: View): boolean => groups.length === 0 && data.labelers !== null;

/** Whether the study has networks that the report leaves out because they were not chosen. */
export const leavesOut = ({ data, otherTargets }: View): boolean => otherTargets.length + data.notChosen.length > 0;

/** Why there are no diverse networks to compare: whatever was not chosen may have answered. */
export function noGroups(view: View): string {
  const answered = view.data.predictions.length > 0;
  if (leavesOut(view))
    return answered
      ? 'None of the chosen networks is one of the diverse, so nothing is compared.'
      : 'None of the chosen networks has answered, so nothing is compared.';
  return answered || view.data.labelers === null
    ? 'There are no diverse networks to compare at any target yet.'
    : 'No network has answered yet, so nothing is compared.';
}

interface Frame {
  /** For links, e.g. `table-2`. */
  id: string;
  /** `Table 2`, or empty. */
  number: string;
  title: Content;
  /** True when labels of people (or of simulated labelers) went into it. */
  people: boolean;
  body: Content;
  note?: Content;
}

/** The frame of every table and figure; what is wider than the page scrolls in it, also by keyboard. What holds rehearsal data wears the stripe and the word. */
export function frame(view: View, { id, number, title, people, body, note }: Frame): Html {
  const rehearsed = people && view.rehearsal;
  const name = html`<span class="number">${number}</span> ${title}`;
  return html`<figure id="${id}" class="frame${rehearsed ? ' rehearsal' : ''}" aria-labelledby="${id}-title">
    <figcaption>
      <span id="${id}-title">${name}</span>${rehearsed && html` <strong class="rehearsal-word">Rehearsal</strong>`}
    </figcaption>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="${id}-title">${body}</div>
    ${note ? html`<div class="note">${note}</div>` : nothing}
  </figure> `;
}

/** A section of the report with its heading. */
export const section = (id: string, title: string, body: Content): Html =>
  html`<section id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${title}</h2>
    ${body}
  </section> `;
