import { alongPart } from '../../main/contributions/along/analysis/part.ts';
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Analysis, analyze, specLayout } from '../../main/analysis/groups/analyze.ts';
import { consistencyPart } from '../../main/contributions/consistency/analysis/part.ts';
import { compareSides } from '../../main/contributions/groups/analysis/comparison.ts';
import { imagesWith, rarefy, rarefyTypes } from '../../main/contributions/subsampling/analysis/rarefaction.ts';
import { tablesToInput } from '../../main/contributions/folders/tables/analysis-tables.ts';
import { readHumansCsv } from '../../main/contributions/folders/tables/humans-csv-reader.ts';
import { readPredictionsCsv } from '../../main/contributions/folders/tables/predictions-csv-reader.ts';
import { edgeFixtures, expectedAnalysis, fixturePath, fixtures } from '../fixtures/fixtures.ts';
import { curveValues } from '../contributions/subsampling/curve-values.ts';
import { asJson, differences, withoutCorrelations } from './same.ts';
import { sidesOf } from './sides-of.ts';

const read = async (fixture: string) => {
  const predictions = await readPredictionsCsv(fixturePath(fixture, 'predictions.csv'));
  const humans = await readHumansCsv(fixturePath(fixture, 'humans.csv'), { classes: predictions.classes });
  return tablesToInput(humans, predictions).input;
};

/** Of numbers rounded to 1e-9, so that the last bits of another processor do not matter. */
/** Without `unvaried`, which units.test.ts checks, and `sizes`, which claims.test.ts does. */
const hash = (value: unknown): string => {
  const rounded = (key: string, one: unknown): unknown =>
    key === 'unvaried' || key === 'sizes' ? undefined : typeof one === 'number' ? Math.round(one * 1e9) / 1e9 + 0 : one;
  return createHash('sha256').update(JSON.stringify(value, rounded)).digest('hex').slice(0, 12);
};

/** What is not in expected.json, which another program wrote; its numbers must not change unnoticed either. */
const keptParts: Record<string, Record<string, string>> = {
  'shared-fixture-1': {
    '97.5': 'b73babd0a97b',
    '98': 'a40f079e35ef',
    '98.5': '065d76c7c902',
    comparisons: '56f57bd141cc',
    humans: 'ceb4ab22579d',
    rarefied: '1adc12d06e61',
  },
  'shared-fixture-2': {
    '97.5': '3093061d539c',
    '98.5': '4e3731712e92',
    comparisons: '709ff84c5664',
    humans: '691553dc40f7',
    rarefied: 'a1a5ae96fb92',
  },
  'edge-cases': {
    '97': '3d25c737d73f',
    '98': '16da2d3a63cc',
    '99.5': '7360eaaab065',
    comparisons: '6aa7a5f11741',
    humans: '6d6735fc3a34',
    rarefied: '7c47c75656bf',
  },
  'edge-constant': {
    '97.5': 'a10293110ee8',
    '98': '6a24661af8ae',
    comparisons: '4a25be462c03',
    humans: 'f1c5521f457a',
    rarefied: 'eee39de3b7f5',
  },
};

describe.each([...fixtures, ...edgeFixtures])('the analysis of %s', (fixture) => {
  let analysis: Analysis;
  let sides: ReturnType<typeof sidesOf>;
  beforeAll(async () => {
    const input = await read(fixture);
    analysis = analyze(input, { parts: [alongPart, consistencyPart] });
    sides = sidesOf(input);
  });

  test('is all of expected.json', () => {
    expect(differences(asJson(specLayout(analysis)), expectedAnalysis(fixture))).toEqual([]);
  });

  test('is the same as ever beyond that', () => {
    const { humans, diverse } = analysis;
    const parts = {
      humans: humans.intervals,
      ...Object.fromEntries(
        Object.entries(diverse).map(([target, { intervals }]) => [target, withoutCorrelations(intervals)]),
      ),
      comparisons: comparisons(sides),
      rarefied: sides.map(({ view }) => {
        const raters = view.group.members.length;
        const others = (image: number): boolean | null => {
          const status = view.classified.classes[image] ?? null;
          return status === null ? null : status === 'type_c' || status === 'both_disagree';
        };
        return [
          curveValues({ ...rarefy(view.counts, raters) }),
          curveValues(rarefyTypes(view.counts, raters, 'networks', others)),
          curveValues(rarefyTypes(view.counts, raters, 'people', others)),
          imagesWith(view.counts, raters, (image) => others(image) !== null),
        ];
      }),
    };
    expect(Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, hash(numbersOf(part))]))).toEqual(
      keptParts[fixture],
    );
  });
});

/** Every target with every other one, and with itself. */
const comparisons = (sides: ReturnType<typeof sidesOf>) =>
  sides.flatMap((a) =>
    sides.flatMap((b) =>
      [
        { people: true, networks: false },
        { people: false, networks: true },
        { people: false, networks: false },
        { people: true, networks: true },
      ].map((shared) => compareSides(a, b, shared, 'default')),
    ),
  );

const whom: unknown[] = ['networks', 'people'];

/** Without whom an interval is about, and what is independent in it: the hashes are older. */
function numbersOf(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(numbersOf);
  if (typeof part !== 'object' || part === null || Object.getPrototypeOf(part) !== Object.prototype) return part;
  const kept = Object.entries(part).filter(
    ([key, value]) => key !== 'replicates' && (key !== 'about' || !whom.includes(value)),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, numbersOf(value)]));
}
