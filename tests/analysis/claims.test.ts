import { describe, expect, test } from 'vitest';
import { analyze } from '../../main/analysis/groups/analyze.ts';
import type { ModelInput } from '../../main/analysis/outcomes/input.ts';
import { model, second, study } from './claimed-study.ts';
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
