import type { TableFile } from '../table-kinds.ts';
import { bytesOf } from '../../../domain/numbers/index.ts';
import type { AnswersMapping } from '../contract/outside-models.ts';
import type { StoredModelAnswers } from '../contract/models.ts';
import type { StimulusSetRecord } from '../../../storage/index.ts';
import type { Workbench } from '../../../services/workbench/index.ts';
import { readAnswers } from './model-answers.ts';

/**
 * Reads all of a table and stores each model's answers as blobs, which nothing names yet. How often a model is right is
 * counted where the stimuli state true classes.
 * @throws UserError `csv.*`, `parquet.*`, `file.*`, `data-set.npy-*`, `outside.table`
 */
export async function storeAnswers(
  { storage: { blobs } }: Pick<Workbench, 'storage'>,
  file: TableFile,
  mapping: AnswersMapping,
  set: StimulusSetRecord,
) {
  const { models, ...read } = await readAnswers(file, mapping, set);
  const put = (values: Uint16Array | Float32Array | null): string | null => values && blobs.put(bytesOf(values));
  const stored = models.map(
    ({ name, labels, softmax, confidence }): StoredModelAnswers => ({
      name,
      labels: blobs.put(bytesOf(labels)),
      softmax: put(softmax),
      confidence: put(confidence),
      tested: countErrors(labels, set),
    }),
  );
  return { set: set.hash, models: stored, ...read };
}

function countErrors(labels: Uint16Array, { images }: StimulusSetRecord): StoredModelAnswers['tested'] {
  const known = images.flatMap(({ truth }, at) => (truth == null ? [] : [{ truth, label: labels[at] }]));
  if (known.length === 0) return null;
  return { images: known.length, errors: known.filter(({ truth, label }) => truth !== label).length };
}
