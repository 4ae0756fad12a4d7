import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../main/domain/random/random.ts';
import { leastSeeds } from '../../../main/contributions/contrasts/analysis/effect-planner.ts';
import { claimedValue } from '../../../main/analysis/claims/claims.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { withSections } from '../docs.ts';
import { type CoverageRequest, coverageSections, measureCoverage } from './measure.ts';
import { quickSettings } from './real.ts';
import { addEffects, effectOutcomes, effectTruth, estimateEffect, noEffects } from './effects.ts';
import { addPlanOf, noPlans, pilots, type PlannedOutcome, quantile } from './planner.ts';
import { addStudy, anchorCorrelation, designs, groupOf, noLevels } from './simulated.ts';
import { addTaught, noTaught } from './taught.ts';
import { expected, measured, truth } from './truth.ts';
import { answer, drawRaters, drawStimuli } from './world.ts';

const request = (folder: string, rest: Partial<CoverageRequest>): CoverageRequest => ({
  folder,
  parts: ['simulated', 'differences'],
  studies: 2,
  sets: 2,
  engine: 'wasm',
  settings: quickSettings,
  milliseconds: Number.POSITIVE_INFINITY,
  fresh: false,
  log: () => undefined,
  ...rest,
});

describe('the coverage bench', () => {
  test('resumes where it stopped, with the same studies', async () => {
    const folder = temporaryFolder();
    await measureCoverage(request(folder, { studies: 1 }));
    const resumed = await measureCoverage(request(folder, { studies: 2 }));
    const atOnce = await measureCoverage(request(join(folder, 'other'), { studies: 2 }));
    expect(resumed).toEqual(atOnce);
    expect(Object.values(resumed.levels).map(({ studies }) => studies)).toEqual(new Array(16).fill(2));
    const [first] = coverageSections(resumed);
    expect(first?.name).toBe('coverage 9 10');
    expect(first?.table).toContain('| type A, %');
  });

  test('stops when its time is over, and then has no studies', async () => {
    const { levels } = await measureCoverage(request(temporaryFolder(), { milliseconds: 0 }));
    expect(Object.values(levels).map(({ studies }) => studies)).toEqual(new Array(16).fill(0));
  });

  test('draws real sets from a generator, answered by networks', { timeout: 120_000 }, async () => {
    const found = await measureCoverage(request(temporaryFolder(), { parts: ['real'], sets: 1 }));
    expect(found.real.weights).toHaveLength(4);
    expect(found.real.sets.shared).toHaveLength(1);
    expect(new Set([...found.real.sets.shared, ...found.real.sets.fresh]).size).toBe(2);
    const real = coverageSections(found).at(-1);
    expect(real?.table).toContain('one anchor a class, 1 sets');
  });
});

test('knows a difference of recipes as the mean over many studies, and counts what holds it', () => {
  const cell = { anchors: 'fresh', pairs: 30, seeds: 5 } as const;
  for (const outcome of effectOutcomes) {
    const found = Array.from({ length: 40 }, (_, study) =>
      Number(estimateEffect(randomStream(study, 'effect truth'), cell, outcome)),
    );
    const mean = found.reduce((sum, x) => sum + x, 0) / found.length;
    const sd = Math.sqrt(found.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (found.length - 1));
    expect(Math.abs(mean - effectTruth[outcome]), outcome).toBeLessThan((3.5 * sd) / Math.sqrt(found.length));
  }
  const counts = noEffects();
  addEffects(counts, { anchors: 'shared', pairs: 15, seeds: 5 });
  expect(counts.studies).toBe(1);
  for (const { held, above, below } of Object.values(counts.held)) expect(held + above + below).toBe(1);
});

test('studies of the size that a plan recommends are as precise as it says, and hold the truth', () => {
  const counts = noPlans();
  const names: readonly PlannedOutcome[] = ['wrong', 'type_c', 'consistency', 'type_a_people'];
  // Seeded: the same pilots at every call.
  for (; counts.studies < 20; counts.studies++) for (const name of names) addPlanOf(counts, pilots[0]!, name);
  for (const name of names) {
    const { ratios, held, inRange, none, seeds } = counts.found[name];
    // Of error consistency a few are far wider.
    const middle = quantile(ratios, 0.5);
    expect(middle, name).toBeGreaterThan(0.8);
    expect(middle, name).toBeLessThan(1.2);
    expect(held.held / ratios.length, name).toBeGreaterThan(0.85);
    expect(inRange / counts.studies, name).toBeGreaterThan(0.6);
    expect(none, name).toBeLessThanOrEqual(4);
    expect(Math.min(...seeds), name).toBeGreaterThanOrEqual(leastSeeds);
  }
});

test('taught networks are found to differ at the size that the planner recommends, and never without a difference', () => {
  const counts = noTaught();
  // Seeded: the same studies at every call.
  while (counts.studies < 6) addTaught(counts, 'brier');
  expect(counts).toMatchObject({ planned: 6, found: 6, claimed: 0 });
});

describe('the simulated world', () => {
  // Seeded: the same studies at every call.
  test('has the truth as the mean of many studies of the same raters', () => {
    const draw = randomStream(1, 'raters');
    const raters = { people: drawRaters(draw, 'people', 10), networks: drawRaters(draw, 'networks', 9) };
    const right = truth(expected('people', { these: raters.people }), expected('networks', { these: raters.networks }));
    const found = Array.from({ length: 300 }, (_, study) => {
      const random = randomStream(study, 'truth');
      const stimuli = drawStimuli(random, designs.fresh);
      const people = answer(random, stimuli, 'people', raters.people);
      return groupOf('fresh', people, answer(random, stimuli, 'networks', raters.networks));
    });
    for (const value of measured) {
      const estimates = found.map((jackknife) => claimedValue(value, [{ jackknife, sample: true }]).estimate ?? 0);
      const mean = estimates.reduce((sum, x) => sum + x, 0) / estimates.length;
      const sd = Math.sqrt(estimates.reduce((sum, x) => sum + (x - mean) ** 2, 0) / estimates.length);
      // Alpha of few pairs is a little lower than that of many: a ratio.
      const bias = value === 'krippendorff_alpha' ? 0.004 : 0;
      expect(Math.abs(mean - right[value]), value).toBeLessThan((3.5 * sd) / Math.sqrt(estimates.length) + bias);
    }
  });

  test('knows others like these raters as the mean over many raters', () => {
    const right = truth(expected('people', { others: 10 }), expected('networks', { others: 9 }));
    const found = Array.from({ length: 200 }, (_, study) => {
      const random = randomStream(study, 'others');
      const these = (kind: 'people' | 'networks', count: number) =>
        expected(kind, { these: drawRaters(random, kind, count) });
      return truth(these('people', 10), these('networks', 9));
    });
    for (const value of measured) {
      const mean = found.reduce((sum, one) => sum + one[value], 0) / found.length;
      expect(Math.abs(mean / right[value] - 1), value).toBeLessThan(0.02);
    }
  });

  test('correlates pairs of a common anchor as designed', () => {
    for (const [design, low, high] of [
      ['shared-0', -0.07, 0.07],
      ['shared-30', 0.2, 0.45],
    ] as const) {
      const counts = noLevels();
      while (counts.studies < 100) addStudy(counts, { design, networks: 9, people: 10 });
      expect(anchorCorrelation(design, counts, 'human_disagree_pct')).toBeGreaterThan(low);
      expect(anchorCorrelation(design, counts, 'human_disagree_pct')).toBeLessThan(high);
    }
  });
});

test('results/coverage.md has a place for every table', async () => {
  const found = await measureCoverage(request(temporaryFolder(), { milliseconds: 0 }));
  const text = readFileSync(new URL('../results/coverage.md', import.meta.url), 'utf8');
  const sections = coverageSections(found);
  expect(sections).toHaveLength(12);
  const written = withSections(text, sections, 'about');
  for (const { table } of sections) expect(written).toContain(table);
});
