/**
 * Files that version 0.1.0 wrote must open, with the same labels and numbers. They stay as they are: `0.1.0/data` is a
 * data folder with a labeled study, `study.zip` its archive, `kit-result.json` the result of a kit that was not
 * imported yet (tests/contributions/offline/kept.test.ts), `labels-*.txt` its exports, `sample/*.csv` the tables of the report on the sample study.
 */
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { wholeReport } from '../../main/contract/api/report.ts';
import { exportFormats } from '../../main/contributions/answers/contract/tables.ts';
import { stimulusSetHash } from '../../main/domain/plans/identity.ts';
import { importStimulusSet } from '../../main/contributions/sets/reading/import-stimuli.ts';
import { importArchive } from '../../main/contributions/archives/import-archive.ts';
import { writeChosenReport } from '../../main/services/report/write.ts';
import { exportPredictions, exportResponses } from '../../main/contributions/answers/study-tables.ts';
import { benchWithSample } from '../contributions/archives/archive-helper.ts';
import { table } from '../contributions/archives/archived.ts';
import { studyName } from '../services/labeling/labeling-helper.ts';
import { openLab } from '../services/lab/lab-helper.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const kept = join(import.meta.dirname, '0.1.0');
const keptText = (name: string): string => readFileSync(join(kept, name), 'utf8');

function openKeptFolder() {
  const folder = join(temporaryFolder(), 'data');
  cpSync(join(kept, 'data'), folder, { recursive: true });
  return openLab(folder);
}

test('a data folder of 0.1.0 opens with every label, event and exclusion', async () => {
  const opened = openKeptFolder();
  for (const format of exportFormats) {
    expect(await table(opened, format), format).toBe(keptText(`labels-${format}.txt`));
  }
});

test('an archive of 0.1.0 is imported with its sessions and labels', async () => {
  const opened = openLab();
  const { name, sessions } = await importArchive(opened.lab.workbench, join(kept, 'study.zip'));
  expect(name).toBe(studyName);
  expect(sessions.added).toBeGreaterThan(5);
  for (const format of ['humans', 'counts'] as const) {
    expect(await table(opened, format), format).toBe(keptText(`labels-${format}.txt`));
  }
});

test('the sample study gives the same labels and predictions, byte for byte', async () => {
  const workbench = await benchWithSample();
  const [humans, predictions] = ['humans.csv', 'predictions.csv'].map((name) => join(temporaryFolder(), name));
  await exportResponses(workbench, 'sample', humans ?? '');
  await exportPredictions(workbench, 'sample', predictions ?? '');
  const hashes = [humans, predictions].map((path) =>
    createHash('sha256')
      .update(readFileSync(path ?? ''))
      .digest('hex'),
  );
  expect(hashes).toEqual([
    '5ec1898448c7ff1790bee212874976846e1f5c38ef82e0c04e0eea17a7e628f7',
    '1cbba2924815565f21c58d19c66b5cd898325b5b5edfb43f3dd06a683d5893d7',
  ]);
});

/** Titles of columns were spelled the British way. */
const american = (word: string): string => (word === 'Colour' ? 'Color' : 'labeled');

/** Reports list these two scores of calibration, as the screen does, since tables of both are the same. */
const withoutNewScores = (text: string): string =>
  text.replace(/^.*(Root mean square|Maximum) calibration error.*\n/gm, '');

test('the report on the sample study has every column and number of before', async () => {
  const workbench = await benchWithSample();
  const archive = join(temporaryFolder(), 'report.zip');
  await writeChosenReport(workbench, 'sample', { ...wholeReport, formats: ['html', 'csv'] }, { archive, folder: null });
  const files = unzipSync(readFileSync(archive));
  for (const name of readdirSync(join(kept, 'sample'))) {
    // Intervals took pairs as independent, and were replaced: those of now say for whom they hold.
    if (name === 'intervals.csv') continue;
    const text = withoutNewScores(Buffer.from(files[`csv/${name}`] ?? []).toString('utf8'));
    const before = withoutIntervals(keptText(`sample/${name}`).replace(/labelled|Colour/g, american));
    if (relaid.includes(name)) {
      expect(missingNumbers(before, text), name).toEqual([]);
      continue;
    }
    expect(missingColumns(before, text), name).toEqual([]);
    expect(changedCells(before, text), name).toEqual([]);
  }
});

/** Tables that have a row now for each group of raters, and had columns: the same numbers in other places. */
const relaid = ['agreement.csv', 'flip-points.csv'];

/**
 * `color` has the first files with images in color: a set of six images of 4 x 3 pixels as a zip, a data folder with a
 * study that a person labeled, its archive, a kit of the same study and its result.
 */
const inColor = join(kept, '..', 'color');
const colorHash = '3889c644a9d0abfc21989cb6fab8217bfb5734ea8bea8a64ca252be90f1a8b1f';
const colorPixels = Uint8Array.from({ length: 6 * 36 }, (_, at) => (at * 37 + 11) % 256);

test('the first data folder, archive and set in color give the same images and labels', async () => {
  const folder = join(temporaryFolder(), 'data');
  cpSync(join(inColor, 'data'), folder, { recursive: true });
  const opened = openLab(folder);
  const { client, lab } = opened;
  const { images } = await client.results.pictures({ study: studyName, page: 0 });
  expect(images).toEqual({
    width: 4,
    height: 3,
    channels: 3,
    count: 6,
    pixels: Buffer.from(colorPixels).toString('base64'),
  });

  const other = openLab();
  await importArchive(other.lab.workbench, join(inColor, 'study.zip'));
  expect(other.lab.workbench.storage.stimulusSets.list()).toMatchObject([{ hash: colorHash, channels: 3 }]);
  expect(stimulusSetHash(await importStimulusSet(join(inColor, 'set.zip')))).toBe(colorHash);
  expect(await table(other, 'humans')).toContain('\n5,1,2,1,');
  expect(lab.workbench.storage.stimulusSets.list()).toMatchObject([{ hash: colorHash }]);
});

type Row = Record<string, string>;
const rowsOf = (text: string): Row[] => parse(text, { columns: true });

/** Rows without the ends of intervals that drew pairs or images. */
const withoutIntervals = (text: string): Row[] =>
  rowsOf(text).map((row) =>
    Object.fromEntries(Object.entries(row).filter(([column]) => !column.includes(', drawing '))),
  );

function missingColumns(before: readonly Row[], after: string): string[] {
  const columns = Object.keys(rowsOf(after)[0] ?? {});
  return Object.keys(before[0] ?? {}).filter((column) => !columns.includes(column));
}

/** Numbers of before that are not there any more, each as often as it was there. */
function missingNumbers(before: readonly Row[], after: string): string[] {
  const now = rowsOf(after).flatMap((row) => Object.values(row));
  return before.flatMap((row, index) =>
    Object.entries(row).flatMap(([column, cell]) => {
      if (column === 'Target %' || cell === '' || Number.isNaN(Number(cell))) return [];
      const place = now.findIndex((other) => isSame(cell, other));
      if (place < 0) return [`row ${index + 1}, ${column}: ${cell}`];
      now.splice(place, 1);
      return [];
    }),
  );
}

function changedCells(before: readonly Row[], after: string): string[] {
  const now = rowsOf(after);
  return before.flatMap((row, index) =>
    Object.entries(row).flatMap(([column, cell]) => {
      const other = now[index]?.[column];
      return isSame(cell, other) ? [] : [`row ${index + 1}, ${column}: ${cell} became ${other}`];
    }),
  );
}

/** Exact quantiles of Student's t replaced some of seven digits. */
function isSame(before: string, after: string | undefined): boolean {
  if (before === after) return true;
  const [a, b] = [Number(before), Number(after)];
  return before !== '' && Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a));
}
