import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addStimuli, studyName } from '../../services/labeling/labeling-helper.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { boundary } from '../../services/study/command-line.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('models’ answers are added by the options that import those of people', async () => {
  const { dataFolder, lab } = openLab();
  addStimuli(lab.workbench.storage);
  await lab.close();
  const path = join(temporaryFolder(), 'model.csv');
  writeFileSync(path, ['bild,antwort', ...Array.from({ length: 33 }, (_, image) => `${image},nil`)].join('\n'));
  const add = (...options: string[]) => boundary(['--data', dataFolder, 'models', 'add', studyName, path, ...options]);
  const columns = ['--map', 'image=bild', '--map', 'label=antwort'];
  expect((await add(...columns, '--map', 'rating=antwort')).stderr).toContain('"rating" is not one of image, model');
  expect(await add(...columns, '--class', 'nil=zero')).toMatchObject({
    code: 0,
    stdout: 'Columns: image=bild, label=antwort\nAdded 1 model.\n',
  });
});
