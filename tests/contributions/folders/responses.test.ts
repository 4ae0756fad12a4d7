import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Analysis, analyze } from '../../../main/analysis/groups/analyze.ts';
import { diverseGroups, type ModelGroup } from '../../../main/analysis/outcomes/groups.ts';
import { orderInput } from '../../../main/analysis/outcomes/input.ts';
import { labelAt, labelCounts, missing } from '../../../main/analysis/labels/labels.ts';
import { groupOfKind, kindsPart, peopleOfKind } from '../../../main/contributions/answers/analysis/part.ts';
import { alongPart } from '../../../main/contributions/along/analysis/part.ts';
import { consistencyPart } from '../../../main/contributions/consistency/analysis/part.ts';
import { analyzeAbstaining, analyzeCounts } from '../../../main/contributions/folders/counted-responses.ts';
import { analyzeRatings } from '../../../main/contributions/folders/rated-responses.ts';
import { analyzeSets } from '../../../main/contributions/folders/set-responses.ts';
import { inputOf, type SmallStudy, smallStudies } from '../../analysis/arbitrary.ts';
import { differences } from '../../analysis/same.ts';
import { cases } from '../../thorough.ts';
import { takePeople } from '../../../main/analysis/labels/answers.ts';
import { withLabels } from '../../analysis/people.ts';

/** A study's people, and each group of networks that they are compared with. */
const eachGroup = (test: (study: ReturnType<typeof orderInput>, group: ModelGroup, input: SmallStudy) => void): void =>
  fc.assert(
    fc.property(smallStudies, (study) => {
      const input = orderInput(inputOf(study));
      for (const group of diverseGroups(input)) test(input, group, study);
    }),
    { numRuns: cases(200) },
  );

const parts = [alongPart, consistencyPart, kindsPart];

const emptyGroup: ModelGroup = {
  members: [],
  names: [],
  labels: { raters: 0, images: 1, classes: 3, values: new Int16Array() },
  votes: {
    present: new Uint32Array(1),
    distinct: new Uint16Array(1),
    top: new Float64Array(1),
    modes: new Uint16Array(1),
    mode: new Int16Array([missing]),
  },
};

const describedByCounts = [
  ...['n_labels', 'status', 'majority_label', 'modal_labels', 'unanimous_label', 'certainty_pct', 'entropy_bits'],
  ...['disagree_pct', 'fleiss_kappa', 'krippendorff_alpha', 'human_human_pooled'],
] as const satisfies readonly (keyof ReturnType<typeof analyzeCounts>)[];

/** An analysis without what needs to know who gave which label, and what only counts have. */
function asCounted(analysis: Analysis): unknown {
  const isOfPersons = new Set([
    ...['cohen_kappa', 'human_model_kappa', 'pooled_kappa', 'human_human_pooled', 'human_model_pooled'],
    ...['human_model_pooled_kappa', 'leave_one_out_n_disagree', 'pairwise_disagreement_pct', 'labelers', 'n_labelers'],
    ...['response', 'human_model', 'individuals'],
  ]);
  const { cohen: _, error_consistency: __, ...humans } = { error_consistency: null, ...analysis.humans };
  const text = JSON.stringify({ ...analysis, humans }, (key, value: unknown) => (isOfPersons.has(key) ? 0 : value));
  return JSON.parse(text, (key, value: unknown) => (isOfPersons.has(key) ? undefined : value));
}

describe('counts', () => {
  it('say of images, agreement and types what the labels themselves say', () => {
    eachGroup((input, group, study) => {
      const counts = labelCounts(withLabels(input.people).labels);
      const found = analyzeCounts(counts, group, []);
      const { humans, diverse } = analyze(inputOf(study), { parts, resampling: false, intervals: false });
      const { disagree_pct, fleiss_kappa, krippendorff_alpha, types } = found;
      for (const [name, value] of Object.entries({
        disagree_pct,
        fleiss_kappa,
        krippendorff_alpha,
        n_labels: found.n_labels,
        status: found.status,
        modal_labels: found.modal_labels,
        entropy_bits: found.entropy_bits,
      }))
        expect(value).toEqual(humans[name as keyof typeof humans]);
      expect(types).toEqual(Object.values(diverse).find(({ models }) => models.join() === group.names.join())?.types);
    });
  });

  it('turned into from single labels leave every value as it is that does not need to know who gave which', () => {
    fc.assert(
      fc.property(smallStudies, (study) => {
        const single = inputOf(study);
        const counts = labelCounts(single.people.labels);
        const counted = { ...single, people: { kind: 'counts' as const, counts } };
        const options = { parts, resampling: false, claim: 'anchors' } as const;
        const [expected, found] = [analyze(single, options), analyze(counted, options)];
        // As read back from a file: tables of pairs as lists.
        expect(differences(asCounted(found), asCounted(expected))).toEqual([]);
        expect(found.humans).toMatchObject({ cohen: null, error_consistency: null, leave_one_out_n_disagree: null });
        const isComplete = single.people.labels.values.every((label) => label !== missing);
        if (isComplete && study.labelers.length > 1)
          expect(found.humans.pairwise_disagreement_pct.mean).toBeCloseTo(
            expected.humans.pairwise_disagreement_pct.mean!,
            8,
          );
      }),
      { numRuns: cases(100) },
    );
  });

  it('of a study are what the same counts of a folder are', () => {
    eachGroup((input, group, study) => {
      const counts = labelCounts(withLabels(input.people).labels);
      const order = study.ids.map((id) => input.imageIds.indexOf(id));
      const people = takePeople({ kind: 'counts', counts }, [], order);
      const { humans, diverse, meta } = analyze(
        { ...inputOf(study), people },
        { parts, resampling: false, intervals: false },
      );
      const own = Object.values(diverse).find(({ models }) => models.join() === group.names.join())!;
      const folder = analyzeCounts(counts, group, []);
      expect(meta).toMatchObject({ response: 'counts', labelers: [] });
      expect(humans).toMatchObject({
        ...Object.fromEntries(describedByCounts.map((name) => [name, folder[name]])),
        pairwise_disagreement_pct: { mean: folder.expected_pairwise_disagreement_pct, std: null },
      });
      expect(own).toMatchObject({
        types: folder.types,
        human_model_pooled: folder.human_model_pooled,
        human_model_pooled_kappa: folder.human_model_pooled_kappa,
        error_consistency: { human_model: null },
      });
    });
  });

  it('rarefied to all labels of complete answers give the types as they are, and A + B + C = 100 % at any number', () => {
    eachGroup((input, group) => {
      const counts = labelCounts(withLabels(input.people).labels);
      const { types, rarefaction } = analyzeCounts(counts, group, [2, 3, 4, 5, 6]);
      for (const one of Object.values(rarefaction)) {
        if (one.type_a_pct === null) continue;
        const sum = one.type_a_pct + one.type_c_pct! + one.both_agree_pct! + one.both_disagree_pct!;
        expect(sum).toBeCloseTo(100, 8);
        expect(one.type_a_pct + one.both_agree_pct!).toBeCloseTo(one.unanimous_pct!, 8);
        expect(one.exception_pct!).toBeLessThanOrEqual(one.both_agree_pct! + 1e-9);
      }
      const n = input.labelers.length;
      const all = rarefaction[String(n)];
      if (types === null || !all || all.type_a_pct === null || counts.present.some((present) => present < n)) return;
      expect(all.type_a_pct).toBeCloseTo(types.type_a_pct!, 8);
      expect(all.type_c_pct).toBeCloseTo(types.type_c_pct!, 8);
      expect(all.exception_pct).toBeCloseTo(types.exception_pct!, 8);
    });
  });

  it('give pooled raters by hand: three of four say 0, the network too', () => {
    const counts = { images: 1, classes: 3, counts: Uint32Array.from([3, 1, 0]), present: Uint32Array.from([4]) };
    const group: ModelGroup = {
      ...emptyGroup,
      members: [0],
      names: ['M'],
      labels: { raters: 1, images: 1, classes: 3, values: Int16Array.from([0]) },
    };
    const { human_model_pooled: networks, human_human_pooled: people } = analyzeCounts(counts, group, []);
    // Without one 0 the majority is still 0 (2 of 3), without the 1 as well.
    expect(networks).toEqual([
      { run: 'M', weight: 1, acc_human: 0.75, acc_model: 1, c_obs: 0.75, c_exp: 0.75, kappa: 0 },
    ]);
    // 0 and 0: half of the ordered pairs, the rest (0, 1) is a tie; 0 and 1, 1 and 0: the rest (0, 0) says 0.
    expect(people).toMatchObject({ weight: 0.5, acc: 0.5, c_obs: 0, c_exp: 0.5, kappa: -1 });
  });

  it('are null where nobody answered or no network is compared', () => {
    const counts = { images: 1, classes: 3, counts: new Uint32Array(3), present: new Uint32Array(1) };
    expect(analyzeCounts(counts, emptyGroup, [2])).toMatchObject({
      disagree_pct: null,
      types: null,
      expected_pairwise_disagreement_pct: null,
      human_model_pooled: [],
      human_human_pooled: { weight: 0, acc: null, kappa: null },
      rarefaction: { 2: { n_images: 0, unanimous_pct: null, type_a_pct: null } },
    });
  });
});

describe('the other kinds', () => {
  it('are single labels where nobody abstains, and each set has one class', () => {
    eachGroup((input, group) => {
      const { labels: given } = withLabels(input.people);
      const counts = labelCounts(given);
      const single = analyzeCounts(counts, group, [2, 3]);
      const none = analyzeAbstaining(counts, new Uint32Array(counts.images), group, [2, 3]);
      expect(none.status_strict).toEqual(single.status);
      expect(none.fleiss_with_abstain).toEqual(single.fleiss_kappa);
      expect(none.entropy_with_abstain_bits).toEqual(single.entropy_bits);
      expect(none.rarefaction).toEqual(single.rarefaction);
      const answers = Array.from({ length: given.images }, (_, image) =>
        Array.from({ length: given.raters }, (_, rater) => labelAt(given, rater, image))
          .filter((label) => label !== null)
          .map((label) => [label]),
      );
      const sets = analyzeSets(answers, given.classes, group, [2, 3]);
      const { status, disagree_pct, entropy_bits, certainty_pct, majority_label } = single;
      const { krippendorff_jaccard: alpha, ...rest } = sets;
      const expected = { status, disagree_pct, entropy_bits, certainty_pct, majority_label };
      expect(
        differences(
          Object.fromEntries(Object.keys(expected).map((key) => [key, rest[key as keyof typeof rest]])),
          expected,
        ),
      ).toEqual([]);
      expect(differences({ alpha }, { alpha: single.krippendorff_alpha })).toEqual([]);
      for (const m of ['2', '3'])
        expect(sets.rarefaction[m]?.unanimous_pct ?? null).toEqual(
          single.rarefaction[m]?.unanimous_pct === null
            ? null
            : expect.closeTo(single.rarefaction[m]!.unanimous_pct!, 8),
        );
    });
  });

  it('of a study with “can’t tell” are what the same answers of a folder are', () => {
    eachGroup((input, group, study) => {
      const own = inputOf(study);
      // Whoever gave no label could not tell.
      const unanswered = Uint8Array.from(own.people.labels.values, (label) => (label === missing ? 1 : 0));
      const labels = { ...own.people.labels, unanswered };
      const people = { ...own.people, kind: 'abstain' as const, labels };
      const { humans, diverse, meta } = analyze({ ...own, people }, { parts, resampling: false, intervals: false });
      const counts = labelCounts(withLabels(input.people).labels);
      const abstained = counts.present.map((n) => study.labelers.length - n);
      const folder = analyzeAbstaining(counts, abstained, group, []);
      expect(meta.response).toBe('abstain');
      expect(folder).toMatchObject(peopleOfKind(humans).with_abstain!);
      const found = Object.values(diverse).find(({ models }) => models.join() === group.names.join())!;
      expect(folder).toMatchObject({
        ...groupOfKind(found).strict!,
        types: found.types,
        fleiss_kappa: humans.fleiss_kappa,
      });
    });
  });

  it('by hand: somebody cannot tell, two sets overlap, two people rate', () => {
    const counts = { images: 1, classes: 3, counts: Uint32Array.from([2, 0, 0]), present: Uint32Array.from([2]) };
    const abstain = analyzeAbstaining(counts, Uint32Array.from([1]), emptyGroup, []);
    expect(abstain).toMatchObject({ status: ['agree'], status_strict: ['disagree'], abstain_pct: 100 / 3 });

    const sets = analyzeSets([[[0], [0, 1]]], 3, emptyGroup, [2]);
    expect(sets).toMatchObject({
      q: [[0.75, 0.25, 0]],
      majority_label: [0],
      status: ['disagree'],
      compatible: [true],
      mean_set_size: 1.5,
      // Observed and expected distance are both that of the only two answers.
      krippendorff_jaccard: 0,
      covered_pct: [null],
      rarefaction: { 2: { n_images: 1, unanimous_pct: 0 } },
    });

    const images = [{ id: 0, pairI: 0, pairJ: 1, alpha: 0.5 }];
    const rated = (labeler: number, a: number, b: number) => ({
      image: 0,
      labeler,
      ratings: [
        { label: 0, rating: a },
        { label: 1, rating: b },
      ],
    });
    const answers = [rated(0, 3, 1), rated(1, 2, 2), rated(2, -1, 1)];
    const graded = analyzeRatings(answers, images, 3, 'normalise');
    expect(graded).toMatchObject({
      // The second prefers none.
      preferred: { counts: [[1, 1, 0]], status: ['disagree'], majority_label: [null] },
      score: { n: [3], mean: [0], sd: [2] },
      converted: { n: [2], certainty_pct: [62.5] },
    });
    expect(analyzeRatings(answers, images, 3, null).converted).toBeNull();
  });
});
