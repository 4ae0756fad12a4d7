import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSetRecord } from '../../../main/contract/api/data-sets.ts';
import type { DataSetSource } from '../../../main/contract/studies/study.ts';
import { repository } from '../../architecture/tools.ts';

/** Few images of two classes, as they are known once they were read from this source. */
export const smallRecord = (source: DataSetSource | undefined): DataSetRecord => ({
  hash: 'c'.repeat(64),
  name: 'few',
  classes: ['zero', 'one'],
  height: 24,
  width: 24,
  trainCount: 288,
  testCount: 72,
  channels: 1,
  mean: [0],
  std: [1],
  source: source ?? { source: 'mnist' },
});

/** The images that a preset declares. */
export const presetSource = (preset: string): object =>
  (JSON.parse(readFileSync(join(repository, 'resources/studies', `${preset}.json`), 'utf8')) as { dataSet: object })
    .dataSet;
