import { alongPart } from '../../main/contributions/along/analysis/part.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  consistencyPart,
  groupConsistency,
  peopleConsistency,
} from '../../main/contributions/consistency/analysis/part.ts';
import { analyze, type Analysis } from '../../main/analysis/groups/analyze.ts';
import { inputOf, renameClasses, reorder, type SmallStudy, smallStudies, withFurtherClasses } from './arbitrary.ts';
import { asJson, differences } from './same.ts';
import { cases } from '../thorough.ts';

const parts = [alongPart, consistencyPart];
const analyses = new Map<string, Analysis>();

/** The analysis of a study. Properties draw the same studies, each of which is analyzed once. */
function analysisOf(study: SmallStudy): Analysis {
  const key = JSON.stringify(study);
  const known = analyses.get(key);
  if (known) return known;
  const analysis = analyze(inputOf(study), { parts });
  analyses.set(key, analysis);
  return analysis;
}

const check = (test: (analysis: Analysis) => void): void =>
  fc.assert(
    fc.property(smallStudies, (study) => test(analysisOf(study))),
    { numRuns: 150 },
  );

const groupsOf = ({ diverse }: Analysis) => Object.values(diverse);

describe('identities of metrics.md 2.6', () => {
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
        const { humans } = analysisOf(study);
        for (const left of study.labelers) {
          const others = study.labelers.filter((labeler) => labeler !== left);
          const without = analyze(inputOf({ ...study, labelers: others }), { parts }).humans;
          const disagree = without.status.filter((status) => status === 'disagree').length;
          expect(humans.leave_one_out_n_disagree![left.name]).toBe(disagree);
        }
      }),
      { numRuns: cases(100) },
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
        const result = analysisOf(study);
        expect(differences(asJson(analyze(inputOf(reorder(study, seed)), { parts })), asJson(result))).toEqual([]);
        expect(result.meta.images).toEqual([...study.ids].sort((a, b) => a - b));
      }),
      { numRuns: cases(150) },
    );
  });
});

describe('names', () => {
  /** Everything but what names classes, and where along a pair they change. */
  const nameless = ({ humans, diverse, ...rest }: Analysis) => ({
    ...rest,
    humans: {
      ...humans,
      majority_label: 0,
      modal_labels: humans.modal_labels.map((k) => k.length),
      unanimous_label: 0,
      alpha_star: 0,
    },
    diverse: Object.values(diverse).map(({ scores, ...group }) => ({
      ...group,
      alpha_star: 0,
      scores: { ...scores, ensemble_label: 0, ensemble: 0 },
    })),
  });

  it('of classes do not matter', () => {
    fc.assert(
      fc.property(smallStudies, fc.nat(), (study, seed) => {
        const names = Array.from({ length: study.classes }, (_, k) => (k + seed) % study.classes);
        const renamed = asJson(nameless(analyze(inputOf(renameClasses(study, names)), { parts })));
        expect(differences(renamed, asJson(nameless(analysisOf(study))))).toEqual([]);
      }),
      { numRuns: cases(200) },
    );
  });

  it('of labelers and models do not matter', () => {
    fc.assert(
      fc.property(smallStudies, (study) => {
        const longer = {
          ...study,
          labelers: study.labelers.map((labeler) => ({ ...labeler, name: `person ${labeler.name}` })),
          models: study.models.map((model) => ({ ...model, name: `net ${model.name}` })),
        };
        const back = JSON.stringify(analyze(inputOf(longer), { parts }))
          .replaceAll('person ', '')
          .replaceAll('net ', '');
        expect(JSON.parse(back)).toEqual(asJson(analysisOf(study)));
      }),
      { numRuns: cases(100) },
    );
  });
});

describe('further identities', () => {
  const groups = (test: (group: Analysis['diverse'][string], analysis: Analysis) => void): void =>
    check((analysis) => {
      for (const group of groupsOf(analysis)) test(group, analysis);
    });

  it('misclassified across >= max over models >= mean over models', () => {
    fc.assert(
      fc.property(smallStudies, (study) => {
        const analysis = analysisOf(study);
        for (const { models, table2 } of groupsOf(analysis)) {
          const { misclassified_across_pct: across, misclassified_per_model_pct: perModel } = table2;
          if (across === null) continue;
          const most = Math.max(...models.map((name) => wrongPct(study, name)));
          expect(across).toBeGreaterThanOrEqual(most - 1e-9);
          expect(most).toBeGreaterThanOrEqual(perModel.mean! - 1e-9);
          const mean = models.reduce((sum, name) => sum + wrongPct(study, name), 0) / models.length;
          expect(perModel.mean).toBeCloseTo(mean, 9);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('epistemic = total - aleatoric, and no uncertainty is negative or above log2 K', () => {
    groups(({ uncertainty }) => {
      uncertainty.total_bits.forEach((bits, image) => {
        const total = bits!;
        const [aleatoric, epistemic] = [uncertainty.aleatoric_bits[image]!, uncertainty.epistemic_bits[image]!];
        expect(epistemic).toBeGreaterThanOrEqual(0);
        expect(total - aleatoric).toBeCloseTo(epistemic, 9);
        expect(total).toBeLessThanOrEqual(2 + 1e-9);
      });
    });
  });

  it('distances keep their ranges, and are 0 together', () => {
    groups(({ divergence }) => {
      divergence.per_image.js_bits.forEach((js, image) => {
        const [tv, brier] = [divergence.per_image.tv[image]!, divergence.per_image.brier_soft[image]!];
        if (js === null) return expect(tv).toBeNull();
        expect(js).toBeGreaterThanOrEqual(0);
        expect(js).toBeLessThanOrEqual(1 + 1e-12);
        expect(tv).toBeLessThanOrEqual(1 + 1e-12);
        expect(brier).toBeLessThanOrEqual(2 + 1e-12);
        if (tv < 1e-12) expect(js).toBeLessThan(1e-9);
      });
    });
  });

  it('intervals hold the estimate of a mean, and image-level estimates are the shares of metrics.md 2', () => {
    groups(({ bootstrap, types }) => {
      const image = bootstrap?.image;
      if (!image || types === null) return;
      expect(image.type_a_pct.estimate).toBeCloseTo(types.type_a_pct!, 9);
      expect(image.type_c_pct.estimate).toBeCloseTo(types.type_c_pct!, 9);
      for (const { lo, hi } of Object.values(image)) expect(lo!).toBeLessThanOrEqual(hi! + 1e-12);
    });
  });
});

describe('a study of K classes', () => {
  /** What neither names a class or a pair, nor is smoothed over all classes (KL, metrics.md 5). */
  const withoutKl = (divergence: Analysis['diverse'][string]['divergence']) =>
    JSON.parse(JSON.stringify(divergence, (key, value) => (key.startsWith('kl_') ? undefined : value)));
  const numbersOf = ({ humans, diverse }: Analysis) => ({
    humans: [
      humans.disagree_pct,
      humans.fleiss_kappa,
      humans.krippendorff_alpha,
      humans.cohen,
      peopleConsistency(humans).error_consistency,
    ],
    groups: Object.values(diverse).map(({ types, table2, table4, model_certainty_pct, cohen, ...group }) => [
      ...[types, table2, table4, model_certainty_pct, cohen, group.fleiss_kappa, group.krippendorff_alpha],
      ...[groupConsistency(group).error_consistency, group.uncertainty, withoutKl(group.divergence)],
    ]),
  });

  it.each([26, 100, 256])('has the same numbers with further classes that nobody names, up to %i', (classes) => {
    fc.assert(
      fc.property(smallStudies, (study) => {
        const input = inputOf(study);
        const stride = Math.floor((classes - 1) / (study.classes - 1));
        const more = analyze(withFurtherClasses(input, classes, stride), { parts });
        expect(differences(asJson(numbersOf(more)), asJson(numbersOf(analysisOf(study))))).toEqual([]);
      }),
      { numRuns: cases(20) },
    );
  });

  it('with two classes has two outcomes: whoever disagrees gave both labels', () => {
    fc.assert(
      fc.property(
        smallStudies.filter(({ classes }) => classes === 2),
        (study) => {
          const { humans, diverse } = analysisOf(study);
          for (const { types } of Object.values(diverse)) {
            if (types) expect(types.human_disagree_pct).toBe(humans.disagree_pct);
          }
          const both = study.ids.filter((_, image) => {
            const given = study.labelers.map(({ labels }) => labels[image] ?? -1).filter((label) => label >= 0);
            return given.length >= 2 && given.includes(0) && given.includes(1);
          });
          const determined = study.ids.filter(
            (_, image) => study.labelers.filter(({ labels }) => (labels[image] ?? -1) >= 0).length >= 2,
          );
          if (determined.length > 0) {
            expect(humans.disagree_pct).toBeCloseTo((100 * both.length) / determined.length, 9);
          }
          for (const { fleiss_kappa: kappa } of Object.values(diverse)) {
            if (kappa !== null) expect(kappa).toBeLessThanOrEqual(1 + 1e-12);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** Percent of the images with two labels on which a model says otherwise than all people, who agree; by definition. */
function wrongPct({ ids, labelers, models }: SmallStudy, name: string): number {
  const { labels } = models.find((model) => model.name === name)!;
  const given = ids.map((_, image) => labelers.map((labeler) => labeler.labels[image]!).filter((label) => label >= 0));
  const determined = given.filter((of) => of.length >= 2).length;
  const wrong = given.filter((of, image) => of.length >= 2 && new Set(of).size === 1 && of[0] !== labels[image]).length;
  return (100 * wrong) / determined;
}
