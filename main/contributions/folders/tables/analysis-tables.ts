import type { AnalysisInput, ImageInput } from '../../../analysis/outcomes/index.ts';
import { type LabelMatrix, missing, nobody } from '../../../analysis/labels/index.ts';
import { formatCount } from '../../../domain/numbers/index.ts';
import type { HumansTable } from './humans-csv-reader.ts';
import type { PredictionsTable } from './predictions-csv-reader.ts';
import { rowLocation, tableError, type TableWarning } from '../../../files/tables/index.ts';

/** What the analysis takes, from a humans.csv alone. */
export function humansToInput(humans: HumansTable): AnalysisInput {
  const { images, classes, labelers, labels } = humans;
  const none = { models: [], modelLabels: new Int16Array(0), softmax: new Float64Array(0) };
  return { images, classes, people: { kind: 'single', labelers, labels }, ...none };
}

/** What the analysis takes, from a predictions.csv alone. */
export function predictionsToInput(predictions: PredictionsTable): AnalysisInput {
  const { classes, models, labels, softmax } = predictions;
  const images = predictions.images.map(({ id }) => ({ id, pairI: null, pairJ: null, alpha: null }));
  return { images, classes, people: nobody(images.length, classes), models, modelLabels: labels, softmax };
}

/**
 * What the analysis takes, from both files. An absent row of humans.csv is a missing label (metrics.md 0), so an image
 * that all models have and no row of humans.csv names is one without labels: a warning. One that only some models have
 * is a mistake.
 * @throws UserError `predictions.unknown-image`.
 */
export function tablesToInput(
  humans: HumansTable,
  predictions: PredictionsTable,
): { input: AnalysisInput; warnings: TableWarning[] } {
  const indexOf = new Map(humans.images.map(({ id }, index) => [id, index]));
  const unlabeled = predictions.images.filter(({ id }) => !indexOf.has(id));
  const stray = unlabeled.find(({ everywhere }) => !everywhere);
  if (stray) {
    const what = `There is no image ${stray.id} in ${humans.path}, and not every model has it`;
    const remedy = 'Use files of the same stimulus set, or remove the row.';
    throw tableError(predictions.path, stray.row, 'predictions.unknown-image', what, remedy);
  }
  const images = predictions.images.map(({ id }): ImageInput => {
    const index = indexOf.get(id);
    return index === undefined ? { id, pairI: null, pairJ: null, alpha: null } : humans.images[index]!;
  });
  const rows = images.map(({ id }) => indexOf.get(id));
  const { labelers } = humans;
  const labels = labelsInOrder(humans.labels, rows);
  return {
    input: { ...predictionsToInput(predictions), images, people: { kind: 'single', labelers, labels } },
    warnings: unlabeledWarnings(humans, predictions, unlabeled),
  };
}

/** Labels of humans.csv in another order of images; missing where the image is not in the file. */
function labelsInOrder(labels: HumansTable['labels'], order: readonly (number | undefined)[]): LabelMatrix {
  const values = new Int16Array(labels.raters * order.length).fill(missing);
  const unanswered = new Uint8Array(values.length);
  order.forEach((image, place) => {
    for (let rater = 0; image !== undefined && rater < labels.raters; rater++) {
      values[rater * order.length + place] = labels.values[rater * labels.images + image]!;
      unanswered[rater * order.length + place] = labels.unanswered[rater * labels.images + image]!;
    }
  });
  return { ...labels, images: order.length, values, unanswered };
}

function unlabeledWarnings(
  humans: HumansTable,
  predictions: PredictionsTable,
  unlabeled: PredictionsTable['images'],
): TableWarning[] {
  const [first] = unlabeled;
  if (!first) return [];
  const message = `${formatCount(unlabeled.length, 'image')} without a row in ${humans.path}, such as ${first.id}: counted as unlabeled`;
  return [{ code: 'humans.image-without-row', message, where: rowLocation(predictions.path, first.row) }];
}
