import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ms, tableText } from '../../../main/contributions/answers/tables/export.ts';
import { labelsJsonSchema } from '../../../main/contributions/answers/contract/tables.ts';
import { readHumansCsv } from '../../../main/contributions/folders/tables/humans-csv-reader.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerAll } from '../../bench/labeled-study.ts';
import { sql } from '../../storage/storage-helper.ts';
import { readListTable } from '../../../main/contributions/answers/tables/published-readers.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openLab, type TestLab } from '../../services/lab/lab-helper.ts';
import { guessClass, guessNumberReading } from '../../../main/contributions/answers/tables/columns.ts';
import { addStimuli, classes, fetched, studyName, upload } from '../../services/labeling/labeling-helper.ts';
import { labelAll, makeSessions } from '../desk/make-sessions.ts';
import { singleLabels } from './single-labels.ts';
import { labelAt } from '../../../main/analysis/labels/labels.ts';

async function labeled(named = classes): Promise<TestLab> {
  const it = openLab();
  addStimuli(it.lab.workbench.storage, 11, studyName, named);
  const sessions = await makeSessions(it, 3, { cannotTell: 'Can’t tell' });
  for (const [index, { token }] of sessions.entries())
    await labelAll(it, token, (trial) => (trial === 11 ? -1 : (trial + index) % 3));
  return it;
}

async function exported(it: TestLab, format: Parameters<TestLab['client']['answers']['exportTable']>[0]['format']) {
  const { files } = await it.client.answers.exportTable({ study: studyName, format });
  return Promise.all(files.map(({ address }) => fetched(it, address)));
}

const table = (it: TestLab, name = studyName) => {
  const { storage } = it.lab.workbench;
  const id = storage.studies.byName(name)?.id ?? 0;
  return storage.responses.table(id, storage.studies.stimuli(id) ?? '');
};

test('humans.csv holds the labels as the analysis reads them', async () => {
  const it = await labeled();
  const [text = '', dictionary = ''] = await exported(it, 'humans');
  const path = join(temporaryFolder(), 'humans.csv');
  writeFileSync(path, text);
  const read = await readHumansCsv(path, { classes: 3, knownImages: { has: () => true, source: 'all' } });
  const { labelers, labels } = table(it);
  expect(read.labelers.toSorted()).toEqual(labelers.map(({ pseudonym }) => pseudonym).toSorted());
  for (const [person, { pseudonym }] of labelers.entries()) {
    const rater = read.labelers.indexOf(pseudonym);
    const own = read.images.map(({ id }, index) => [id, labelAt(read.labels, rater, index) ?? -1] as const);
    for (const [id, label] of own) expect(label).toBe(labels[person]?.[id] ?? -1);
  }
  expect(dictionary).toContain('class 2,two');
});

const namings = [classes, ['1', '2', '7'], ['A', 'a', 'b'], ['2', '1', '0']];
const formats = ['events', 'model-vs-human', 'json', 'humans'] as const;

test.each(namings)(
  'tables of classes %s, %s and %s come back in as the same labels, in other studies',
  async (...names) => {
    const it = await labeled(names);
    const before = table(it);
    for (const study of formats) {
      const [text = ''] = await exported(it, study);
      addStimuli(it.lab.workbench.storage, 11, study, names);
      const file = await upload(it, `table.${study}`, text);
      const { mapping } = await it.client.answers.inspectTable({
        study,
        upload: file,
        kind: 'single',
        mapping: null,
      });
      if (!mapping) throw new Error('single labels have a mapping');
      const done = await it.client.answers.importTable({ study, upload: file, names: 'keep', mapping });
      expect([study, done]).toMatchObject([study, { labelers: 3 }]);
      const after = table(it, study);
      expect([study, after.labels]).toEqual([study, before.labels]);
      expect(after.labelers.map(({ pseudonym }) => pseudonym)).toEqual(
        before.labelers.map(({ pseudonym }) => pseudonym),
      );
    }
  },
);

/** What spellings of a column seem to be. */
const guessed = (names: string[], spellings: string[], own = false) => {
  const reading = guessNumberReading(spellings, names, own);
  return spellings.map((text) => guessClass(text, names, reading));
};

test('of a foreign table, spellings that could be several classes are put to none', () => {
  expect(guessed(['zero', 'One', 'two'], ['ZERO', ' one ', '2', '2.0', '3', 'on'])).toEqual([0, 1, 2, 2, null, null]);
  expect(guessed(['A', 'a', 'b'], ['A', 'a', 'B', 'b'])).toEqual([0, 1, 2, 2]);
  expect(guessed(['AB', 'ab'], ['Ab'])).toEqual([null]);
});

test('numbers of a column are all names of classes or all indexes, as they can only be, else by its layout', () => {
  const names = ['1', '2', '7'];
  for (const own of [true, false]) {
    // 7 is no index; 0 is no name.
    expect(guessed(names, ['1', '2', '7'], own)).toEqual([0, 1, 2]);
    expect(guessed(names, ['1.0', '7.0', ''], own)).toEqual([0, 2, null]);
    expect(guessed(names, ['0', '1', '2'], own)).toEqual([0, 1, 2]);
    // Each says the contrary of the other, so "1" is anybody's guess; a name that is no number is not.
    expect(guessed(names, ['0', '1', '7'], own)).toEqual([null, null, null]);
    expect(guessed(['1', '2', 'cat'], ['1', 'cat'], own)).toEqual([0, 2]);
    expect(guessed(['1', '2', 'cat'], ['0', '1', 'cat'], own)).toEqual([null, null, 2]);
  }
  expect(guessed(names, ['1', '2'], true)).toEqual([1, 2]);
  expect(guessed(names, ['1', '2'], false)).toEqual([0, 1]);
});

test('names of classes that somebody added to the table of stimuli are taken as names', async () => {
  const it = openLab();
  addStimuli(it.lab.workbench.storage, 11, studyName, ['1', '2', '7']);
  const rows = ['1', '2', '7'].map((name, image) => `${image},0,1,${image / 10},ann,${name}`);
  const file = await upload(it, 'stimuli.csv', ['image_id,pair_i,pair_j,alpha,labeler,label', ...rows].join('\n'));
  const about = { study: studyName, upload: file, kind: 'single', mapping: null } as const;
  const { words } = await it.client.answers.inspectTable(about);
  expect(words.map(({ text, guess }) => [text, guess])).toEqual([
    ['1', 0],
    ['2', 1],
    ['7', 2],
  ]);
});

test('table and dictionary are offered as what they are', async () => {
  const it = await labeled();
  for (const format of ['json', 'humans'] as const) {
    const { files } = await it.client.answers.exportTable({ study: studyName, format });
    const types = files.map(({ address }) => it.lab.downloads.find(address)?.type);
    const type = format === 'json' ? 'application/json' : 'text/csv; charset=utf-8';
    expect(types).toEqual([type, type]);
  }
});

test('each field of the JSON has its meaning in the schema beside it', async () => {
  const it = await labeled();
  const [, text = ''] = await exported(it, 'json');
  const bare: string[] = [];
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'properties') {
        for (const [name, field] of Object.entries(value as Record<string, { description?: string }>)) {
          if (!field.description) bare.push(`${path}.${name}`);
          walk(field, `${path}.${name}`);
        }
      } else walk(value, path);
    }
  };
  walk(JSON.parse(text), 'labels');
  expect(bare).toEqual([]);
});

test('the JSON meets its schema, and counts add up to the labels', async () => {
  const it = await labeled();
  const [json = '', schema = ''] = await exported(it, 'json');
  const content = labelsJsonSchema.parse(JSON.parse(json));
  expect(content.sessions.map(({ sittings }) => sittings[0]?.events.length)).toEqual([42, 42, 42]);
  expect(JSON.parse(schema)).toMatchObject({ type: 'object' });
  const [counts = ''] = await exported(it, 'counts');
  const rows = counts
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','));
  const given = table(it)
    .labels.flat()
    .filter((label) => label !== null).length;
  expect(rows.reduce((sum, row) => sum + Number(row[5]), 0)).toBe(given);
  for (const row of rows) expect(row.slice(6).reduce((sum, cell) => sum + Number(cell), 0)).toBe(Number(row[5]));
});

test('the JSON of a long session comes in pieces of a thousand rows, and is the text that JSON.stringify writes', async () => {
  const it = openLab();
  const { workbench } = it.lab;
  addStimuli(workbench.storage, 1000);
  await makeSessions(it, 2, { practice: 0, attention: 0, repeats: 0 });
  answerAll(it.dataFolder);
  const noted = `INSERT INTO labeling_note (sitting_id, seq, session_id, kind, trial, at_ms, stored_at)
    SELECT id, 9000, session_id, 'hidden', NULL, 1, 1 FROM labeling_sitting`;
  sql(it.dataFolder, noted);
  const turns: string[] = [];
  // Each piece takes longer than a turn may, so that each is one of its own.
  let now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 20));
  onTestFinished(() => clock.mockRestore());
  for await (const piece of tableText(it.lab.labeling, studyName, 'json')) turns.push(String(piece));
  const text = turns.join('');
  const { sessions, ...head } = labelsJsonSchema.parse(JSON.parse(text));
  expect(sessions.map(({ sittings }) => [sittings[0]?.events.length, sittings[0]?.notes.length])).toEqual([
    [3000, 1],
    [3000, 1],
  ]);
  const lines = (JSON.parse(text) as { sessions: unknown[] }).sessions.map((one) => JSON.stringify(one));
  expect(text).toBe(`${JSON.stringify(head).slice(0, -1)},"sessions":[\n${lines.join(',\n')}\n]}\n`);
  for (const turn of turns) expect(turn.split('"seq":').length - 1).toBeLessThanOrEqual(1000);
});

test('a bad table is refused as a whole', async () => {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const attempt = async (rows: string) => {
    const file = await upload(it, 'bad.csv', `image,who,what\n${rows}`);
    const mapping = singleLabels({ one: 1, zero: 0 }, { labeler: 'who', label: 'what' });
    return it.client.answers.importTable({ study: studyName, upload: file, names: 'keep', mapping });
  };
  await expect(attempt('0,ann,one\n99,ann,one\n')).rejects.toThrow(/no image "99"/);
  await expect(attempt('0,ann,one\n1,ann,three\n')).rejects.toThrow(/"three" has no class/);
  await expect(attempt('0,ann,one\n0,ann,zero\n')).rejects.toThrow(/occurs twice/);
  await expect(attempt('0,,one\n')).rejects.toThrow(/labeler is ""/);
  expect(table(it).labelers).toEqual([]);
  expect(await attempt('0,ann,one\n1,=cmd(),zero\n')).toMatchObject({ labelers: 2, labels: 2, passedOver: 0 });
  const [humans = ''] = await exported(it, 'humans');
  expect(humans).toContain(",'=cmd(),");
});

test('milliseconds are written to a tenth, as a number would be', () => {
  const anyTime = fc.oneof(
    fc.double({ min: 0, max: 1e9, noNaN: true }),
    fc.nat(10_000_000).map((tenths) => tenths / 10),
  );
  fc.assert(fc.property(anyTime, (value) => ms(value) === String(Math.round(value * 10) / 10)));
});

test('a list of labels that cannot be read is not called invalid', () => {
  const path = temporaryFolder();
  const read = () => readListTable({ path, name: 'labels.json' }, () => () => undefined);
  expect(read).toThrow(expect.objectContaining({ code: 'file.is-a-folder', where: 'labels.json' }) as Error);
});
