import { stringify } from 'csv-stringify/sync';
import type { StimulusImage } from '../../domain/stimulus-set.ts';
import { writeFileAtomic } from '../atomic.ts';
import { humansColumns, simulatedColumn } from './humans-csv.ts';
import { refuseFormula } from './formula.ts';

/** Labels of one stimulus set. */
export interface HumansToWrite {
  readonly images: readonly StimulusImage[];
  readonly labelers: readonly { readonly name: string; readonly simulated: boolean }[];
  /** `[labeler][image]`; null where no label was given. */
  readonly labels: readonly ArrayLike<number | null>[];
}

/**
 * Writes a humans.csv in the layout of SPEC 0, whole or not at all; UTF-8, LF. Labels that were not given have no row.
 * Where any labeler is simulated, a last column `simulated` says yes or no in each row, and reading the file keeps it.
 * @throws UserError `csv.formula` for a name that a spreadsheet would run; `file.*` if the path cannot be written.
 */
export function writeHumansCsv(path: string, humans: HumansToWrite): void {
  for (const { name } of humans.labelers) refuseFormula(path, name);
  writeFileAtomic(path, humansText(humans));
}

function humansText({ images, labelers, labels }: HumansToWrite): string {
  const marked = labelers.some(({ simulated }) => simulated);
  const rows = images.flatMap(({ id, pairI, pairJ, alpha }, image) =>
    labelers.flatMap(({ name, simulated }, labeler) => {
      const label = labels[labeler]?.[image] ?? null;
      if (label === null) return [];
      const row = [id, pairI, pairJ, alpha, name, label];
      return [marked ? [...row, simulated ? 'yes' : 'no'] : row];
    }),
  );
  return stringify([marked ? [...humansColumns, simulatedColumn] : [...humansColumns], ...rows]);
}
