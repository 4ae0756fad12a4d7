import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPlaced } from '../../../main/domain/stimuli/stimulus-set.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import { studyWithStimuli } from '../../../main/services/labels/find.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** Gives the sample study counts of labels instead: of each image how many of `people` gave a class of its pair. */
export async function importCounts(workbench: Workbench, people: number): Promise<void> {
  const { set } = studyWithStimuli(workbench, 'sample');
  const rows = set.images.filter(isPlaced).map(({ id, pairI, pairJ, alpha }) => {
    const ofJ = Math.round(people * Math.min(1, Math.max(0, 1.6 * alpha - 0.3)));
    const counts = new Array<number>(10)
      .fill(0)
      .with(pairI, people - ofJ)
      .with(pairJ, ofJ);
    return [id, ...counts].join();
  });
  const path = join(temporaryFolder(), 'counts.csv');
  const header = ['image', ...Array.from({ length: 10 }, (_, k) => `count_${k}`)].join();
  writeFileSync(path, `${[header, ...rows].join('\n')}\n`);
  await importResponses(workbench, 'sample', path, { kind: 'counts', total: null });
}
