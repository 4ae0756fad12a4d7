import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { safe } from '@orpc/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import { analyze } from '../../../main/analysis/groups/analyze.ts';
import { wholeReport } from '../../../main/contract/api/report.ts';
import type { Group } from '../../../main/contract/results/exhibit.ts';
import { readStudyData } from '../../../main/services/analysis-input.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { writeChosenReport } from '../../../main/services/report/write.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { importPeople, leaveNobody, leaveNoNetwork, openResults } from './people.ts';
import { asking, matrixOf, tableOf } from './section-tables.ts';
import { callsOf } from '../../calls.ts';

const people = { study: 'sample', labelers: null };
const alone = { ...people, group: null };
const group: Group = { kind: 'diverse', target: 97.5 };
const ascending = (ids: readonly number[]): number[] => [...ids].sort((a, b) => a - b);

async function peopleOnly(prepare: (workbench: Workbench) => unknown = () => undefined) {
  const { workbench, results } = await openResults();
  leaveNoNetwork(workbench);
  prepare(workbench);
  return { workbench, results };
}

/** The numbers about people in `tables.json` of the report. */
async function reportOf(workbench: Workbench) {
  const folder = join(temporaryFolder(), 'report');
  const printer = { missing: 'nothing prints here', print: () => Promise.reject(new Error('not asked')) };
  await writeChosenReport(workbench, 'sample', wholeReport, { archive: null, folder }, printer);
  return JSON.parse(readFileSync(join(folder, 'tables.json'), 'utf8')).analysis.humans;
}

describe('people alone', () => {
  it('numbers equal those of the analysis and of the report, and quote the paper', async () => {
    const { workbench, results } = await peopleOnly();
    const { humans, meta } = analyze(readStudyData(workbench, findStudy(workbench, 'sample').id)!.input);
    const found = results.people(people);
    expect(found).toMatchObject({ rehearsal: true, labelers: 10, undetermined: [] });
    expect(ascending([...found.agree, ...found.disagree])).toEqual(meta.images);
    expect(found.disagree).toEqual(meta.images.filter((_, image) => humans.status[image] === 'disagree'));
    const measure = (key: string) => quantityAt(found.measures, 0, key)!;
    expect(measure('disagree_pct')).toMatchObject({
      value: humans.disagree_pct,
      n: 165,
      paper: { mean: 19.4, std: null },
    });
    const { human_disagree_pct: share, krippendorff_alpha: alpha } = humans.intervals!;
    expect(measure('disagree_pct').interval).toMatchObject({ lo: share!.lo, hi: share!.hi, claim: 'people' });
    expect(measure('krippendorff').interval).toMatchObject({ lo: alpha!.lo, hi: alpha!.hi, claim: 'people' });
    const bits = humans.entropy_bits.reduce<number>((sum, each) => sum + each!, 0) / 165;
    expect(measure('entropy')).toMatchObject({ value: expect.closeTo(bits, 12), n: 165, of: 'images' });
    const report = await reportOf(workbench);
    for (const told of [humans, report]) {
      expect(measure('krippendorff').value).toBe(told.krippendorff_alpha);
      expect(measure('fleiss').value).toBe(told.fleiss_kappa);
      expect(measure('cohen')).toMatchObject({ value: told.cohen.kappa.mean, std: told.cohen.kappa.std, n: 45 });
      expect(measure('pairwise_disagreement_pct')).toMatchObject({
        value: told.pairwise_disagreement_pct.mean,
        n: 45,
        paper: { mean: 9.3 },
      });
      expect(Object.fromEntries(found.leaveOneOut.map(({ labeler, disagree }) => [labeler, disagree]))).toEqual(
        told.leave_one_out_n_disagree,
      );
    }
  });

  it('have the same agreement, labels and images with and without networks', async () => {
    const { workbench, results } = await openResults();
    const ask = () => ({
      people: results.people(people),
      labels: results.labels(people),
      differ: results.which({ ...alone, which: { kind: 'people-disagree' } }),
    });
    const beside = ask();
    const view = { ...people, group };
    const agreement = tableOf(results.tables(asking('agreement', view)), 'agreement');
    const { rows } = results.images(view);
    leaveNoNetwork(workbench);
    expect(ask()).toEqual(beside);
    expect(beside.differ.images).toEqual(beside.people.disagree);
    expect(beside.labels.rows).toEqual(
      rows.map(({ id, i, j, alpha, truth, people: own, peopleEntropy }) => ({
        id,
        i,
        j,
        alpha,
        truth,
        people: own,
        peopleEntropy,
      })),
    );
    const among = tableOf(results.tables(asking('agreement', alone)), 'agreement');
    const matrix = matrixOf(results.tables({ ...asking('matrix', alone), measure: 'same' }));
    expect(among.rows).toEqual(agreement.rows.slice(0, 1));
    expect(agreement.rows).toHaveLength(3);
    expect(matrix.raters.map(({ of }) => of)).toEqual(new Array(10).fill('person'));
    expect(matrix.values.map((row) => row.length)).toEqual(new Array(10).fill(10));
  });

  it('images on which two labelers differ are listed; lists that need networks are refused', async () => {
    const { results } = await peopleOnly((workbench) =>
      importPeople(workbench, 2, (person, place) => (place < 7 ? person : 1)),
    );
    const { rows } = results.labels(people);
    const images = rows.flatMap(({ id, people: own }) => (own[0]! > 0 ? [id] : []));
    expect(images).toHaveLength(7);
    const differ = { kind: 'raters-differ', a: person('P1'), b: person('P2') } as const;
    expect(results.which({ ...alone, which: differ })).toEqual({ images });
    expect(() => results.which({ ...alone, which: { ...differ, b: { kind: 'model', name: 'MLP1-97.5' } } })).toThrow(
      '"MLP1-97.5" is not among the labelers and networks',
    );
    expect(() => results.which({ ...alone, which: { kind: 'exceptions' } })).toThrow(
      expect.objectContaining({ code: 'results.no-models' }),
    );
  });

  it('answers through the public calls match their schemas', async () => {
    const { workbench } = await peopleOnly();
    process.env.BOUNDARY_CACHE = temporaryFolder();
    const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
    onTestFinished(() => lab.close());
    const defects: unknown[] = [];
    const { results } = callsOf({ lab, log: (error) => void defects.push(error) });
    expect((await results.people(people)).disagree).toHaveLength(38);
    expect((await results.labels(people)).rows).toHaveLength(165);
    expect(matrixOf(await results.tables({ ...asking('matrix', alone), measure: 'cohen' })).raters).toHaveLength(10);
    const { error } = await safe(results.which({ ...alone, which: { kind: 'misclassified' } }));
    expect(error).toMatchObject({ data: { code: 'results.no-models' } });
    expect(defects).toEqual([]);
  });
});

const person = (name: string) => ({ kind: 'person' as const, name });

describe('few labels', () => {
  it('one labeler: statistics that need two are undefined and give the reason', async () => {
    const { results } = await peopleOnly((workbench) => importPeople(workbench, 1, (_, place) => place % 10));
    const found = results.people(people);
    expect(results.overview({ study: 'sample' })).toMatchObject({ missing: null, labelers: 1 });
    expect(found).toMatchObject({ agree: [], disagree: [] });
    expect(found.undetermined).toHaveLength(165);
    const noTwo = { value: null, undefined: 'No image was labeled by at least two labelers.' };
    const oneRater = { value: null, undefined: 'One rater alone can neither agree nor disagree.' };
    const noPair = { value: null, undefined: expect.stringMatching(/^[A-Z].*\.$/) };
    expect(found.measures.rows).toMatchObject([['People', noTwo, noPair, oneRater, oneRater, noPair, noTwo]]);
    expect(matrixOf(results.tables({ ...asking('matrix', alone), measure: 'cohen' }))).toMatchObject({
      raters: [],
      undefined: 'It needs at least two raters.',
    });
  });

  it('missing labels: only images with two labels count', async () => {
    const { results } = await peopleOnly((workbench) =>
      importPeople(workbench, 2, (who, place) => (who === 0 || place < 40 ? (who === 1 && place < 10 ? 2 : 1) : null)),
    );
    const found = results.people(people);
    expect([found.agree.length, found.disagree.length, found.undetermined.length]).toEqual([30, 10, 125]);
    expect(quantityAt(found.measures, 0, 'disagree_pct')).toMatchObject({ value: 25, n: 40 });
    expect(quantityAt(found.measures, 0, 'entropy')).toMatchObject({ value: 0.25, n: 40 });
    expect(quantityAt(found.measures, 0, 'krippendorff')).toMatchObject({ n: 40, of: 'images' });
  });

  it('two labelers: coefficients give the right reason', async () => {
    const two = await peopleOnly((workbench) => importPeople(workbench, 2, () => 1));
    const same = tableOf(two.results.tables(asking('agreement', alone)), 'agreement');
    expect(quantityAt(same, 0, 'fleiss')!.undefined).toBe(
      'All labels are the same, so chance alone gives full agreement.',
    );
    const apart = await peopleOnly((workbench) =>
      importPeople(workbench, 2, (who, place) => (place % 2 === who ? 1 : null)),
    );
    const coefficients = tableOf(apart.results.tables(asking('agreement', alone)), 'agreement');
    expect(quantityAt(coefficients, 0, 'krippendorff')).toMatchObject({
      value: null,
      undefined: 'No image was labeled by at least two labelers.',
    });
  });

  it('a chosen labeler only, or images other than the paper’s', async () => {
    const { workbench, results } = await peopleOnly();
    const [first] = results.overview({ study: 'sample' }).people;
    expect(results.people({ ...people, labelers: [first!.id] })).toMatchObject({ labelers: 1, disagree: [] });
    const { spec } = findStudy(workbench, 'sample');
    const files = { trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd' };
    const dataSet = { source: 'idx' as const, name: 'Ours', classes: [...'abcdefghij'], ...files };
    workbench.storage.studies.put('sample', { ...spec, dataSet }, workbench.now());
    const { measures } = results.people(people);
    for (const key of ['disagree_pct', 'pairwise_disagreement_pct'])
      expect(quantityAt(measures, 0, key)).toMatchObject({ paper: null });
  });
});

describe('neither people nor networks', () => {
  it('there is nothing to show, even if a labeler without labels exists', async () => {
    const { workbench, results } = await peopleOnly(leaveNobody);
    const missing = 'No network has predicted the stimuli yet, and nobody has labeled them.';
    expect(results.overview({ study: 'sample' })).toMatchObject({ missing, labelers: 0 });
    expect(quantityAt(results.people(people).measures, 0, 'disagree_pct')).toMatchObject({
      value: null,
      undefined: 'Nobody has labeled these images yet.',
    });
    importPeople(workbench, 1, () => null);
    expect(results.overview({ study: 'sample' })).toMatchObject({ missing, labelers: 1 });
  });
});
