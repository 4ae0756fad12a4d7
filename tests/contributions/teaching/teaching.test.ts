import { offered } from '../../calls.ts';
import { loadResults } from '../../../main/services/results/contributed-results.ts';
import { figureRows } from '../../figure-rows.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { teachingOf, teachingSchema } from '../../../main/contributions/teaching/contract/design.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { missingSentences } from '../../../main/contributions/teaching/outcomes/tables.ts';
import { outcomeSummary, outcomeTable } from '../../../main/contributions/teaching/outcomes/csv.ts';
import { reportFiles } from '../../../main/reports/write.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { parseStudy } from '../../../main/services/declaration/study-file.ts';
import { buildReport } from '../../../main/services/report/build.ts';
import { additionsElsewhere } from '../../../main/contributions/contrasts/elsewhere.ts';
import { splitOf, whyNothing } from '../../../main/contributions/teaching/outcomes/enough.ts';
import { listTeaching } from '../../../main/contributions/teaching/list.ts';
import { makeTargets, planTargets } from '../../../main/contributions/teaching/targets/make.ts';
import { readRecord, teachingOutcomes } from '../../../main/contributions/teaching/outcomes/outcomes.ts';
import { halvesOfCounts, readTeachingSource, splitHalves } from '../../../main/contributions/teaching/labels/read.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { newBench, openBench } from '../archives/archive-helper.ts';
import { testLab } from '../../services/runs/test-lab.ts';
import { boundary } from '../../services/study/command-line.ts';
import { smallStudy, writeSmallStudy } from '../../services/study/small-study.ts';
import { folderOfRun, madeOnce } from '../../made-once.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { runFile, taughtStudy } from './taught-study.ts';
import { panelsOf } from '../../../main/contributions/answers/storage/panels.ts';

const teaching = {
  base: 'MLP',
  arms: ['alpha_hard', 'human', 'distill', 'person'],
  folds: 2,
  seeds: 2,
  directions: 'both',
  distill: { temperatures: [2] },
  person: { epochs: 0.05 },
};

const input = { teaching: null };

/** A copy of a study whose base is trained and labeled, with nothing taught yet; gives its study file. */
async function labeled(dataFolder: string): Promise<string> {
  const folder = folderOfRun('teaching-study');
  const path = join(folder, 'small.json');
  await madeOnce('labeled-for-teaching', dataFolder, async (made) => {
    writeSmallStudy(folder, taughtStudy(teaching, 3));
    const workbench = openBench(made);
    await runFile(workbench, path);
    workbench.storage.close();
  });
  return path;
}

/** A copy of that study with its experiment trained. */
async function taught() {
  const folder = temporaryFolder();
  const plan = await madeOnce('taught', join(folder, 'data'), async (made) => {
    const path = await labeled(made);
    const workbench = openBench(made);
    const plan = await makeTargets(additionsElsewhere(workbench), 'small', input);
    // The file does not say what was made, and running it again keeps that.
    await runFile(workbench, path);
    workbench.storage.close();
    return plan;
  });
  return { folder, plan };
}

async function taughtBench() {
  const { folder, plan } = await taught();
  const workbench = newBench(join(folder, 'data'));
  const made = teachingOf(findStudy(workbench, 'small').spec)?.made;
  if (!made) throw new Error('targets were made');
  return { folder, plan, workbench, tools: additionsElsewhere(workbench), made };
}

async function taughtLab() {
  const { folder } = await taught();
  const study = { study: 'small' };
  return { ...testLab(folder), study, asked: { ...study, target: null } };
}

test('a plan says what will be trained, and changes nothing', async () => {
  const dataFolder = join(temporaryFolder(), 'data');
  await labeled(dataFolder);
  const workbench = newBench(dataFolder);
  expect(() => teachingOutcomes(workbench, 'small')).toThrow(expect.objectContaining({ code: 'teaching.not-made' }));

  const tools = additionsElsewhere(workbench);
  const planned = planTargets(tools, 'small', input);
  expect(teachingOf(findStudy(workbench, 'small').spec)?.made).toBeUndefined();
  const wanted = (change: object) =>
    planTargets(tools, 'small', { teaching: teachingSchema.parse({ ...teaching, ...change }) });
  expect(() => wanted({ folds: 4 })).toThrow(expect.objectContaining({ code: 'teaching.too-few-folds' }));
  expect(() => wanted({ base: 'none' })).toThrow(expect.objectContaining({ code: 'study.invalid' }));
  expect(() => wanted({ arms: ['human', 'person'], seeds: 4 })).toThrow(
    expect.objectContaining({ code: 'teaching.no-starts', message: expect.stringMatching(/4 seeds .* there are 3/) }),
  );
  // Both directions share the networks of arms that ask nobody, and of two people who gave the same labels.
  expect(planned).toMatchObject({ cells: 16, runs: 22, kept: 0, simulated: true, people: { a: 3, b: 3 }, untaught: 6 });
  expect(planned.folds.toSorted()).toEqual([10, 5]);
  expect(planned.parts.map(({ images }) => images).toSorted()).toEqual([3, 3, 6, 6]);
  const made = await taught();
  expect(made.plan).toEqual(planned);
});

test('an experiment goes from its study file through training to outcomes', async () => {
  const { workbench, tools } = await taughtBench();
  const view = listTeaching(tools, 'small');
  expect(view).toMatchObject({ simulated: true, runs: 22, done: 22 });
  const tuned = view.cells.filter(({ arm }) => arm === 'person');
  expect(tuned.flatMap(({ targets }) => targets.map(({ target, done }) => [target, done]))).toEqual([
    ['epochs 0.05', 2],
    ['epochs 0.05', 2],
    ['epochs 0.05', 2],
  ]);
  expect(await makeTargets(tools, 'small', input)).toMatchObject({ runs: 0, kept: 22 });

  const found = teachingOutcomes(workbench, 'small');
  expect(found).toMatchObject({ simulated: true, outdated: false, reference: 'alpha_hard', accuracyOf: 'test images' });
  expect(found.directions.map(({ teachers, images, people }) => [teachers, images, people])).toEqual([
    ['a', 15, { teaching: 3, examining: 3 }],
    ['b', 15, { teaching: 3, examining: 3 }],
  ]);
  for (const { arms, floor } of found.directions) {
    expect(floor.brier_ceiling).toBeGreaterThan(floor.brier_floor ?? Number.NaN);
    expect(arms.map(({ networks, missing }) => [networks, missing])).toEqual([
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 0],
    ]);
    const jsOf = (name: string) => arms.find(({ arm }) => arm === name)?.result?.divergence;
    for (const { arm, result } of arms) {
      const { seeds, over_seeds: js, against_reference: difference } = jsOf(arm) ?? {};
      expect(js).toMatchObject({ n: 2, mean: expect.any(Number) });
      expect(Object.values(seeds ?? {}).every((one) => one !== null && one > 0 && one < 1)).toBe(true);
      if (arm === 'alpha_hard') expect(difference).toBeNull();
      else expect(difference?.estimate).toBeCloseTo((js?.mean ?? 0) - (jsOf('alpha_hard')?.over_seeds.mean ?? 0), 12);
      expect(result?.test_accuracy).toMatchObject({ n: 2, mean: expect.any(Number) });
      expect(result?.over_seeds.nll.mean).toBeGreaterThan(0);
      expect(result?.over_seeds.brier_unbiased.n).toBe(2);
    }
    const human = arms.find(({ arm }) => arm === 'human')?.result;
    expect(human?.against_reference?.brier).toMatchObject({ estimate: expect.any(Number), n_runs: 2, units: 'pairs' });
    expect(human?.non_inferiority).toMatchObject({ n: 2, margin: 0.001 });
  }

  // Test accuracy of each seed: the mean of its networks of all folds.
  const taughtHere = readTeachingSource(workbench, findStudy(workbench, 'small'), teachingSchema.parse(teaching)).source
    .models;
  const right = taughtHere.flatMap(({ record }) =>
    record?.modelName.match(/^teach-human-f\da/) ? [1 - record.errors / record.testCount] : [],
  );
  expect(right).toHaveLength(4);
  const ofHuman = at(found.directions, 0).arms.find(({ arm }) => arm === 'human')?.result?.test_accuracy.mean;
  expect(ofHuman).toBeCloseTo(right.reduce((sum, share) => sum + share, 0) / 4, 12);
});

test('each target is traced to its images and people', async () => {
  const { workbench, made } = await taughtBench();
  // No labels of examiners, no names.
  const record = readRecord(workbench, made);
  const part = at(record.parts, 0);
  expect(part.counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(3 * part.images.length);
  expect(part.images.some((id) => record.images.find((image) => image.id === id)?.fold === part.fold)).toBe(false);
  expect(part.images.some((id) => record.testImages.includes(id))).toBe(false);
  expect(part.temperature).toBe(2);
});

test('each network of one person begins with a base network and has the labels of this person alone', async () => {
  const { workbench, made } = await taughtBench();
  const record = readRecord(workbench, made);
  const part = at(record.parts, 0);
  const trained = workbench.storage.runs.list().filter(({ label }) => label.startsWith('teach-person'));
  expect(trained).toHaveLength(6);
  const persons = at(record.parts, 0).persons ?? [];
  const half = new Map(record.people.map(({ key, half: of }) => [key, of]));
  expect(persons.map(({ seed, person }) => [seed, half.get(person)])).toEqual([
    [0, 'a'],
    [1, 'a'],
  ]);
  expect(persons[0]?.person).not.toBe(persons[1]?.person);
  expect(persons[0]?.images).toEqual(part.images);
  for (const { teachers, fold, targets, tuned: own } of made.cells.filter(({ arm }) => arm === 'person')) {
    const of = record.parts.find((each) => each.fold === fold && each.teachers === teachers);
    const rows = new Float32Array(new Uint8Array(workbench.storage.blobs.get(targets)).buffer);
    expect(rows.filter((share) => share === 1).length).toBe(of?.persons?.[own?.seed ?? -1]?.images.length);
    expect(rows.filter((share) => share !== 0 && share !== 1)).toHaveLength(0);
    expect(workbench.storage.runHistory.trainingOf(own?.start ?? '')).not.toBeNull();
  }
  const found = teachingOutcomes(workbench, 'small');
  for (const { own } of found.directions) {
    expect(own?.people).toBe(2);
    expect(own?.predictors.map(({ predictor }) => predictor)).toEqual([
      ...['own', 'others', 'start', 'alpha_hard', 'human', 'distill', 'people'],
    ]);
    for (const { predictor, over_people, own_difference } of own?.predictors ?? []) {
      expect(over_people.nll).toMatchObject({ n: 2, mean: expect.any(Number) });
      if (predictor !== 'own') expect(own_difference?.brier).toMatchObject({ n_runs: 2, n_images: 15, n_pairs: 3 });
    }
  }
});

test('trainings that start from a network which saw held-out images are refused', async () => {
  const { workbench } = await taughtBench();
  const declaring = findStudy(workbench, 'small');
  const taught = readTeachingSource(workbench, declaring, teachingSchema.parse(teaching)).source.models;
  const start = taught.find(({ record }) => record?.modelName.startsWith('teach-human'))?.record?.weights ?? '';
  expect(start).toMatch(/^[0-9a-f]{64}$/);
  const models = declaring.spec.models.map((entry) => ({ ...entry, recipe: { ...entry.recipe, start } }));
  workbench.storage.studies.put('small', { ...declaring.spec, models }, workbench.now());
  expect(() => teachingOutcomes(workbench, 'small')).toThrow(expect.objectContaining({ code: 'teaching.leak' }));
});

test('outcomes as a table, and out of an archive the same', async () => {
  const { folder, workbench } = await taughtBench();
  const found = teachingOutcomes(workbench, 'small');
  const { header, rows } = outcomeTable(found);
  expect(header.at(-1)).toBe('rehearsal');
  expect(rows.every((row) => row.length === header.length)).toBe(true);
  const measures = rows.flatMap((row) => (row[0] === 'a' && row[1] === 'human' ? [row[2]] : []));
  expect(measures).toEqual(expect.arrayContaining(['js', 'js_difference']));
  expect(outcomeSummary(found).rows).toHaveLength(8);

  const archive = join(folder, 'small.zip');
  await exportArchive(workbench, { study: 'small', path: archive, weights: false });
  const other = newBench();
  await importArchive(other, archive);
  expect(teachingOutcomes(other, 'small')).toEqual(found);
});

test('one direction may be trained before the other one: it is shown, and p counts the tests that are to come', async () => {
  const { workbench: other } = await taughtBench();
  const { spec } = findStudy(other, 'small');
  const taught = teachingOf(spec);
  const changed = taught && { ...taught, reference: 'human' as const };
  other.storage.studies.put('small', { ...spec, ...(changed && { teaching: changed }) }, other.now());
  const both = teachingOutcomes(other, 'small');
  expect(both.missing).toEqual([]);
  const { models: stored } = other.storage;
  const ofStudy = stored.ofStudy.bind(stored);
  const without = (name: RegExp) =>
    vi.spyOn(stored, 'ofStudy').mockImplementation((id) => ofStudy(id).filter((model) => !name.test(model.modelName)));
  for (const [there, missing] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    without(new RegExp(`^teach-human-f\\d${missing}`));
    const one = teachingOutcomes(other, 'small');
    expect([one.missing, one.directions.map(({ teachers }) => teachers)]).toEqual([[missing], [there]]);
    const { arms } = at(one.directions, 0);
    const same = both.directions.find(({ teachers }) => teachers === there);
    expect(arms.map(({ p }) => p)).toEqual(same?.arms.map(({ p }) => p));
    const least = Math.min(...arms.flatMap(({ p }) => p ?? []));
    expect(Math.min(...arms.flatMap(({ adjusted }) => adjusted ?? []))).toBeCloseTo(Math.min(1, 6 * least), 12);
    expect(missingSentences(one)).toEqual([expect.stringMatching(`^Half ${missing} as teachers .* is not there yet`)]);
  }
  without(/^teach-human/);
  expect(() => teachingOutcomes(other, 'small')).toThrow(expect.objectContaining({ code: 'teaching.not-trained' }));
});

test('the command line shows outcomes and plans', async () => {
  const { folder } = await taught();
  const shown = await boundary(['--data', join(folder, 'data'), 'teachers', 'outcomes', 'small']);
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  expect(shown.stdout).toMatch(/^Rehearsal: the labels are simulated\.\nHalf a teaches \(3 labelers\)/);
  const previewed = await boundary(['--data', join(folder, 'data'), 'teachers', 'make', 'small', '--preview']);
  expect(previewed).toMatchObject({ code: 0, stderr: '' });
  expect(previewed.stdout).toMatch(
    /\nThese images and people cannot tell “People’s distribution” and “Nearer class” apart/,
  );
});

test('a page plans, and keeps what was trained', async () => {
  const { client, lab, study } = await taughtLab();
  const choices = await client.teaching.choices(study);
  expect(choices).toMatchObject({ missing: null, images: 15, labelers: 6, simulated: true, teachers: ['MLP'] });
  expect(choices.arms.find(({ arm }) => arm === 'truth')?.missing).toMatch(/true classes .* not known/);
  const listed = await client.teaching.list(study);
  expect(listed).toMatchObject({ runs: 22, done: 22 });
  const design = { ...study, teaching: teachingSchema.parse(teaching) };
  const more = await client.teaching.plan({ ...design, teaching: { ...design.teaching, seeds: 3 } });
  expect(more).toMatchObject({ runs: 12, kept: 22, floors: [{ teachers: 'a' }, { teachers: 'b' }] });
  expect(teachingOutcomes(lab.workbench, 'small').directions[0]?.floor).toMatchObject(
    more.floors[0]?.floor ?? { none: true },
  );
  const { plan: enough, notPlanned } = await client.teaching.enough(design);
  expect(notPlanned).toEqual([expect.stringMatching(/^“One person” is not planned, because/)]);
  expect(enough).toMatchObject({ assumed: false, reference: 'alpha_hard', main: 'human', units: 'pairs' });
  expect(enough).toMatchObject({ design: { units: 3, images: 15, people: 6, seeds: 2 }, outcome: 'brier' });
  expect(enough?.arms.map(({ arm, verdict }) => [arm, verdict])).toEqual([
    ['human', 'hopeless'],
    ['distill', 'hopeless'],
  ]);
  await expect(client.teaching.plan({ ...design, teaching: { ...design.teaching, seed: 2 } })).rejects.toMatchObject({
    data: { code: 'teaching.would-lose-runs' },
  });
});

test('a page shows scores, differences and sizes', async () => {
  const { client, asked } = await taughtLab();
  const shownThere = await client.teaching.outcomes(asked);
  expect(shownThere).toMatchObject({ undefined: null, rehearsal: true, asked: { reference: 'alpha_hard' } });
  expect(shownThere.scores?.rows).toHaveLength(12);
  expect(shownThere.differences?.rows).toHaveLength(6);
  expect(shownThere.own?.rows).toHaveLength(14);
  const charts = shownThere.figure?.charts ?? [];
  expect(charts).toHaveLength(8);
  const opened = figureRows(shownThere.figure).flatMap(({ opens }) =>
    opens?.kind === 'images' ? opens.images.length : [],
  );
  expect(opened).toEqual([15, 15, 15, 15, 15, 15]);
  for (const chart of charts) {
    const [floor, ceiling] = chart.kind === 'rows' ? chart.lines : [];
    if (floor && ceiling) expect(ceiling.at).toBeGreaterThan(floor.at);
  }
  const sized = await client.teaching.sizePlan({ ...asked, arm: 'human', teachers: 'a', difference: 1 });
  expect(sized).toMatchObject({ undefined: null, units: 'pairs', pairs: 3, seeds: 2, people: null });
  // Three more seeds, of two arms and two folds each; the data set has no further pairs of classes.
  expect(sized.rows.map(({ trainings }) => trainings)).toEqual([12]);
});

test('a report has the section of teachers', async () => {
  const { lab } = await taughtLab();
  const choice = {
    ...wholeReport,
    sections: ['teachers' as const],
    formats: ['html' as const, 'csv' as const, 'svg' as const],
  };
  const data = buildReport(lab.workbench, 'small', choice, await loadResults(offered.resultModules ?? []));
  expect(data.ownGroups?.flatMap(({ recipes }) => recipes.flatMap((of) => of.models))).toHaveLength(22);
  expect(data.warnings.join(' ')).toContain(
    'Models in groups of their own count in Teachers alone: teach (22 models).',
  );
  const { files } = reportFiles(data, choice);
  expect(files.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'csv/teachers-scores.csv',
      'csv/teachers-differences.csv',
      'csv/teachers-own.csv',
      'svg/teachers-figure-1.svg',
    ]),
  );
  const page = Buffer.from(files.find(({ name }) => name === 'index.html')?.bytes ?? []).toString();
  expect(page).toContain('id="part-teachers"');
  for (const half of ['a', 'b'])
    expect(page).toMatch(
      new RegExp(`networks taught by half ${half} .* predict other simulated labelers, compared .*: not told apart: “`),
    );
});

test('an experiment is taken out and comes back with its targets, although labels have changed meanwhile', async () => {
  const { client, lab, folder, study, asked } = await taughtLab();
  const shown = await client.teaching.outcomes(asked);
  const made = teachingOf(findStudy(lab.workbench, 'small').spec)?.made;
  const removed = await client.teaching.remove(study);
  expect(removed.runs).toBe(22);
  expect(await client.teaching.list(study)).toBeNull();
  expect((await client.teaching.outcomes(asked)).undefined).toMatch(/^No networks are taught/);
  const labels = join(folder, 'counts.csv');
  writeFileSync(labels, ['image,count_0,count_1,count_2', '0,2,2,0', ''].join('\n'));
  await importResponses(lab.workbench, 'small', labels, { kind: 'counts', total: null });
  await client.teaching.restore({ ...study, teaching: removed.teaching });
  expect(teachingOf(findStudy(lab.workbench, 'small').spec)?.made).toEqual(made);
  await expect(client.teaching.restore({ ...study, teaching: removed.teaching })).rejects.toMatchObject({
    data: { code: 'teaching.declared' },
  });
  // Nobody knows which of those labels taught.
  expect((await client.teaching.outcomes(asked)).undefined).toMatch(/^The labels are others/);
  const { id } = findStudy(lab.workbench, 'small');
  panelsOf(lab.workbench.storage).use(id, null);
  expect((await client.teaching.outcomes(asked)).directions).toEqual(shown.directions);
});

test('counts are split label by label, with half of each image’s labels in each half', () => {
  const row = fc.array(fc.nat(6), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), fc.nat(9), (rows, seed) => {
      const present = Uint32Array.from(rows, (own) => own.reduce((sum, count) => sum + count, 0));
      const counts = Uint32Array.from(rows.flat());
      const { people, values, halves } = halvesOfCounts({ images: rows.length, classes: 3, counts, present }, seed);
      rows.forEach((own, image) => {
        const labels = people.flatMap(({ key }, rater) => {
          const label = values[rater * rows.length + image]!;
          return label < 0 ? [] : [{ label, half: halves?.get(key) }];
        });
        expect(own.map((_, k) => labels.filter(({ label }) => label === k).length)).toEqual(own);
        const inA = labels.filter(({ half }) => half === 'a').length;
        expect(Math.abs(2 * inA - labels.length)).toBe(labels.length % 2);
      });
    }),
    { numRuns: 40 },
  );
});

test('plans take halves as they are split, and say why pairs that share anchors are not planned', () => {
  const images = Array.from({ length: 8 }, (_, id) => ({ id, pairI: null, pairJ: null, alpha: null }));
  const source = (rows: number[][]) => ({
    images,
    halves: null,
    people: rows.map((_, rater) => ({ key: `${rater}`, name: `p${rater}` })),
    labels: { raters: rows.length, images: 8, classes: 2, values: Int16Array.from(rows.flat()) },
  });
  const all = new Array<number>(8).fill(1);
  // Of five people two or three teach; the direction with fewer who examine counts.
  expect(splitOf(source([all, all, all, all, all]), { seed: 1, directions: 'both' })).toEqual({
    teaching: 3,
    examining: 2,
    examined: 8,
  });
  const one = splitOf(source([all, all, all, all, all]), { seed: 1, directions: 'one' });
  expect((one?.teaching ?? 0) + (one?.examining ?? 0)).toBe(5);
  expect(splitOf(source([all, all, all]), { seed: 1, directions: 'one' })).toBeNull();
  // Two who examine label a half of the images: these have two labels or one, and the noise is that of the harmonic mean.
  const few = [1, 1, 1, 1, -1, -1, -1, -1];
  const sparse = splitHalves(source([all, all, all, all]), { seed: 1 }).map(({ half }) => half);
  const rows = sparse.map((half, rater) => (half === 'a' ? all : sparse.indexOf('b') === rater ? few : all));
  expect(splitOf(source(rows), { seed: 1, directions: 'one' })).toEqual({
    teaching: 2,
    examining: expect.closeTo(8 / (4 / 2 + 4), 12),
    examined: 8,
  });

  const placed = (anchor: (pair: number) => string) =>
    [1, 2, 3, 4].flatMap((pairJ, pair) =>
      [0, 1].map((alpha) => ({ id: 2 * pair + alpha, pairI: 0, pairJ, alpha, anchorI: anchor(pair), anchorJ: 'x' })),
    );
  expect(whyNothing({ images: placed((pair) => `${pair}`) }, null)).toBeNull();
  expect(whyNothing({ images: placed((pair) => `${Math.min(pair, 2)}`) }, null)).toMatch(
    /^2 of the 4 pairs share anchors\. .* fresh anchors/,
  );
  expect(whyNothing({ images }, null)).toMatch(/^nobody has labeled these images/);
});

test('a study file says what is wrong with its experiment, and without one it has no such key', () => {
  const study = smallStudy() as { models: object[] };
  const parse = (change: object) =>
    parseStudy(JSON.stringify({ ...smallStudy(), ...change }), 'study.json', offered.sections ?? []);
  expect(parse({})).not.toHaveProperty('teaching');
  expect(parse({ teaching: { base: 'MLP1', arms: ['majority', 'human'] } }).teaching).toMatchObject({
    folds: 5,
    seeds: 20,
  });
  const refused = (change: object) => () =>
    parse({ teaching: { base: 'MLP1', arms: ['majority', 'human'], ...change } });
  expect(refused({ base: 'none' })).toThrow(expect.objectContaining({ where: 'study.json, teaching.base' }));
  expect(refused({ arms: ['human'] })).toThrow(/teaching\.arms/);
  expect(refused({ seeds: 1000 })).toThrow(/10,020 models|asks for/);
  expect(study.models).toHaveLength(4);
});
