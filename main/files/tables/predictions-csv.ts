import { readCsv } from './csv-reader.ts';
import { PredictionsBuilder } from './predictions-builder.ts';
import type { PredictionsTable } from './predictions-table.ts';

/**
 * Reads what models said: label and all K softmax values, one row for each model and image (SPEC 0). A group in which a
 * model lacks a row or has one twice is left out, with a warning. A label that is not the largest softmax value stands,
 * with a warning.
 * @throws UserError `csv.*`, `predictions.*` or `file.*`, naming file, row and remedy; nothing is given then.
 */
export async function readPredictionsCsv(path: string): Promise<PredictionsTable> {
  const builder = new PredictionsBuilder(path);
  await readCsv(path, (header) => builder.start(header));
  return builder.finish();
}
