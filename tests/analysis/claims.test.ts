import { describe, expect, test } from 'vitest';
import { analyze } from '../../main/analysis/groups/analyze.ts';
import { shownInterval } from '../../main/analysis/claims/claims.ts';
import type { AnalysisInput, ModelInput } from '../../main/analysis/outcomes/input.ts';
import { claimText } from '../../main/domain/results/claims.ts';
import { images, model, second, study } from './claimed-study.ts';
import { sidesOf } from './sides-of.ts';

describe('claims of an analysis', () => {
  test('snapshots of one training are one block, at whatever target', () => {
    const trainings = ['a', 'b', 'c', 'd', 'e'];
    const models = [97.5, 98].flatMap((target) =>
      trainings.map((name, seed) => model(name, target, { block: name, repeat: null, seed })),
    );
    const sides = sidesOf(study({ models, people: second }));
    expect(sides.map(({ claims }) => claims.jackknife.blocks)).toEqual([trainings, trainings]);
  });

  test('only a whole seed group is a sample', () => {
    const seeds = (count: number, architecture = 'CNN') =>
      Array.from({ length: count }, (_, seed) =>
        model(`s${seed}${architecture}`, 98, { architecture, repeat: 1, seed }),
      );
    const sampleOf = (models: ModelInput[]): unknown =>
      sidesOf(study({ models: [...models, model('d', 98)], people: second }))[0]?.claims.sample;
    expect(sampleOf(seeds(5))).toBe(false);
  });

  test('whose networks err on the same images is about networks alone where true classes are known', () => {
    const input = study({
      models: ['a', 'b', 'c'].map((name) => model(name, 98)),
      people: (labeler, image) => (image % (labeler + 3) === 0 ? (images[image]?.pairI ?? 0) : second(labeler, image)),
    });
    const truth = images.map((image) => ({ ...image, truth: image.pairI }));
    const sideOf = (of: AnalysisInput) => {
      const claims = sidesOf(of)[0]?.claims;
      if (!claims) throw new Error('no side');
      return claims;
    };
    const [byMajority, byTruth] = [sideOf(input), sideOf({ ...input, images: truth })];
    expect(byMajority.jackknife.withoutLabelers('model_model_kappa')).toHaveLength(6);
    expect(byTruth.jackknife.withoutLabelers('model_model_kappa')).toBeNull();
    const shown = (side: typeof byTruth, value: 'model_model_kappa' | 'human_model_kappa', claim: 'people' | 'all') => {
      const of = shownInterval(value, [side], claim);
      expect(of.reason).toBeNull();
      return [of.claim, claimText(of, 'people').replace(/^.*same way, /, '')];
    };
    expect(shown(byMajority, 'model_model_kappa', 'people')).toEqual([
      'people',
      'and other people like these (recruited in the same way), with these very networks',
    ]);
    expect(shown(byTruth, 'model_model_kappa', 'people')).toEqual([
      'anchors',
      'with these very networks, saying nothing about new trainings',
    ]);
    expect(shown(byTruth, 'model_model_kappa', 'all')).toEqual([
      'networks',
      'and other networks like these (new seeds; of a group of recipes, also other such recipes)',
    ]);
    // People are asked here, whoever is right.
    expect(shown(byTruth, 'human_model_kappa', 'people')[0]).toBe('people');
  });

  test('a share of 0 is bounded by the pairs that anybody saw', () => {
    const models = ['a', 'b'].map((name) => model(name, 98));
    const input = study({
      models,
      network: () => 0,
      people: (_, image) => (image < 6 ? 0 : -1),
    });
    const analysis = analyze(input, { claim: 'anchors' });
    expect(analysis.diverse['98']?.intervals?.type_a_pct).toMatchObject({
      estimate: 0,
      reason: 'no_variation',
      unvaried: { pairs: 2, most: expect.closeTo(1 - Math.sqrt(0.05), 12) },
    });
    const wide = analyze(input, { claim: 'people' });
    expect(wide.diverse['98']?.intervals?.type_a_pct).not.toHaveProperty('unvaried');
  });
});
