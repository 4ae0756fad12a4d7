import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { analyseWithSides, type AnalysisWithSides, specLayout } from '../../main/analysis/analyse.ts';
import { compareSides } from '../../main/analysis/comparison.ts';
import { imagesWith, rarefy, rarefyTypes } from '../../main/analysis/rarefaction.ts';
import { tablesToInput } from '../../main/files/tables/analysis-tables.ts';
import { readHumansCsv } from '../../main/files/tables/humans-csv.ts';
import { readPredictionsCsv } from '../../main/files/tables/predictions-csv.ts';
import { edgeFixtures, expectedAnalysis, fixturePath, fixtures } from '../fixtures/fixtures.ts';
import { asJson, differences } from './same.ts';

const read = async (fixture: string) => {
  const predictions = await readPredictionsCsv(fixturePath(fixture, 'predictions.csv'));
  const humans = await readHumansCsv(fixturePath(fixture, 'humans.csv'), { classes: predictions.classes });
  return tablesToInput(humans, predictions).input;
};

/** Of numbers rounded to 1e-9, so that the last bits of another processor do not matter. */
const hash = (value: unknown): string => {
  const rounded = (_: string, one: unknown): unknown =>
    typeof one === 'number' ? Math.round(one * 1e9) / 1e9 + 0 : one;
  return createHash('sha256').update(JSON.stringify(value, rounded)).digest('hex').slice(0, 12);
};

/** What is not in expected.json, which another program wrote; its numbers must not change unnoticed either. */
const keptParts: Record<string, Record<string, string>> = {
  'shared-fixture-1': {
    '97.5': '29cb3e1f83dc',
    '98': '86405dcb39f7',
    '98.5': '54fbace57640',
    comparisons: '765b02be53c8',
    humans: 'ae2fc4557d48',
    rarefied: '1adc12d06e61',
  },
  'shared-fixture-2': {
    '97.5': 'b3d08c14275d',
    '98.5': 'cf3301319d7f',
    comparisons: 'f7228685253e',
    humans: 'fa0cfe422093',
    rarefied: 'a1a5ae96fb92',
  },
  'edge-cases': {
    '97': '3df73f72efde',
    '98': '74234e98afe7',
    '99.5': '7b74d35285ec',
    comparisons: '117d66d469d1',
    humans: '6169e0a2f7b1',
    rarefied: '7c47c75656bf',
  },
  'edge-constant': {
    '97.5': '3d142b396995',
    '98': '44840b361fa3',
    comparisons: '8f71f97b9ed2',
    humans: 'a6f37b247c30',
    rarefied: 'eee39de3b7f5',
  },
};

describe.each([...fixtures, ...edgeFixtures])('the analysis of %s', (fixture) => {
  let found: AnalysisWithSides;
  beforeAll(async () => {
    found = analyseWithSides(await read(fixture));
  });

  test('is all of expected.json', () => {
    expect(differences(asJson(specLayout(found.analysis)), expectedAnalysis(fixture))).toEqual([]);
  });

  test('is the same as ever beyond that', () => {
    const { humans, diverse } = found.analysis;
    const parts = {
      humans: humans.intervals,
      ...Object.fromEntries(Object.entries(diverse).map(([target, { intervals }]) => [target, intervals])),
      comparisons: comparisons(found),
      rarefied: found.sides.map(({ side: { view } }) => {
        const raters = view.group.members.length;
        const others = (image: number): boolean | null => {
          const status = view.classified.classes[image] ?? null;
          return status === null ? null : status === 'type_c' || status === 'both_disagree';
        };
        return [
          rarefy(view.counts, raters),
          rarefyTypes(view.counts, raters, 'networks', others),
          rarefyTypes(view.counts, raters, 'people', others),
          imagesWith(view.counts, raters, (image) => others(image) !== null),
        ];
      }),
    };
    expect(Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, hash(part)]))).toEqual(
      keptParts[fixture],
    );
  });
});

/** Every target with every other one, and with itself. */
const comparisons = ({ sides, pairs }: AnalysisWithSides) =>
  sides.flatMap(({ side: a }) =>
    sides.flatMap(({ side: b }) =>
      [
        { people: true, networks: false },
        { people: false, networks: true },
        { people: false, networks: false },
        { people: true, networks: true },
      ].map((shared) => compareSides(a, b, pairs, shared)),
    ),
  );
