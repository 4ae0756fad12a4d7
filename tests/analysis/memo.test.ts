import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../main/analysis/groups/analyze.ts';
import type { AnalysisInput } from '../../main/analysis/outcomes/input.ts';
import { ExactSums } from '../../main/analysis/labels/softmax.ts';
import { Memo } from '../../main/analysis/groups/context.ts';
import { inputOf, smallStudies, type SmallStudy } from './arbitrary.ts';
import { asJson } from './same.ts';
import { cases } from '../thorough.ts';

/** The study with keys, and a list of the models whose softmax was read. */
function keyed(study: SmallStudy): { input: AnalysisInput; read: string[] } {
  const input = inputOf(study);
  if (!('softmax' in input)) throw new Error('expected all softmax values');
  const { softmax, ...rest } = input;
  const length = input.images.length * input.classes;
  const read: string[] = [];
  const readSoftmax = (model: number) => {
    read.push(study.models[model]!.name);
    return softmax.slice(model * length, (model + 1) * length);
  };
  const keys = {
    images: JSON.stringify([study.ids, study.classes]),
    labelers: study.labelers.map((labeler) => JSON.stringify(labeler)),
    models: study.models.map((model) => JSON.stringify(model)),
  };
  return { input: { ...rest, readSoftmax, keys }, read };
}

const diverse = (study: SmallStudy): SmallStudy => ({
  ...study,
  models: study.models.map((model) => ({ ...model, repeat: null, target: 98 })),
});

describe('Memo', () => {
  it('changes no result, to the last bit, whatever was analyzed before', () => {
    fc.assert(
      fc.property(smallStudies, fc.nat(9), fc.nat(5), (study, models, labelers) => {
        const memo = new Memo();
        const earlier = {
          ...study,
          models: study.models.filter((_, at) => at !== models),
          labelers: study.labelers.filter((_, at) => at !== labelers),
        };
        analyze(keyed(earlier).input, { memo });
        expect(asJson(analyze(keyed(study).input, { memo }))).toEqual(asJson(analyze(inputOf(study))));
      }),
      { numRuns: cases(100) },
    );
  });

  const [sampled] = fc.sample(
    smallStudies.filter(({ models, labelers }) => models.length > 3 && labelers.length > 3),
    {
      numRuns: 1,
      seed: 11,
    },
  );
  const study = diverse(sampled!);

  it('reads the softmax of a new model only', () => {
    const memo = new Memo();
    const before = keyed({ ...study, models: study.models.slice(1) });
    analyze(before.input, { memo });
    expect(before.read.sort()).toEqual(study.models.slice(1).map(({ name }) => name));
    const after = keyed(study);
    analyze(after.input, { memo });
    expect(after.read).toEqual([study.models[0]!.name]);
    const again = keyed(study);
    analyze(again.input, { memo });
    expect(again.read).toEqual([]);
  });

  it('does not sum softmax again for a new labeler', () => {
    const memo = new Memo();
    analyze(keyed({ ...study, labelers: study.labelers.slice(1) }).input, { memo });
    const sums = memo.largestSums(
      study.models.map((model) => `${keyed(study).input.keys!.images} ${JSON.stringify(model)}`),
    );
    expect(sums?.keys.size).toBe(study.models.length);
  });

  it('forgets the oldest values first', () => {
    const memo = new Memo(2);
    let made = 0;
    const ask = (key: string): number => memo.value(key, () => ++made);
    expect([ask('a'), ask('b'), ask('a'), ask('c'), ask('a'), ask('b')]).toEqual([1, 2, 1, 3, 1, 4]);
  });
});

describe('ExactSums', () => {
  it('come out the same in every order, as close to the truth as a float can be', () => {
    const numbers = fc.array(
      fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1e-9, noNaN: true })),
      {
        minLength: 1,
        maxLength: 50,
      },
    );
    fc.assert(
      fc.property(numbers, (values) => {
        const sum = (list: readonly number[]): number => {
          const sums = new ExactSums(1);
          for (const value of list) sums.add([value]);
          return sums.at(0);
        };
        const found = sum(values);
        expect(sum([...values].reverse())).toBe(found);
        expect(sum([...values].sort())).toBe(found);
        const plain = values.reduce((a, b) => a + b, 0);
        expect(Math.abs(found - plain)).toBeLessThanOrEqual(1e-14 * Math.max(1, plain));
      }),
    );
  });

  it('take away what was added', () => {
    const sums = new ExactSums(2);
    sums.add([0.1, 1e-12]);
    const before = [sums.at(0), sums.at(1)];
    sums.add([0.7, 0.3]);
    sums.add([0.7, 0.3], -1);
    expect([sums.at(0), sums.at(1)]).toEqual(before);
    expect(before[1]).toBeCloseTo(1e-12, 25);
  });
});
