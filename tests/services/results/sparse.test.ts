import { describe, expect, it } from 'vitest';
import { type Exhibit, type Group, typeNames } from '../../../main/contract/results/exhibit.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import { importPeople, labelInSession, leaveNobody, openResults, openedAt } from './people.ts';
import { asking, figureOf, matrixOf, tableOf } from './section-tables.ts';

const group: Group = { kind: 'diverse', target: 97.5 };
const view = { study: 'sample', labelers: null, group };
const people = { study: 'sample', labelers: null };

/** Statistics of networks alone. */
const ofNetworks = (table2: Exhibit) =>
  ['pairwise_disagreement_pct', 'all_disagree_pct'].map((key) => quantityAt(table2, 0, key));

describe('without people', () => {
  it('results of networks alone are defined; the others say that nobody has labeled yet', async () => {
    const { workbench, results } = await openResults();
    const before = tableOf(results.tables(asking('types', people)), 'table-2');
    leaveNobody(workbench);
    const nobody = 'Nobody has labeled these images yet.';
    expect(results.overview({ study: 'sample' })).toMatchObject({ missing: null, labelers: 0, rehearsal: false });
    const ofTypes = results.tables(asking('types', people));
    const [table2, table3] = [tableOf(ofTypes, 'table-2'), tableOf(ofTypes, 'table-3')];
    const table4 = tableOf(results.tables(asking('softmax', people)), 'table-4');
    expect(ofNetworks(table2)).toEqual(ofNetworks(before));
    expect(ofNetworks(table2).every((each) => each?.value !== null)).toBe(true);
    const table1 = tableOf(results.tables(asking('types', view)), 'table-1');
    for (const undefinedNow of [
      quantityAt(table2, 0, 'misclassified_across_pct'),
      quantityAt(table3, 0, 'type_a_pct'),
      quantityAt(table4, 0, 'both_agree'),
      quantityAt(table2, 1, 'all_disagree_pct'),
      quantityAt(table1, 0, 'type_a'),
      quantityAt(table1, 0, 'exceptions'),
    ])
      expect(undefinedNow).toMatchObject({ value: null, undefined: nobody });
    const coefficients = tableOf(results.tables(asking('agreement', view)), 'agreement');
    expect(quantityAt(coefficients, 1, 'cohen')!.value).toBeGreaterThan(0.5);
    expect(quantityAt(coefficients, 1, 'krippendorff')).toMatchObject({ n: 165, of: 'images' });
    expect(quantityAt(coefficients, 0, 'krippendorff')!.undefined).toBe(nobody);
    expect(matrixOf(results.tables({ ...asking('matrix', view), measure: 'cohen' })).raters).toHaveLength(9);
    const certainty = tableOf(results.tables(asking('certainty', view)), 'certainty');
    expect(quantityAt(certainty, 0, 'total_bits')!.value).toBeGreaterThan(0);
    expect(quantityAt(certainty, 0, 'pearson_vote')!.undefined).toBe(nobody);
    const softmax = results.tables(asking('softmax', view));
    expect(figureOf(softmax, 'softmax-by-type')).toMatchObject({
      charts: [],
      notes: [`Distributions by type are not defined. ${nobody}`],
    });
    expect(results.image({ ...people, image: 0 }).labels).toEqual([]);
  });
});

describe('with labels missing', () => {
  it('intervals of statistics of networks alone use all images, like their values', async () => {
    const { workbench, results } = await openResults();
    const before = tableOf(results.tables(asking('types', people)), 'table-2');
    // Only every fifth image is labeled by two.
    importPeople(workbench, 2, (person, place) => (person === 0 || place % 5 === 0 ? 1 : null));
    const after = ofNetworks(tableOf(results.tables(asking('types', people)), 'table-2'));
    expect(after).toEqual(ofNetworks(before));
    for (const { value, interval } of after.map((each) => each!)) {
      expect(interval!.lo!).toBeLessThanOrEqual(value!);
      expect(interval!.hi!).toBeGreaterThanOrEqual(value!);
    }
  });

  it('alpha and Fleiss’ kappa give the number of images with two labels', async () => {
    const { workbench, results } = await openResults();
    importPeople(workbench, 3, (person, place) => (person < 2 ? place % 2 : place < 40 ? 1 : null));
    const coefficients = tableOf(results.tables(asking('agreement', view)), 'agreement');
    expect(quantityAt(coefficients, 0, 'krippendorff')).toMatchObject({ n: 165, of: 'images' });
    expect(results.overview({ study: 'sample' }).unsaid).toEqual({ cannotTell: 0, timedOut: 0, blank: 125 });
  });
});

describe('one network', () => {
  it('gives no type, share or exception, rather than 0', async () => {
    const { results } = await openResults();
    const [first] = results.overview({ study: 'sample' }).models;
    const one: Group = { kind: 'chosen', models: [first!.key] };
    const table1 = tableOf(results.tables(asking('types', { ...view, group: one })), 'table-1');
    const reason = 'A group needs at least two networks to agree or disagree.';
    for (const key of [...typeNames, ...typeNames.map((type) => `${type}_pct`), 'exceptions'])
      expect(quantityAt(table1, 0, key), key).toMatchObject({ value: null, undefined: reason });
  });
});

describe('the images that a number counts', () => {
  it('are as many as the number', async () => {
    const { results } = await openResults();
    const ids = (which: Parameters<typeof results.which>[0]['which']) => results.which({ ...view, which }).images;
    const ofTypes = results.tables(asking('types', people));
    const [table2, table3] = [tableOf(ofTypes, 'table-2'), tableOf(ofTypes, 'table-3')];
    const count = (share: number | null): number => Math.round(((share ?? 0) * 165) / 100);
    expect(ids({ kind: 'misclassified' })).toHaveLength(
      count(quantityAt(table2, 0, 'misclassified_across_pct')!.value),
    );
    expect(ids({ kind: 'networks-disagree', determined: false })).toHaveLength(
      count(quantityAt(table2, 0, 'all_disagree_pct')!.value),
    );
    expect(ids({ kind: 'type-b' })).toHaveLength(count(quantityAt(table3, 0, 'type_b_pct')!.value));
    expect(ids({ kind: 'exceptions' })).toHaveLength(count(quantityAt(table3, 0, 'exception_pct')!.value));
    const { raters, values } = matrixOf(results.tables({ ...asking('matrix', view), measure: 'same' }));
    const [a, b] = [raters[0]!, raters[1]!];
    const differ = ids({ kind: 'raters-differ', a: { kind: a.of, name: a.name }, b: { kind: b.of, name: b.name } });
    expect(1 - differ.length / 165).toBeCloseTo(values[0]![1]!, 12);
    const all = ids({ kind: 'softmax', type: 'both_agree', from: 0, to: 40 });
    expect(all).toEqual(results.images(view).rows.flatMap(({ id, type }) => (type === 'both_agree' ? [id] : [])));
    expect(() =>
      ids({ kind: 'raters-differ', a: { kind: 'person', name: 'nobody' }, b: { kind: a.of, name: a.name } }),
    ).toThrow(/nobody/);
  });
});

describe('labels of an image with their times', () => {
  const at = (ms: number): string => new Date(openedAt + ms).toISOString();

  it('session: time, response time and earlier answers', async () => {
    const { workbench, results } = await openResults();
    leaveNobody(workbench);
    labelInSession(workbench);
    const labels = [0, 1, 2, 3].map((image) => results.image({ ...people, image }).labels[0]!);
    expect(labels[0]).toMatchObject({ label: 2, instead: null, at: at(60_750), how: 'given', responseMs: 750 });
    expect(labels[0]!.earlier).toEqual([{ label: 1, instead: null, at: at(750) }]);
    expect(labels[1]).toMatchObject({ label: null, instead: 'cannot-tell', at: at(120_750), earlier: [] });
    expect(labels[2]).toMatchObject({ label: null, instead: 'timeout', at: at(180_750), responseMs: null });
    expect(labels[3]).toMatchObject({ label: 3, instead: null });
    expect(results.image({ ...people, image: 9 }).labels[0]).toMatchObject({ label: null, instead: 'none', at: null });
    expect(results.overview({ study: 'sample' }).unsaid).toEqual({ cannotTell: 1, timedOut: 1, blank: 0 });
  });

  it('labels from paper, imports and rehearsals are marked as such', async () => {
    const { workbench, results } = await openResults();
    expect(results.image({ ...people, image: 0 }).labels[0]).toMatchObject({ how: 'simulated', responseMs: null });
    importPeople(workbench, 1, (_, place) => (place === 1 ? null : 4));
    const labelOf = (image: number) => results.image({ ...people, image }).labels[0]!;
    const imported = new Date(workbench.now()).toISOString();
    expect(labelOf(0)).toMatchObject({ label: 4, instead: null, how: 'imported', at: imported });
    expect(labelOf(1)).toMatchObject({ label: null, instead: 'blank', how: 'imported' });
    leaveNobody(workbench);
    labelInSession(workbench, 'paper');
    expect(labelOf(0)).toMatchObject({ how: 'entered', responseMs: null });
  });
});
