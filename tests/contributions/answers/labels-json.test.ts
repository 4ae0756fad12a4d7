import { truncateSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import type { LabelsJson } from '../../../main/contributions/answers/contract/tables.ts';
import { largest } from '../../../main/files/limits.ts';
import { previewPeople } from '../../../main/contributions/answers/panels/read.ts';
import { file, hash, nobodyLeftOut, preview, refusal, rows, set, tableRefusal } from './label-table-helper.ts';

const event = (trial: number, choice: number | null, atMs: number, change: object = {}) => ({
  seq: atMs,
  trial,
  kind: choice === null ? ('undo' as const) : ('answer' as const),
  choice,
  shownMs: 0,
  atMs,
  ...change,
});

function labelsJson(change: Partial<LabelsJson> = {}, sittings: object[] = [], session: object = {}): string {
  const screen = { refreshHz: null, width: 1, height: 1, pixelRatio: 1, pixelsPerMm: null };
  const about = {
    labeler: 'ann',
    medium: 'screen',
    state: 'finished',
    excluded: null,
    planVersion: 1,
    question: 'Which?',
    names: ['Zero', 'One', 'Two'],
    startedAt: null,
    finishedAt: null,
    imagesLeft: null,
    trials: [3, 1, 0, 2].map((image) => ({ image, kind: 'real', block: 1 })),
    sittings: sittings.map((sitting) => ({ screen, notes: [], ...sitting })),
    ...session,
  };
  return JSON.stringify({
    schema: 'boundary-workbench/labels/1',
    study: 's',
    stimulusSet: hash,
    lock: null,
    classes: ['two', 'one', 'zero'],
    sessions: [about],
    ...change,
  });
}

const jsonColumns = { image: 'image', labeler: 'labeler', label: 'label', trials: 'trial_kind' };

test('labels.json is read by class names; in files without an order the time of the sitting decides', async () => {
  const [earlier, later] = ['2026-01-01T10:00:00.000Z', '2026-01-01T10:00:01.000Z'];
  const text = labelsJson({}, [
    { openedAt: later, events: [event(0, 1, 100), event(1, -1, 200)] },
    { openedAt: earlier, events: [event(0, 0, 1099), event(1, 0, 1300), event(2, 2, 300), event(3, null, 400)] },
  ]);
  const read = await rows(text, jsonColumns);
  // Trial 0: 10:00:01.100 is later than 10:00:01.099. Trial 1: 10:00:01.300 is later than 10:00:01.200.
  expect(new Map(read.rows.map(({ imageId, label }) => [imageId, label]))).toEqual(
    new Map([...[[3, 1] as const, [1, 2] as const, [0, 0] as const, [2, null] as const]]),
  );
  const ordered = labelsJson({}, [
    { openedAt: later, events: [event(0, 1, 100, { order: 0 })] },
    { openedAt: earlier, events: [event(0, 2, 50, { order: 1 })] },
  ]);
  const sample = (await preview(ordered)).sample;
  expect(sample).toEqual([['3', 'ann', 'zero', 'real', 'finished', '']]);
  const shown = await preview(labelsJson({}, [{ openedAt: later, events: [event(0, -1, 1), event(1, null, 2)] }]));
  expect(shown).toMatchObject({
    name: 'table.csv',
    rows: 2,
    mapping: jsonColumns,
    columns: ['image', 'labeler', 'label', 'trial_kind', 'session_state', 'excluded'],
    sample: [
      ['3', 'ann', '', 'real', 'finished', ''],
      ['1', 'ann', '', 'real', 'finished', ''],
    ],
  });
  const odd = { classes: ['two', 'one'], sessions: undefined };
  const outside = labelsJson({ classes: odd.classes }, [{ openedAt: later, events: [event(9, 2, 1)] }], {
    excluded: 'ill',
  });
  expect((await preview(outside)).sample).toEqual([['', 'ann', '2', '', 'finished', 'ill']]);
});

test('labels.json names classes, so numbers in it are names', async () => {
  const text = labelsJson({ classes: ['1', '2', '0'] }, [
    { openedAt: '2026-01-01T10:00:00.000Z', events: [event(0, 0, 1), event(1, 2, 2)] },
  ]);
  const { words } = await preview(`\ufeff \n${text}`, null, { set: { ...set, classes: ['7', '1', '2'] } });
  expect(words).toEqual([
    { text: '1', count: 1, guess: 1 },
    { text: '0', count: 1, guess: null },
  ]);
});

test('JSON is recognized by its first character, after up to 99 blanks', async () => {
  expect((await preview(`${' '.repeat(99)}${labelsJson()}`)).columns).toContain('trial_kind');
  await expect(preview(`${' '.repeat(100)}${labelsJson()}`)).rejects.toThrow('There is a quote inside a cell');
  expect((await preview('image\n{\n')).columns).toEqual(['image']);
});

test('labels.json of other stimuli, other JSON and a file that is too large are refused', async () => {
  const other = 'b'.repeat(64);
  expect(await refusal(() => rows(labelsJson({ stimulusSet: other }), jsonColumns))).toEqual(
    tableRefusal(
      'These labels belong to other stimuli',
      `table.csv: stimulus set ${'b'.repeat(12)}…`,
      `Import labels of this study’s stimuli, ${'a'.repeat(12)}….`,
    ),
  );
  for (const text of ['{}', '{']) {
    expect(await refusal(() => rows(text, jsonColumns))).toEqual(
      tableRefusal(
        'This JSON file does not contain labels of the workbench',
        'table.csv',
        'Choose a labels.json that the workbench exported, or a CSV file.',
      ),
    );
  }
  const before = largest.labelsJson;
  onTestFinished(() => {
    largest.labelsJson = before;
  });
  expect(before).toBe(512 * 2 ** 20);
  largest.labelsJson = 3 * 2 ** 20;
  const big = file('{');
  const read = () => previewPeople(big, { set, checkPerson: nobodyLeftOut }, { kind: 'single', mapping: null });
  truncateSync(big.path, largest.labelsJson);
  expect(await refusal(read)).toMatchObject({ what: expect.stringContaining('does not contain labels') });
  truncateSync(big.path, largest.labelsJson + 1);
  expect(await refusal(read)).toEqual(
    tableRefusal(
      'This file is larger than 3 MiB, too large for labels in JSON',
      'table.csv',
      'Export the labels as CSV, and import that file.',
    ),
  );
});
