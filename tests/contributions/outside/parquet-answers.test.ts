import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { safe } from '@orpc/server';
import { expect, onTestFinished, test } from 'vitest';
import { parser } from '../../../main/files/limits.ts';
import { previewAnswers, readAnswers } from '../../../main/contributions/answers/models/model-answers.ts';
import { studyWithStimuli } from '../../../main/services/labels/find.ts';
import { forgedParquet } from '../answers/parquet-builder.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { benchWithSample } from '../../contributions/archives/archive-helper.ts';
import { openLab } from '../../services/lab/lab-helper.ts';

const study = 'sample';
const made = (name: string): string =>
  join(import.meta.dirname, '../../contributions/answers/parquet', `${name}.parquet`);

/** What parquet/make.py wrote, as CSV. */
function sameAnswers(): string {
  const rows = [0, 1].flatMap((model) =>
    Array.from({ length: 165 }, (_, image) => {
      const shares = Array.from({ length: 10 }, (_, k) => 1 + ((7 * image + 3 * k + model) % 5));
      const sum = shares.reduce((a, b) => a + b, 0);
      return [`net ${model}`, `img_${image}.png`, ...shares.map((share) => Math.fround(share / sum))];
    }),
  );
  return [['model', 'file', ...shareNames], ...rows].map((row) => row.join(',')).join('\n');
}

const shareNames = Array.from({ length: 10 }, (_, k) => `p${k}`);

test('a Parquet file says what the CSV of the same answers says, with lists too', async () => {
  const { set } = studyWithStimuli(await benchWithSample(), study);
  const folder = temporaryFolder();
  const read = async (name: string) => {
    const file = { path: join(folder, name), name };
    const preview = await previewAnswers(file, set, {});
    return { preview, answers: await readAnswers(file, preview.guess, set) };
  };
  writeFileSync(join(folder, 'answers.csv'), sameAnswers());
  copyFileSync(made('answers'), join(folder, 'answers.parquet'));
  // The name does not matter.
  copyFileSync(made('list'), join(folder, 'list'));
  const [csv, wide, list] = [await read('answers.csv'), await read('answers.parquet'), await read('list')];
  expect(csv.answers.models).toMatchObject([{ name: 'net 0' }, { name: 'net 1' }]);
  expect(wide.answers).toEqual(csv.answers);
  expect(list.answers).toEqual(csv.answers);
  expect(wide.preview).toEqual({ ...csv.preview, name: 'answers.parquet', format: 'parquet' });
  expect(list.preview.guess.softmax).toEqual(shareNames.map((name) => name.replace('p', 'softmax_')));
});

test('a Parquet file is added, and one that never ends costs a message and nothing else', async () => {
  const bench = await benchWithSample();
  const { folder } = bench.storage;
  bench.storage.close();
  const { parquetPatience } = parser;
  onTestFinished(() => {
    parser.parquetPatience = parquetPatience;
  });
  const { lab, client, defects } = openLab(folder);
  const add = async (bytes: Uint8Array, name: string) => {
    const upload = await lab.uploads.take(name, Readable.from([bytes]));
    const preview = await safe(client.outside.previewAnswers({ study, upload, wanted: {} }));
    return preview.data
      ? client.outside.addAnswers({ study, upload, mapping: preview.data.guess })
      : Promise.reject(preview.error);
  };
  // A number of two million bytes, which the library would read for hours.
  const endless = forgedParquet({ footer: new Uint8Array(2e6).fill(0xff).fill(0x16, 0, 1) });
  parser.parquetPatience = 1000;
  await expect(add(endless, 'endless.parquet')).rejects.toMatchObject({
    data: { code: 'labeling.unreadable', where: 'endless.parquet', what: expect.stringContaining('made to block') },
  });
  parser.parquetPatience = parquetPatience;
  // A damaged one is named as its user calls it.
  await expect(add(readFileSync(made('answers')).subarray(0, 3000), 'short.parquet')).rejects.toMatchObject({
    data: { code: 'parquet.damaged', where: 'short.parquet' },
  });
  expect(await add(readFileSync(made('answers')), 'answers.parquet')).toMatchObject({ known: 0 });
  expect((await client.outside.list({ study })).models.map(({ name }) => name)).toEqual(['net 0', 'net 1']);
  expect(defects).toEqual([]);
});
