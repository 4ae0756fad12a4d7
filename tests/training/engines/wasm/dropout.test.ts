import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Arena, describeKernels } from './arena.ts';

type Four = [bigint, bigint, bigint, bigint];

const low = 0xffff_ffffn;

/** Philox 4x32-10, as Salmon et al. (2011) write it. */
function philox([a, b, c, d]: Four, [key0, key1]: readonly [bigint, bigint]): Four {
  for (let round = 0n; round < 10n; round++) {
    const [product0, product1] = [0xd251_1f53n * a, 0xcd9e_8d57n * c];
    const k0 = (key0 + round * 0x9e37_79b9n) & low;
    const k1 = (key1 + round * 0xbb67_ae85n) & low;
    [a, b, c, d] = [(product1 >> 32n) ^ b ^ k0, product1 & low, (product0 >> 32n) ^ d ^ k1, product0 & low];
  }
  return [a, b, c, d];
}

/** The known answers that Salmon et al. publish with their code. */
const knownAnswers: Array<[name: string, counter: Four, key: readonly [bigint, bigint], answer: Four]> = [
  ['zeros', [0n, 0n, 0n, 0n], [0n, 0n], [0x6627_e8d5n, 0xe169_c58dn, 0xbc57_ac4cn, 0x9b00_dbd8n]],
  ['ones', [low, low, low, low], [low, low], [0x408f_276dn, 0x41c8_3b0en, 0xa20b_c7c6n, 0x6d54_51fdn]],
  [
    'digits of pi',
    [0x243f_6a88n, 0x85a3_08d3n, 0x1319_8a2en, 0x0370_7344n],
    [0xa409_3822n, 0x299f_31d0n],
    [0xd16c_fe09n, 0x94fd_ccebn, 0x5001_e420n, 0x2412_6ea1n],
  ],
];

test.each(knownAnswers)('Philox of %s', (_, counter, key, answer) => {
  expect(philox(counter, key)).toEqual(answer);
});

function mask(arena: Arena, count: number, rate: number, kept: number, [key0, key1]: [number, number]): number[] {
  const to = arena.result(count);
  return [...arena.run(() => arena.kernels.dropoutMask(to, count, rate, kept, key0, key1))[0]!];
}

describeKernels('dropout', (arena) => {
  it('drops where the random number is below the rate', () => {
    const cases = fc.record({
      count: fc.nat(30),
      rate: fc.double({ min: 0, max: 1, noNaN: true }),
      keys: fc.tuple(
        fc.maxSafeNat().map((key) => key % 2 ** 32),
        fc.nat(2 ** 31 - 1),
      ),
    });
    fc.assert(
      fc.property(cases, ({ count, rate, keys }) => {
        const [key0, key1] = keys.map(BigInt) as [bigint, bigint];
        const expected = Array.from({ length: count }, (_, i) => {
          const random = philox([BigInt(i >> 2), 0n, 0n, 0n], [key0, key1])[i & 3]!;
          return Number(random) < Math.floor(rate * 2 ** 32) ? 0 : 2;
        });
        expect(mask(arena, count, rate, 2, keys)).toEqual(expected);
      }),
    );
  });

  describe('at its limits', () => {
    it('keeps everything at rate 0', () => expect(mask(arena, 9, 0, 1, [1, 2])).toEqual(Array(9).fill(1)));
    it('drops everything at rate 1', () => expect(mask(arena, 9, 1, 1, [1, 2])).toEqual(Array(9).fill(0)));
  });
});
