import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse, type Analysis } from '../../main/analysis/analyse.ts';
import { inputOf, reorder, smallStudies } from './arbitrary.ts';
import { asJson, differences } from './same.ts';

const check = (test: (analysis: Analysis) => void): void =>
  fc.assert(
    fc.property(smallStudies, (study) => test(analyse(inputOf(study)))),
    { numRuns: 500 },
  );

const groupsOf = ({ diverse }: Analysis) => Object.values(diverse);

describe('identities of SPEC 2.6', () => {
  it('classes add up, in counts', () => {
    check((analysis) => {
      for (const { types, table2 } of groupsOf(analysis)) {
        if (types === null) continue;
        const { counts, n_images: determined, n_exception: exceptions } = types;
        const { type_a: a, both_disagree: bothDisagree, both_agree: bothAgree, type_c: c } = counts;
        expect(a + bothDisagree + bothAgree + c).toBe(determined);
        expect(determined).toBe(analysis.meta.n_determined);
        if (determined === 0) continue;
        const images = (pct: number | null): number => Math.round((pct! * determined) / 100);
        expect(images(types.nn_disagree_pct)).toBe(a + bothDisagree);
        expect(images(types.human_disagree_pct)).toBe(bothDisagree + c);
        expect(images(types.type_b_pct)).toBe(bothDisagree + bothAgree - exceptions);
        expect(a + images(types.type_b_pct) + c + exceptions).toBe(determined);
        expect(images(types.misclassified_across_pct)).toBe(a + exceptions);
        expect(table2.misclassified_across_pct).toBe(types.misclassified_across_pct);
      }
    });
  });

  it('people disagree as much whatever group they are compared with', () => {
    check((analysis) => {
      for (const { types } of groupsOf(analysis)) {
        if (types) expect(types.human_disagree_pct).toBe(analysis.humans.disagree_pct);
      }
    });
  });

  it('the mean share of mistakes is at most the share of images with a mistake', () => {
    check((analysis) => {
      for (const { table2 } of groupsOf(analysis)) {
        const { misclassified_across_pct: across, misclassified_per_model_pct: perModel } = table2;
        expect(across === null).toBe(perModel.mean === null);
        if (across !== null) expect(perModel.mean!).toBeLessThanOrEqual(across + 1e-9);
      }
    });
  });

  it('pairwise disagreement lies between all * 2/M and all', () => {
    check((analysis) => {
      for (const { n_models: models, table2 } of groupsOf(analysis)) {
        const { all_disagree_pct: all, pairwise_disagreement_pct: pairwise } = table2;
        expect(all === null).toBe(models < 2);
        if (all === null) continue;
        expect(pairwise.n).toBe((models * (models - 1)) / 2);
        expect(pairwise.mean!).toBeGreaterThanOrEqual((all * 2) / models - 1e-9);
        expect(pairwise.mean!).toBeLessThanOrEqual(all + 1e-9);
      }
    });
  });

  it('Table 4 pools every (model, determined image) once', () => {
    check((analysis) => {
      for (const { n_models: models, table4 } of groupsOf(analysis)) {
        const pooled = Object.values(table4).reduce((sum, { n }) => sum + n, 0);
        expect(pooled).toBe(models < 2 ? 0 : models * analysis.meta.n_determined);
      }
    });
  });

  it('classes of human certainty count the determined images, class 100 those that agree', () => {
    check(({ humans, meta }) => {
      expect(Object.values(humans.hc_counts).reduce((a, b) => a + b)).toBe(meta.n_determined);
      expect(humans.hc_counts['100']).toBe(humans.status.filter((status) => status === 'agree').length);
    });
  });

  it('leaving a labeler out is the analysis without that labeler', () => {
    fc.assert(
      fc.property(smallStudies, (study) => {
        const { humans } = analyse(inputOf(study));
        for (const left of study.labelers) {
          const others = study.labelers.filter((labeler) => labeler !== left);
          const without = analyse(inputOf({ ...study, labelers: others })).humans;
          const disagree = without.status.filter((status) => status === 'disagree').length;
          expect(humans.leave_one_out_n_disagree[left.name]).toBe(disagree);
        }
      }),
    );
  });

  it('never gives NaN or infinity', () => {
    check((analysis) => {
      JSON.stringify(analysis, (_, value: unknown) => {
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
        return value;
      });
    });
  });
});

describe('order of the input', () => {
  it('does not matter', () => {
    fc.assert(
      fc.property(smallStudies, fc.integer(), (study, seed) => {
        const result = analyse(inputOf(study));
        expect(differences(asJson(analyse(inputOf(reorder(study, seed)))), asJson(result))).toEqual([]);
        expect(result.meta.images).toEqual([...study.ids].sort((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });
});
