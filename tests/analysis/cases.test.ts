import { describe, expect, it } from 'vitest';
import { analyze } from '../../main/analysis/groups/analyze.ts';
import { certaintyClass } from '../../main/analysis/raters/humans.ts';
import {
  type AnalysisInput,
  checkInput,
  compareCodePoints,
  type ModelInput,
} from '../../main/analysis/outcomes/input.ts';
import { spread } from '../../main/analysis/statistics/spread.ts';
import { inputOf, type SmallStudy } from './arbitrary.ts';
import { nobody, type People } from '../../main/analysis/labels/answers.ts';

type Model = SmallStudy['models'][number];

function model(name: string, labels: number[], rest: Partial<ModelInput> & { max?: number[] } = {}): Model {
  const max = rest.max ?? labels.map(() => 0.9);
  return { name, architecture: 'CNN', target: 98, repeat: null, seed: null, ...rest, labels, max };
}

/**
 * Three classes, seven images, worked out by hand:
 * 0 all say 0, networks too; 1 all say 1, networks all 2 (exception); 2 all say 2, networks 2 and 0 (type A);
 * 3 people 0,0,1, networks 0 (type C); 4 people 0,1,2 (a tie of three), networks 0 and 1 (both disagree);
 * 5 one label only (undetermined), networks disagree; 6 no label.
 */
const study: SmallStudy = {
  classes: 3,
  ids: [0, 1, 2, 3, 4, 5, 6],
  labelers: [
    { name: 'Ann', labels: [0, 1, 2, 0, 0, 2, -1] },
    { name: 'Bob', labels: [0, 1, -1, 0, 1, -1, -1] },
    { name: 'Cy', labels: [0, 1, 2, 1, 2, -1, -1] },
  ],
  models: [
    model('A', [0, 2, 2, 0, 0, 1, 0], { max: [1, 0.8, 0.6, 0.7, 0.5, 0.5, 0.5] }),
    model('B', [0, 2, 0, 0, 1, 2, 0], { max: [0.8, 0.6, 0.4, 0.9, 0.5, 0.5, 0.5] }),
  ],
};

describe('a case computed by hand, K = 3', () => {
  const { meta, humans, diverse } = analyze(inputOf(study));
  const group = diverse['98']!;

  it('people', () => {
    expect(meta).toMatchObject({ n_images: 7, n_labelers: 3, n_determined: 5 });
    expect(humans).toMatchObject({
      n_labels: [3, 3, 2, 3, 3, 1, 0],
      status: ['agree', 'agree', 'agree', 'disagree', 'disagree', null, null],
      majority_label: [0, 1, 2, 0, null, 2, null],
      modal_labels: [[0], [1], [2], [0], [0, 1, 2], [2], []],
      unanimous_label: [0, 1, 2, null, null, null, null],
      n_classes: [1, 1, 1, 2, 3, 1, 0],
      hc_class: [100, 100, 100, 70, 30, null, null],
      n_majority_ties: 1,
      disagree_pct: 40,
      leave_one_out_n_disagree: { Ann: 2, Bob: 2, Cy: 1 },
    });
    expect(humans.certainty_pct).toEqual([100, 100, 100, 200 / 3, 100 / 3, 100, null]);
    expect(humans.hc_counts).toMatchObject({ '100': 3, '70': 1, '30': 1, '10': 0 });
    // Ann and Bob differ on 1 of 4 shared images, Ann and Cy on 2 of 5, Bob and Cy on 2 of 4.
    expect(humans.pairwise_disagreement_pct.mean).toBeCloseTo((25 + 40 + 50) / 3, 12);
  });

  it('types, with an exception', () => {
    const classes = ['both_agree', 'both_agree', 'type_a', 'type_c', 'both_disagree', null, null];
    expect(group.image_class).toEqual(classes);
    expect(group.types).toEqual({
      n_images: 5,
      counts: { type_a: 1, both_disagree: 1, both_agree: 2, type_c: 1 },
      n_exception: 1,
      nn_disagree_pct: 40,
      human_disagree_pct: 40,
      type_a_pct: 20,
      type_b_pct: 40,
      both_disagree_pct: 20,
      agree_same_pct: 20,
      exception_pct: 20,
      type_c_pct: 20,
      misclassified_across_pct: 40,
    });
    expect(group.fig4).toEqual({
      category: ['gray', 'gray', 'blue', 'red', 'white', 'undetermined', 'undetermined'],
      shade: [null, null, 2, 2, null, null, null],
      exception: [false, true, false, false, false, false, false],
    });
  });

  it('Tables 2 and 4', () => {
    expect(group.table2.misclassified_per_model_pct).toMatchObject({ mean: 30, std: 10, n: 2 });
    expect(group.table2.misclassified_of_agreed_pct.mean).toBeCloseTo(50, 12);
    expect(group.table2.misclassified_across_pct).toBe(40);
    expect(group.table2.all_disagree_pct).toBeCloseTo(300 / 7, 12);
    expect(group.table2.pairwise_disagreement_pct).toMatchObject({ n: 1, std: 0, std_ddof1: null });
    expect(group.table4.type_a.mean).toBeCloseTo(0.5, 12);
    expect(group.table4.type_a.std).toBeCloseTo(0.1, 12);
    expect(group.table4.both_agree).toMatchObject({ n: 4 });
    expect(group.model_certainty_pct).toEqual([100, 100, 50, 100, 50, 50, 100]);
  });
});

describe('groups', () => {
  it('of one model have no image classes; what one model can say remains', () => {
    const { diverse } = analyze(inputOf({ ...study, models: [study.models[0]!] }));
    const group = diverse['98']!;
    expect(group.types).toBeNull();
    expect(group.image_class).toEqual(new Array(7).fill(null));
    expect(group.table2).toMatchObject({
      misclassified_per_model_pct: { mean: 20, n: 1, std_ddof1: null },
      misclassified_across_pct: 20,
      all_disagree_pct: null,
      pairwise_disagreement_pct: { mean: null, n: 0 },
    });
    expect(group.table4.type_a).toEqual({ mean: null, std: null, std_ddof1: null, n: 0 });
  });

  it('are made by target, and by architecture and repeat; repeats sort by number', () => {
    const labels = [0, 0, 0, 0, 0, 0, 0];
    const seeds = [10, 9, 1].flatMap((repeat) => [
      model(`s${repeat}a`, labels, { repeat }),
      model(`s${repeat}b`, repeat === 10 ? [1, 0, 0, 0, 0, 0, 0] : labels, { repeat }),
    ]);
    const { diverse, fig2, table5, fig4 } = analyze(inputOf({ ...study, models: [...study.models, ...seeds] }));
    expect(diverse['98']!.models).toEqual(['A', 'B']);
    expect(fig2.CNN!['98']!.type_a_pct.per_repeat).toEqual([0, 0, 20]);
    expect(fig2.CNN!['98']!.exception_pct.per_repeat).toEqual([40, 40, 40]);
    expect(Object.keys(fig4.CNN!['98']!)).toEqual(['1', '9', '10']);
    expect(table5.CNN!['98']!['100']!.per_repeat.at(-1)).toBeCloseTo(250 / 3, 12);
    expect(table5.CNN!['98']!['90']).toMatchObject({ mean: null, n: 0, n_images: 0, per_repeat: [null, null, null] });
  });

  it('may have an architecture by any name', () => {
    const { fig2 } = analyze(
      inputOf({
        ...study,
        models: [
          model(
            'x',
            study.ids.map(() => 0),
            { repeat: 1, architecture: '__proto__' },
          ),
        ],
      }),
    );
    expect(Object.keys(fig2)).toEqual(['__proto__']);
  });
});

describe('softmax', () => {
  it('may be given a model at a time', () => {
    const input = inputOf(study);
    if (!('softmax' in input)) throw new Error('expected all softmax values');
    const { softmax, ...rest } = input;
    const length = rest.images.length * rest.classes;
    const readSoftmax = (model: number) => softmax.slice(model * length, (model + 1) * length);
    expect(analyze({ ...rest, readSoftmax })).toEqual(analyze(input));
  });
});

/** The study's people with other labels. */
function withLabels(values: Int16Array): People {
  const { people } = inputOf(study);
  return { ...people, labels: { ...people.labels, values } };
}

describe('analyze refuses', () => {
  const input = inputOf(study);
  it.each([
    ['labels of another shape', { people: withLabels(new Int16Array(3)) }],
    ['a label beyond the classes', { classes: 2 }],
    ['a model that misses an image', { modelLabels: new Int16Array(14).fill(-1) }],
    ['two labelers of one name', { people: { ...input.people, labelers: ['Ann', 'Ann', 'Cy'] } }],
    ['two images of one id', { images: input.images.map((image) => ({ ...image, id: 1 })) }],
    ['two models of one name in a group', { models: input.models.map((one) => ({ ...one, name: 'A' })) }],
  ])('%s', (_, change) => {
    expect(() => analyze({ ...input, ...change })).toThrow(RangeError);
  });
});

describe('checkInput', () => {
  const empty = {
    images: [],
    people: nobody(0, 1),
    models: [],
    modelLabels: new Int16Array(0),
  };
  const withClasses = (classes: number): void => checkInput({ ...empty, classes, softmax: new Float32Array(0) });

  it.each([1, 2, 32_767])('takes %d classes', (classes) => expect(() => withClasses(classes)).not.toThrow());
  it.each([0, -1, 1.5, 32_768, Number.NaN])('refuses %d classes', (classes) =>
    expect(() => withClasses(classes)).toThrow('classes must be 1 to 32767'),
  );

  const input = inputOf(study);
  const labels = input.people.labels.values;
  const changed = (labels: Int16Array, value: number): Int16Array =>
    labels.map((label, at) => (at === 0 ? value : label));
  it.each<[string, Partial<AnalysisInput>]>([
    ['labels of people must be -1 to classes - 1', { people: withLabels(changed(labels, -2)) }],
    ['labels of people must be -1 to classes - 1', { people: withLabels(changed(labels, 3)) }],
    ['model labels must be 0 to classes - 1', { modelLabels: changed(input.modelLabels, -1) }],
    ['model labels must be 0 to classes - 1', { modelLabels: changed(input.modelLabels, 3) }],
    ['labels of people must be labelers x images', { people: withLabels(labels.slice(1)) }],
    ['modelLabels must be models x images', { modelLabels: input.modelLabels.slice(1) }],
    ['softmax must be models x images x classes', { softmax: new Float32Array(1) }],
    ['image ids must differ', { images: input.images.map((image) => ({ ...image, id: 1 })) }],
    ['labeler names must differ', { people: { ...input.people, labelers: ['Ann', 'Ann', 'Cy'] } }],
  ])('%s', (message, change) => {
    expect(() => checkInput(input)).not.toThrow();
    expect(() => checkInput({ ...input, ...change } as AnalysisInput)).toThrow(message);
  });
});

describe('certaintyClass', () => {
  it.each([
    [7, 8, 90],
    [5, 9, 60],
    [13, 20, 70],
    [19, 20, 90],
    [299, 300, 90],
    [1, 20, 10],
    [1, 300, 10],
    [3, 4, 80],
    [1, 4, 30],
  ])('%i of %i: %i', (top, present, expected) => {
    expect(certaintyClass('disagree', top, present)).toBe(expected);
  });
});

describe('spread', () => {
  it('drops nulls, and is null rather than NaN or 0 where undefined', () => {
    expect(spread([])).toEqual({ mean: null, std: null, std_ddof1: null, n: 0 });
    expect(spread([null, 5])).toEqual({ mean: 5, std: 0, std_ddof1: null, n: 1 });
    const { mean, std, std_ddof1: sample } = spread([2, 4, 4, 4, 5, 5, 7, 9, null]);
    expect([mean, std]).toEqual([5, 2]);
    expect(sample).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });
});

describe('compareCodePoints', () => {
  it('sorts by code point, not by UTF-16 unit or by language', () => {
    const names = ['b', 'ä', 'B', 'a10', 'a2', 'a', '\u{1F600}', '\uFFFD'];
    expect(names.sort(compareCodePoints)).toEqual(['B', 'a', 'a10', 'a2', 'b', 'ä', '\uFFFD', '\u{1F600}']);
  });
});
