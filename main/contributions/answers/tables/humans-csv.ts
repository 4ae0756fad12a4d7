import { arePlaced, hasAnchors, hasTruth, placeColumns, type StimulusImage } from '../../../domain/stimuli/index.ts';
import { labelAt, type LabelMatrix, wasShown } from '../../../analysis/labels/index.ts';
import { writeFileAtomic } from '../../../files/index.ts';
import { formatCsv, refuseFormula } from '../../../files/tables/index.ts';

/** The columns that every humans.csv has. */
export const humansColumns = ['image', 'labeler', 'label'] as const;

/**
 * An optional column: `yes` in the rows of a simulated labeler (a rehearsal), `no` or blank in the others. It keeps
 * simulated labels marked when they pass through a file.
 */
export const simulatedColumn = 'simulated';

/** Optional columns: ids of the anchors that the image lies between, unique in their class. */
export const anchorColumns = ['anchor_i', 'anchor_j'] as const;

/** An optional column: the class that the image shows in truth, the same in each of its rows; blank: unknown. */
export const truthColumn = 'truth';

/** Highest number of classes in the product (main/contract/studies/study.ts). */
export const maxClasses = 1000;

/** Labels of one stimulus set. */
interface HumansToWrite {
  readonly images: readonly StimulusImage[];
  readonly labelers: readonly { readonly name: string; readonly simulated: boolean }[];
  readonly labels: LabelMatrix;
}

/**
 * Writes a humans.csv (metrics.md 0), completely or not at all; UTF-8, LF. Missing labels have no row, but where true classes
 * are known, images that were shown without getting a label have one with a blank label. If any labeler
 * is simulated, a column `simulated` says yes or no in each row, and reading the file keeps it. If a class has several
 * anchors, the last columns name those of each image; where true classes are known, a column `truth` has them.
 * @throws UserError `csv.formula` for a name that a spreadsheet would run; `file.*` if the path cannot be written.
 */
export function writeHumansCsv(path: string, humans: HumansToWrite): void {
  for (const { name } of humans.labelers) refuseFormula(path, name);
  writeFileAtomic(path, humansText(humans));
}

function humansText({ images, labelers, labels }: HumansToWrite): string {
  const marked = labelers.some(({ simulated }) => simulated);
  const [withAnchors, withTruth, placed] = [hasAnchors(images), hasTruth(images), arePlaced(images)];
  const rows = images.flatMap(({ id, pairI, pairJ, alpha, anchorI = null, anchorJ = null, truth = null }, image) =>
    labelers.flatMap(({ name, simulated }, labeler) => {
      const label = labelAt(labels, labeler, image);
      if (label === null && !(withTruth && wasShown(labels, labeler * labels.images + image))) return [];
      const place = placed ? [pairI, pairJ, alpha] : [];
      const row = [id, ...place, name, label, ...(marked ? [simulated ? 'yes' : 'no'] : [])];
      return [[...row, ...(withAnchors ? [anchorI, anchorJ] : []), ...(withTruth ? [truth] : [])]];
    }),
  );
  const [first, ...rest] = humansColumns;
  const columns = [first, ...(placed ? placeColumns : []), ...rest];
  const header = [...columns, ...(marked ? [simulatedColumn] : []), ...(withAnchors ? anchorColumns : [])];
  return formatCsv([[...header, ...(withTruth ? [truthColumn] : [])], ...rows]);
}
