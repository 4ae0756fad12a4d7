import { expect, test } from 'vitest';
import { deskOf } from '../../../main/contributions/desk/service.ts';
import {
  guessClass,
  guessColumns,
  guessNumberReading,
  looksOwn,
  parseImage,
  parseLabeler,
  placeCheck,
} from '../../../main/contributions/answers/tables/columns.ts';
import { fileSource } from '../../../main/contributions/answers/file-source.ts';
import { imageFinder } from '../../../main/contributions/answers/tables/image-finder.ts';
import type { PeopleMapping } from '../../../main/contributions/answers/contract/panels.ts';
import type { LabelRow } from '../../../main/storage/responses.ts';
import { createSessions } from '../../../main/contributions/desk/sessions.ts';
import { keepReading } from '../../../main/contributions/answers/reading.ts';
import type { ReadingProcess } from '../../../main/contributions/answers/reading-process.ts';
import { importTable } from '../../../main/contributions/answers/tables/import.ts';
import { withdrawSession } from '../../../main/services/labeling/withdraw.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { addStimuli, plan, studyName } from '../../services/labeling/labeling-helper.ts';
import { singleLabels } from './single-labels.ts';
import { file, mapped, preview, refusal, rows, set, tableRefusal, who } from './label-table-helper.ts';
import { deskTables } from '../../../main/contributions/desk/storage/tables.ts';

const where = (): string => 'here';

test('columns are guessed by their usual names, the likeliest first, in any case', () => {
  expect(guessColumns(['File', 'IMAGE', 'Rater', 'Subj', 'class', 'Response', 'trial_kind'])).toEqual({
    image: 'IMAGE',
    labeler: 'Subj',
    label: 'Response',
    trials: 'trial_kind',
  });
  expect(guessColumns(['a', 'stim_id', 'b'])).toEqual({ image: 'stim_id' });
  expect(guessColumns([])).toEqual({});
});

test('a label beside pair and alpha is an index that the workbench wrote', () => {
  const all = ['image', 'pair_i', 'pair_j', 'alpha', 'label'];
  expect(looksOwn('label', all)).toBe(true);
  expect(looksOwn('answer', [...all, 'answer'])).toBe(false);
  expect(looksOwn(undefined, all)).toBe(false);
  for (const missing of ['pair_i', 'pair_j', 'alpha']) {
    expect(
      looksOwn(
        'label',
        all.filter((name) => name !== missing),
      ),
    ).toBe(false);
  }
});

test('numbers are names or indexes of classes, as far as they can be either', () => {
  const reading = (names: string[], spellings: string[], own = false) => guessNumberReading(spellings, names, own);
  expect(reading(['zero', 'one'], ['0', '1'])).toBe('indexes');
  expect(reading(['cat', ' 7 '], ['1', '7'])).toBe('unclear');
  expect(reading(['1', '2'], ['2'])).toBe('names');
  expect(reading(['1', '2'], ['0'])).toBe('indexes');
  expect(reading(['1', '2'], ['0', '2'])).toBe('unclear');
  expect(reading(['1', '2'], ['1'], true)).toBe('indexes');
  expect(reading(['1', '2'], ['1'], false)).toBe('names');
  expect(reading(['1', '2'], ['dog'], true)).toBe('indexes');
  expect(reading(['1', '2'], [], false)).toBe('names');
  const classes = ['1', '2', 'cat'];
  expect(['1', '2', '3', 'cat', ''].map((text) => guessClass(text, classes, 'names'))).toEqual([0, 1, null, 2, null]);
  expect(['0', '2', '3', 'CAT', ''].map((text) => guessClass(text, classes, 'indexes'))).toEqual([0, 2, null, 2, null]);
  expect(['0', '1', 'cat'].map((text) => guessClass(text, classes, 'unclear'))).toEqual([null, null, 2]);
  expect(guessClass('Ab', ['ab', 'AB', 'x'], 'names')).toBeNull();
  expect(['AB', 'ab'].map((text) => guessClass(text, ['ab', 'AB', 'x'], 'names'))).toEqual([1, 0]);
  expect(guessClass('01', ['1', '01'], 'names')).toBe(1);
});

test('an image is its id, or a file name in which the id is the only number', async () => {
  const images = [0, 7, 42, 123_456_789].map((id) => ({ id, pairI: 0, pairJ: 1, alpha: 0, z: null }));
  const find = imageFinder({ source: 'imported', provenance: {}, images });
  const found = (cell: string): number => parseImage(cell, find, where);
  expect(
    [' 7 ', '0', '42.0', '42,00', '0042.png', 'a/b 3/7.jpeg', 'c:\\x1\\stimulus_42', '123456789'].map(found),
  ).toEqual([7, 0, 42, 42, 42, 7, 42, 123_456_789]);
  expect(found('img123456789.png')).toBe(123_456_789);
  const remedy = 'Use the id of an image of this study, or a file name in which the id is the only number.';
  for (const cell of ['', 'none', '7-42', 'a7b42.png', '-7', '7e0', 'img1234567890.png', '1234567890']) {
    expect(await refusal(() => found(cell))).toEqual(tableRefusal(`"${cell}" does not name an image`, 'here', remedy));
  }
  for (const cell of ['8', '8.png']) {
    const told = tableRefusal(`The study’s stimuli have no image "${cell}"`, 'here', remedy);
    expect(await refusal(() => found(cell))).toEqual(told);
  }
});

test('a labeler has a name of 1 to 200 characters', async () => {
  expect(parseLabeler(' ann ', where)).toBe('ann');
  expect(parseLabeler('n'.repeat(200), where)).toHaveLength(200);
  for (const name of ['', ' ', 'n'.repeat(201), 'a\u0007b']) {
    expect(await refusal(() => parseLabeler(name, where))).toMatchObject({
      code: 'labeling.table',
      where: 'here',
      remedy: 'Use a name of at most 200 characters in every row.',
    });
  }
});

test('a label is a class of the stimuli, or blank', async () => {
  const words = { zero: 0, two: 2, three: 3, blank: null };
  const read = await rows('image,who,what\n0,ann,zero\n1,ann, two \n2,ann,blank\n3,ann,\n4,ann,  \n', { words });
  expect(read.rows.map(({ label }) => label)).toEqual([0, 2, null, null, null]);
  const remedy = 'Choose a class for this label, or “Left blank”.';
  for (const cell of ['three', 'four', 'toString']) {
    const refused = tableRefusal(`"${cell}" has no class`, 'table.csv, row 2', remedy);
    expect(await refusal(() => rows(`image,who,what\n0,ann,${cell}\n`, { words }))).toEqual(refused);
  }
});

test('pair and alpha of a row are those of its image, wherever their columns are', async () => {
  const check = placeCheck(['pair_i', 'x', 'alpha', 'pair_j'], set);
  check(['0', '', '0.25', '1'], 1, where);
  check([' 0 ', '', '0,2500005', '2'], 4, where);
  placeCheck(['image', 'label'], set)(['1', '2'], 1, where);
  placeCheck(['alpha'], set)(['1'], 2, where);
  const wrong = (cells: string[], id = 1) => refusal(() => check(cells, id, where));
  const told = (column: string, cell: string, image: number, is: number | undefined) =>
    tableRefusal(
      `Image ${image} has ${column} "${cell}" in this table, but ${is ?? 'none'} in the study’s stimuli`,
      'here',
      `Import labels of this study’s stimuli. If the column ${column} means something else, rename it.`,
    );
  expect(await wrong(['1', '', '0.25', '1'])).toEqual(told('pair_i', '1', 1, 0));
  expect(await wrong(['0', '', '0.25', '2'])).toEqual(told('pair_j', '2', 1, 1));
  expect(await wrong(['0', '', '0.2501', '1'])).toEqual(told('alpha', '0.2501', 1, 0.25));
  expect(await wrong(['', '', '0.25', '1'])).toEqual(told('pair_i', '', 1, 0));
  expect(await wrong(['0'])).toEqual(told('pair_j', '', 1, 1));
  expect(await wrong(['0', '', '0.25', '1'], 99)).toEqual(told('pair_i', '0', 99, undefined));
  // An image without a pair: its cells are empty.
  const alone = { ...set, images: [{ id: 3, pairI: null, pairJ: null, alpha: null, z: null }] };
  const checkAlone = placeCheck(['pair_i', 'alpha'], alone);
  checkAlone(['', ' '], 3, where);
  expect(await refusal(() => checkAlone(['0', ''], 3, where))).toEqual(told('pair_i', '0', 3, undefined));
  expect(await refusal(() => checkAlone(['', '0.5'], 3, where))).toEqual(told('alpha', '0.5', 3, undefined));
});

const nobodyOut = { unfinished: 0, excluded: 0, withdrawn: 0, present: 0 };

test('a preview shows eight rows and counts all, with the guessed columns, and says what an import would store', async () => {
  const body = Array.from({ length: 9 }, (_, row) => `${row % 6},p${row < 6 ? 0 : 1},${row < 4 ? 'Zero' : '2'}`);
  expect(await preview(['Image,Subj,Answer', ...body].join('\n'))).toEqual({
    name: 'table.csv',
    columns: ['Image', 'Subj', 'Answer'],
    rows: 9,
    sample: body.slice(0, 8).map((row) => row.split(',')),
    mapping: { ...singleLabels({ 2: 2, Zero: 0 }), image: 'Image', labeler: 'Subj', label: 'Answer', aside: [] },
    names: ['p0', 'p1'],
    leftOut: nobodyOut,
    words: [
      { text: 'Zero', count: 4, guess: 0 },
      { text: '2', count: 5, guess: 2 },
    ],
    reading: { people: 2, answers: 9, findings: expect.objectContaining({ rows: 9, images: 6 }) },
    problem: null,
  });
});

test('a preview counts the labels of the chosen column, and leaves out people by the chosen one', async () => {
  const text = 'label,who,word,subj\n0,ann,one,x\n1,ann,one,x\n1,bob,two,ann\n1,,two,ann\n';
  const checkPerson = (name: string) => (name === 'ann' ? 'withdrawn' : name === 'bob' ? 'present' : null);
  const columns = { labeler: 'who', label: 'word' };
  const chosen = await preview(text, singleLabels({}, columns), { checkPerson });
  expect(chosen.words).toEqual([{ text: 'two', count: 1, guess: 2 }]);
  expect(chosen.leftOut).toEqual({ ...nobodyOut, withdrawn: 1, present: 1 });
  const guessed = await preview(text, null, { checkPerson });
  expect(guessed.words).toEqual([
    { text: '0', count: 1, guess: 0 },
    { text: '1', count: 1, guess: 1 },
  ]);
  expect(guessed.leftOut).toEqual({ ...nobodyOut, withdrawn: 1 });
  const none = await preview('a,b\nann,2\n', singleLabels({}, { labeler: 'd', label: 'c' }), { checkPerson });
  expect([none.words, none.leftOut.withdrawn]).toEqual([[], 0]);
  expect((await preview('a,b\nann,2\n')).problem?.what).toContain('not known which columns');
});

test('a preview tells a thousand spellings, cuts long cells at 200 characters, and counts known ones further', async () => {
  const words = Array.from({ length: 1001 }, (_, at) => `w${at}`);
  const long = 'x'.repeat(201);
  const found = (await preview(['label', ...words, 'w0', 'w1000', 'w999'].join('\n'))).words;
  expect(found).toHaveLength(1000);
  expect([found[0], found[999]]).toEqual([
    { text: 'w0', count: 2, guess: null },
    { text: 'w999', count: 2, guess: null },
  ]);
  const cut = await preview(`label\n${long}\n${long}y\n`);
  expect(cut.words).toEqual([{ text: 'x'.repeat(200), count: 2, guess: null }]);
  expect(cut.sample).toEqual([['x'.repeat(200)], ['x'.repeat(200)]]);
});

test('a preview of an own table leaves out sessions that were excluded or have not ended, and older answers', async () => {
  const head = 'labeler,label,pair_i,pair_j,alpha,session_state,excluded,current';
  const body = [
    ...['ann,0,0,1,0,finished,,yes', 'ann,1,0,1,0,finished,,no', 'bob,1,0,1,0,active,,yes', 'cy,1,0,1,0,time-up,,yes'],
    ...['di,2,0,1,0,finished,ill,yes', 'di,2,0,1,0,finished,ill,yes'],
  ];
  const own = await preview([head, ...body].join('\n'), null, { set: { ...set, classes: ['1', '2', '0'] } });
  expect(own.leftOut).toEqual({ ...nobodyOut, unfinished: 1, excluded: 1 });
  expect(own.words).toEqual([
    { text: '0', count: 1, guess: 0 },
    { text: '1', count: 1, guess: 1 },
  ]);
  expect(own.rows).toBe(6);
});

test('rows are read with their labels; blank ones count as none', async () => {
  const read = await rows('what,who,image\none, ann ,0\ntwo,bob,2.png\n,ann,1\n');
  expect(read.rows).toEqual([
    { imageId: 0, pseudonym: 'ann', label: 1 },
    { imageId: 1, pseudonym: 'ann', label: null },
    { imageId: 2, pseudonym: 'bob', label: 2 },
  ]);
  expect([read.passedOver, read.leftOut.total]).toEqual([0, 0]);
});

test('with a column of trial kinds only real trials count, and the last row of an image', async () => {
  const kind = { trials: 'kind' };
  const text = 'image,who,what,kind\n0,ann,one,real\n0,ann,two, real \n1,ann,one,practice\n2,ann,one,\n';
  const read = await rows(text, kind);
  expect(read.rows).toEqual([{ imageId: 0, pseudonym: 'ann', label: 2 }]);
  expect(read.passedOver).toBe(2);
  expect((await rows('kind,image,who,what\nreal,0,ann,one\n', kind)).rows).toHaveLength(1);
  const remedy = 'Keep one row per image and labeler, or choose the column with the kind of trial.';
  expect(await refusal(() => rows('image,who,what\n0,ann,one\n1,ann,one\n0,ann,one\n'))).toEqual(
    tableRefusal('Image 0 of labeler "ann" occurs twice', 'table.csv, row 4', remedy),
  );
  expect((await rows('image,who,what\n0,ann,one\n0,bob,one\n')).rows).toHaveLength(2);
});

test('a table without a chosen column, without labels, or of nobody else is refused', async () => {
  expect(await refusal(() => rows('image,who,label\n0,ann,one\n'))).toEqual(
    tableRefusal('The table has no column "what"', 'table.csv', 'Choose one of the columns of the table.'),
  );
  const kind = { trials: 'kind' };
  expect(await refusal(() => rows('image,who,what,kind\n0,ann,one,practice\n', kind))).toEqual(
    tableRefusal('This table contains no labels', 'table.csv', 'Check the columns.'),
  );
  const left = { checkPerson: (name: string) => (name === 'ann' ? ('present' as const) : null) };
  const nobody = await preview('image,who,what\n0, ann ,one\n', singleLabels(mapped, who), left);
  expect(nobody.problem).toEqual({
    what: 'Nobody in this table can be imported',
    where: 'table.csv',
    remedy: 'They withdrew, are in this study already, had not finished, or were excluded in the table.',
  });
  const some = await rows('image,who,what\n0,ann,one\n1,ann,one\n0,bob,two\n', {}, left);
  expect(some.rows).toEqual([{ imageId: 0, pseudonym: 'bob', label: 2 }]);
  expect([some.passedOver, some.leftOut.counts]).toEqual([2, { unfinished: 0, excluded: 0, withdrawn: 0, present: 1 }]);
  const own = await rows(
    'image,who,what,session_state,excluded,current\n0,ann,one,finished,,no\n0,ann,two,finished,,yes\n1,bob,one,active,,yes\n',
  );
  expect([own.rows.length, own.passedOver, own.leftOut.counts.unfinished]).toEqual([1, 2, 1]);
  expect(own.leftOut.total).toBe(1);
});

test('labels that the table marks as simulated are imported as such only', async () => {
  const text = (mark: string) => `Simulated,image,who,what\n${mark},0,ann,one\n`;
  for (const mark of ['yes', ' TRUE ', '1']) {
    expect(await refusal(() => rows(text(mark)))).toEqual(
      tableRefusal(
        'The table says that this labeler is simulated',
        'table.csv, row 2',
        'Tick that these labels are simulated, or remove this row.',
      ),
    );
    expect((await rows(text(mark), { simulated: true })).rows).toHaveLength(1);
  }
  for (const mark of ['no', '', '11']) expect((await rows(text(mark))).rows).toHaveLength(1);
  expect((await rows('image,who,what\n1,yes,one\n')).rows).toHaveLength(1);
});

test('the source of labels is the file, by its hash', async () => {
  expect(await fileSource(file('abc').path)).toBe(
    'csv:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

/** A study, and tables for it as the process that reads them tells of them. */
function withTables() {
  const { lab } = openLab();
  const { workbench } = lab;
  const service = deskOf(lab);
  addStimuli(workbench.storage, 3);
  const { storage } = workbench;
  const studyId = storage.studies.byName(studyName)?.id ?? 0;
  const findings = { rows: 0, images: 0, empty: 0, withdrawn: 0, unknownImages: { count: 0, names: [] } };
  const leftOut = { unfinished: 1, excluded: 2, withdrawn: 3, present: 4 };
  const told = { source: 'csv:1', passedOver: 7, leftOut, findings, present: [] };
  let mapping: PeopleMapping = singleLabels(mapped);
  let [table, meanwhile]: [LabelRow[], () => void] = [[], () => undefined];
  Object.assign(service.uploads, {
    use: (_: string, work: (given: object) => unknown) => work({ path: '', name: 'a.csv' }),
    discard: () => undefined,
  });
  const reading = {
    readTable: async () => {
      meanwhile();
      const people = [...Map.groupBy(table, ({ pseudonym }) => pseudonym)].map(([pseudonym, own]) => ({
        pseudonym,
        amount: own.filter(({ label }) => label !== null).length,
        answers: JSON.stringify(own.map(({ imageId, label }) => [imageId, label])),
      }));
      return { ...told, mapping, rows: people };
    },
  };
  keepReading(lab, () => Promise.resolve(reading as unknown as ReadingProcess));
  return {
    service,
    storage,
    studyId,
    names: () =>
      storage.labelers
        .ofStudy(studyId)
        .map(({ pseudonym }) => pseudonym)
        .sort(),
    add: (given: LabelRow[], simulated = false, then: () => void = () => undefined) => {
      [table, meanwhile] = [given, then];
      mapping = { ...singleLabels(mapped), ...(simulated && { simulated }) };
      return importTable(lab, { study: studyName, upload: 'x', mapping, names: 'keep' });
    },
  };
}

const row = (pseudonym: string, imageId: number, label: number | null): LabelRow => ({ pseudonym, imageId, label });

test('of a table that was read, those are imported who may be by now', async () => {
  const it = withTables();
  await deskTables(it.service.workbench.storage).plans.save(it.studyId, plan(), 1);
  const [present, gone] = await createSessions(it.service, studyName, 2, 'screen');
  const [here, away] = [present?.pseudonym ?? '', gone?.pseudonym ?? ''];
  await withdrawSession(it.service, gone?.id ?? 0, () => undefined);
  const given = [row('ann', 0, 1), row(here, 0, 1), row('ann', 1, null), row('bob', 0, 2), row(away, 1, 1)];
  expect(await it.add(given)).toEqual({
    kind: 'single',
    labelers: 2,
    labels: 2,
    passedOver: 7,
    leftOut: { unfinished: 1, excluded: 2, withdrawn: 4, present: 5 },
  });
  expect(it.names()).toEqual(['ann', 'bob']);
  await expect(it.add([row(here, 0, 1), row(away, 0, 1)])).rejects.toThrow('Nobody in this table can be imported');
  await expect(it.add([row('sim', 0, 1)], true)).rejects.toThrow('Simulated labelers cannot join');
});

test('simulated labelers join each other, and leave when people come', async () => {
  const it = withTables();
  await it.add([row('one', 0, 1)], true);
  await it.add([row('two', 0, 1)], true);
  expect(it.names()).toEqual(['one', 'two']);
  await it.add([row('ann', 0, 1)]);
  await it.add([row('bob', 0, null)]);
  expect(it.names()).toEqual(['ann', 'bob']);
});

test('nothing is imported if the stimuli changed while a table was read', async () => {
  const it = withTables();
  const change = () => it.storage.studies.useStimuli(it.studyId, addStimuli(it.storage, 4, 'other'), 1);
  await expect(it.add([row('ann', 0, 1)], false, change)).rejects.toThrow('The stimuli have changed in the meantime');
  expect(it.names()).toEqual([]);
});
