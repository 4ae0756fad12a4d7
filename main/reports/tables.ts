import { stringify } from 'csv-stringify/sync';
import { labelersOf, type People, type Ratings, type SetAnswer } from '../analysis/labels/answers.ts';
import { imageCounts, labelAt, type LabelCounts, wasShown } from '../analysis/labels/labels.ts';
import { at } from '../domain/numbers/arrays.ts';
import { hasAnchors, hasTruth, isPlaced, placeColumns } from '../domain/stimuli/stimulus-set.ts';
import { isRehearsal, type ReportData, type ReportModel, type ReportStimulus } from '../exhibits/report-data.ts';

/** The files beside the report, as text. */

type Row = (string | number)[];
/** Names that a spreadsheet would run as a formula are written with an apostrophe before them. */
const lines = (rows: Row[]): string => stringify(rows, { escape_formulas: true });
const csv = (header: string[], rows: Row[]): string => lines([header, ...rows]);

/**
 * Every label that was given: `image,pair_i,pair_j,alpha,labeler,label`, without the middle three where no image has a pair; missing ones have no row. In a rehearsal a
 * column `simulated` says so in each row. A column `truth` has the true classes, where the set states them. If a class
 * has several anchors, the last columns name those of the image.
 */
export function humansCsv(data: ReportData): string {
  const people = data.labelers?.people;
  const labels = people && 'labels' in people ? people.labels : null;
  const simulated = isRehearsal(data);
  const withTruth = hasTruth(data.stimuli.items);
  const anchored = hasAnchors(data.stimuli.items);
  const placed = data.stimuli.items.some(isPlaced);
  const toRows = (item: ReportStimulus, index: number): Row[] =>
    labelersOf(people).flatMap((name, labeler): Row[] => {
      const label = labels && labelAt(labels, labeler, index);
      if (!labels || (label === null && !(withTruth && wasShown(labels, labeler * labels.images + index)))) return [];
      const place = placed ? [item.pairI ?? '', item.pairJ ?? '', item.alpha ?? ''] : [];
      const row: Row = [item.id, ...place, name, label ?? ''];
      const anchors = anchored ? [item.anchorI ?? '', item.anchorJ ?? ''] : [];
      return [[...row, ...(simulated ? ['yes'] : []), ...(withTruth ? [item.truth ?? ''] : []), ...anchors]];
    });
  const header = ['image', ...(placed ? placeColumns : []), 'labeler', 'label'];
  header.push(...(simulated ? ['simulated'] : []), ...(withTruth ? ['truth'] : []));
  if (anchored) header.push('anchor_i', 'anchor_j');
  // An image at a time: rows of all of them would take more memory than the text.
  return csv(header, []) + data.stimuli.items.map((item, index) => lines(toRows(item, index))).join('');
}

/** How often each image was given each label: `image,count_0,count_1,...`, as `boundary analyze` reads it (counts.csv). */
export function countsCsv(images: readonly { readonly id: number }[], counts: LabelCounts): string {
  const header = ['image', ...Array.from({ length: counts.classes }, (_, k) => `count_${k}`)];
  return csv(
    header,
    images.map(({ id }, image): Row => [id, ...imageCounts(counts, image)]),
  );
}

/** Everybody's sets: `image,labeler,labels`, classes by their indexes with `|` between. */
export const setsCsv = (data: ReportData, people: Extract<People, { kind: 'set' }>): string =>
  csv(
    ['image', 'labeler', 'labels'],
    people.answers.map((answer): Row => [...whose(data, people, answer), answer.labels.join('|')]),
  );

/** Everybody's ratings: `image,labeler,label,rating`. */
export const gradedCsv = (data: ReportData, people: Extract<People, { kind: 'graded' }>): string =>
  csv(
    ['image', 'labeler', 'label', 'rating'],
    people.answers.flatMap((answer) =>
      answer.ratings.map(({ label, rating }): Row => [...whose(data, people, answer), label, rating]),
    ),
  );

/** Image and labeler of an answer. */
const whose = ({ stimuli }: ReportData, people: People, { image, labeler }: SetAnswer | Ratings): Row => [
  at(stimuli.items, image).id,
  at(labelersOf(people), labeler),
];

/** Every snapshot that reached its target; `group`: diverse, seeds, or the name of its own group. */
export function modelsCsv(data: ReportData): string {
  const header =
    'model,architecture,group,repeat,seed,target_accuracy,accuracy,errors,test_count,step,looks,full_looks,train_ms,look_ms,engine,weights,trend_accuracy,trend_error,trend_before,trend_after,trend_estimates,other_half_accuracy,validation_accuracy';
  const own = (data.ownGroups ?? []).flatMap(({ name, recipes }) =>
    recipes.flatMap(({ models }) => models.map((model) => ({ model, group: name }))),
  );
  const rows = [...data.models.map((model) => ({ model, group: model.group })), ...own].map(
    ({ model, group }): Row => [
      ...[model.name, model.architecture, group, model.repeat ?? '', model.seed, model.target, model.accuracy],
      ...[model.errors, model.testCount, model.step, model.looks, model.fullLooks, model.trainMs, model.lookMs],
      ...[model.engine, model.weights, ...trendCells(model)],
    ],
  );
  return csv(header.split(','), rows);
}

const trendCells = ({ trend: { accuracy, error, before, after, estimates }, ...of }: ReportModel): Row => [
  ...[accuracy ?? '', error ?? '', before, after, estimates, of.otherHalf ?? '', of.validation ?? ''],
];

/** The analysis (metrics.md 11), what it is of, and whether it is a rehearsal. */
export function tablesJson(data: ReportData): string {
  const { study, createdAt, product, stimuli, missed, warnings, analysis } = data;
  const content = {
    schema: 'boundary-workbench/tables/1',
    study: study.name,
    rehearsal: isRehearsal(data),
    createdAt,
    product,
    stimuli: stimuli.setHash,
    missed,
    warnings,
    analysis,
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}
