import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import answers from '../../../main/contributions/answers/results.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import { compareNumbers } from '../../services/report/same-numbers.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('a page and a report have the same numbers of people who answered with sets', async () => {
  const workbench = openSample(await sampleFolder(temporaryFolder()));
  const path = join(temporaryFolder(), 'set.csv');
  const rows = Array.from(
    { length: 165 },
    (_, image) => `${image},Ada,${image % 10}\n${image},Ben,1|${image % 10 === 1 ? 7 : image % 10}\n`,
  );
  writeFileSync(path, `image,labeler,labels\n${rows.join('')}`);
  await importResponses(workbench, 'sample', path, { kind: 'set', total: null });
  expect(compareNumbers(workbench, 'sample', 97.5, new Map([['answers', answers]]))).toEqual(
    expect.arrayContaining(['sets', 'certainty']),
  );
  workbench.storage.close();
});
