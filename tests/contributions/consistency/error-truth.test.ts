import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../main/analysis/groups/analyze.ts';
import {
  humanConsistency,
  humanModelConsistency,
  modelConsistency,
} from '../../../main/contributions/consistency/analysis/error-consistency.ts';
import { consistencyPart, peopleConsistency } from '../../../main/contributions/consistency/analysis/part.ts';
import { humanModelKappa, modelKappa } from '../../../main/contributions/consistency/analysis/statistics.ts';
import type { Statistic } from '../../../main/analysis/claims/statistic.ts';
import { GroupJackknife } from '../../../main/analysis/claims/jackknife.ts';
import { type LabelMatrix, missing } from '../../../main/analysis/labels/labels.ts';
import { analyzeFiles } from '../../../main/contributions/folders/analyze.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { labeling, labelMatrix } from '../../analysis/people.ts';

const parts = [consistencyPart];
const classes = 3;
const images = 37;
/** Shown without an answer; -1: not shown. */
const blank = -2;

const cells = (lowest: number) =>
  fc.array(fc.integer({ min: lowest, max: classes - 1 }), { minLength: images, maxLength: images });
const rows = (lowest: number) => fc.array(cells(lowest), { minLength: 2, maxLength: 5 });

const matrix = (of: readonly (readonly number[])[]): LabelMatrix => ({
  raters: of.length,
  images,
  classes,
  values: Int16Array.from(of.flat(), (label) => Math.max(missing, label)),
  unanswered: Uint8Array.from(of.flat(), (label) => (label === blank ? 1 : 0)),
});
const names = (of: readonly unknown[]): string[] => of.map((_, index) => `${index}`);

/** The published definition, image by image. */
function byDefinition(x: readonly number[], y: readonly number[], truth: readonly number[]) {
  const trials = truth.flatMap((k, image) =>
    k === missing || x[image] === missing || y[image] === missing ? [] : [[x[image] === k, y[image] === k]],
  );
  const n = trials.length;
  const share = (holds: (pair: boolean[]) => boolean): number => trials.filter(holds).length / n;
  const [a, b] = [share((pair) => at(pair, 0)), share((pair) => at(pair, 1))];
  const expected = a * b + (1 - a) * (1 - b);
  const isCertain = n === 0 || (a === 1 && b === 1) || (a === 0 && b === 0);
  return { n, kappa: isCertain ? null : (share((pair) => pair[0] === pair[1]) - expected) / (1 - expected) };
}

describe('error consistency relative to true classes', () => {
  it('follows its definition for people, networks and both; an image shown without an answer is an error', () => {
    fc.assert(
      fc.property(rows(blank), rows(0), cells(missing), (people, networks, truth) => {
        const reference = Int16Array.from(truth);
        const [humans, models] = [matrix(people), matrix(networks)];
        const between = humanModelConsistency(humans, names(people), models, names(networks), reference).pairs;
        people.forEach((person, h) =>
          networks.forEach((network, m) => {
            const expected = byDefinition(person, network, truth);
            expect(between.value('n', h * networks.length + m)).toBe(expected.n);
            const kappa = between.value('kappa', h * networks.length + m);
            if (expected.kappa === null) expect(kappa).toBeNull();
            else expect(kappa).toBeCloseTo(expected.kappa, 12);
          }),
        );
        const checkPairs = (pairs: typeof between, of: readonly (readonly number[])[]): void => {
          let index = 0;
          for (const [a, x] of of.entries()) {
            for (const y of of.slice(a + 1)) {
              const expected = byDefinition(x, y, truth);
              expect(pairs.value('n', index)).toBe(expected.n);
              const kappa = pairs.value('kappa', index++);
              if (expected.kappa === null) expect(kappa).toBeNull();
              else expect(kappa).toBeCloseTo(expected.kappa, 12);
            }
          }
        };
        checkPairs(humanConsistency(humans, names(people), reference).pairs, people);
        checkPairs(modelConsistency(models, names(networks), reference).pairs, networks);
      }),
      { numRuns: 40 },
    );
  });

  it('is what intervals are computed around', () => {
    fc.assert(
      fc.property(rows(blank), rows(0), cells(0), (people, networks, truth) => {
        const [humans, models, reference] = [matrix(people), matrix(networks), Int16Array.from(truth)];
        const own = Array.from({ length: images }, (_, id) => ({ id, pairI: 0, pairJ: 1 + (id % 2), alpha: 0.5 }));
        const jackknife = new GroupJackknife({
          images: own,
          people: humans,
          networks: models,
          blocks: names(networks),
          readSoftmax: null,
          truth: reference,
        });
        const between = humanModelConsistency(humans, names(people), models, names(networks), reference).kappa.mean;
        const within = modelConsistency(models, names(networks), reference).kappa.mean;
        const last = (value: Statistic): number => jackknife.all(value).at(-1) ?? 0;
        if (between !== null) expect(last(humanModelKappa)).toBeCloseTo(between, 12);
        if (within !== null) expect(last(modelKappa)).toBeCloseTo(within, 12);
      }),
      { numRuns: 25 },
    );
  });

  it('does not depend on the order of images and labelers, and is named in the analysis', () => {
    const labels = [0, 1, 2, -1, 0, 0, 2, 1];
    const input = (order: readonly number[]) => ({
      images: order.map((id) => ({ id, pairI: 0, pairJ: 1, alpha: 0.5, truth: [0, 1, 0, 2][id] ?? null })),
      classes: 3,
      people: labeling(['a', 'b'], {
        ...labelMatrix(
          [0, 4].map((row) => order.map((id) => at(labels, row + id))),
          3,
        ),
        unanswered: Uint8Array.from([0, 4].flatMap((row) => order.map((id) => (at(labels, row + id) < 0 ? 1 : 0)))),
      }),
      models: [],
      modelLabels: new Int16Array(),
      softmax: new Float64Array(),
    });
    const found = analyze(input([0, 1, 2, 3]), { parts });
    expect(peopleConsistency(found.humans).error_consistency!.pairs.value('n', 0)).toBe(4);
    expect(analyze(input([2, 0, 3, 1]), { parts }).humans).toEqual(found.humans);
    expect(found.meta.error_reference).toBe('truth');
    expect(() => analyze({ ...input([0, 1, 2, 3]), classes: 2 })).toThrow(RangeError);
  });
});

describe('ten people and 160 "edge" images (model-vs-human)', () => {
  const table = readFileSync(join(import.meta.dirname, '../../fixtures/model-vs-human-edge/responses.csv'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const categories = [...new Set(table.slice(1).map((row) => at(row, 2)))].sort();

  /** A humans.csv; a blank label where nothing was answered. */
  async function analyzed(withTruth: boolean) {
    const code = (name: string): string => (name === 'na' ? '' : String(categories.indexOf(name)));
    const lines = table.slice(1).flatMap(([image = '', , category = '', ...answers]) =>
      answers.map((answer, person) => {
        const row = [image, 0, 1, 0, `subject-${person}`, code(answer)];
        return (withTruth ? [...row, code(category)] : row).join(',');
      }),
    );
    const path = join(temporaryFolder(), 'humans.csv');
    const header = `image,pair_i,pair_j,alpha,labeler,label${withTruth ? ',truth' : ''}`;
    writeFileSync(path, [header, ...lines, ''].join('\n'));
    return (await analyzeFiles({ humans: path })).result;
  }

  it('are as consistent as published, relative to the true category', async () => {
    const { humans, meta } = await analyzed(true);
    const { kappa } = peopleConsistency(humans).error_consistency!;
    expect(kappa.mean).toBeCloseTo(0.318, 3);
    expect(kappa).toMatchObject({ n: 45 });
    expect(meta.error_reference).toBe('truth');
  });

  it('are judged by the other people where no category is known', async () => {
    const { humans, meta } = await analyzed(false);
    expect(peopleConsistency(humans).error_consistency!.kappa.mean).toBeCloseTo(0.335, 3);
    expect(meta).not.toHaveProperty('error_reference');
  });
});
