import { csvRow, textCell } from '../../../files/tables/csv-writer.ts';
import { simulatedColumn } from '../../../files/tables/humans-csv.ts';
import type { LabelTable } from '../../../storage/index.ts';
import { labelerNames } from '../../labels/labeler-names.ts';
import type { TableSource } from './sources.ts';
import { imageName } from './sources.ts';

/** Rows of the study's labelers, people or simulated: what figures are about. */
function labels({ bench, study, set }: TableSource): LabelTable {
  return bench.storage.responses.table(study.id, set.hash);
}

/** humans.csv: image,pair_i,pair_j,alpha,labeler,label. Labels that were not given have no row. */
export function* humansRows(source: TableSource): Generator<string> {
  const table = labels(source);
  const marked = table.containsSimulated;
  yield `image,pair_i,pair_j,alpha,labeler,label${marked ? `,${simulatedColumn}` : ''}\n`;
  const names = labelerNames(table.labelers).map(textCell);
  const ends = table.labelers.map(({ simulated }) => (marked ? (simulated ? ',yes\n' : ',no\n') : '\n'));
  let rows = '';
  for (const [index, { id, pairI, pairJ, alpha }] of source.set.images.entries()) {
    const start = `${id},${pairI},${pairJ},${alpha},`;
    for (let person = 0; person < names.length; person++) {
      const label = table.labels[person]?.[index] ?? null;
      if (label !== null) rows += `${start}${names[person]},${label}${ends[person]}`;
    }
    if (rows.length < 65_536) continue;
    yield rows;
    rows = '';
  }
  yield rows;
}

/** Labels an image and class. */
export function* countRows(source: TableSource): Generator<string> {
  const table = labels(source);
  const classes = source.set.classes.map((_, index) => `count_${index}`);
  const marked = table.containsSimulated ? [simulatedColumn] : [];
  yield csvRow(['image', 'imagename', 'pair_i', 'pair_j', 'alpha', 'labels', ...classes, ...marked]);
  for (const [index, { id, pairI, pairJ, alpha }] of source.set.images.entries()) {
    const counts = new Array<number>(classes.length).fill(0);
    let given = 0;
    for (const own of table.labels) {
      const label = own[index] ?? null;
      if (label === null) continue;
      counts[label] = (counts[label] ?? 0) + 1;
      given += 1;
    }
    yield csvRow([id, imageName(id), pairI, pairJ, alpha, given, ...counts, ...marked.map(() => 'yes')]);
  }
}
