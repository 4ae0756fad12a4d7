import { expectClose, numericGradient, randomNumbers } from '../../conformance/compare.ts';
import type { Numbers } from '../../conformance/reference-ops.ts';

/**
 * Holds a gradient of x, for a gradient `dy` of f(x), to f along some random directions. Where there are many numbers,
 * one by one would take long; a wrong one shows in nearly every direction.
 */
export function expectSlopes(gradient: Numbers, f: (x: Numbers) => Numbers, x: Numbers, dy: Numbers): void {
  for (const name of ['one', 'another', 'a third']) {
    const direction = randomNumbers(x.length, name);
    const along = (step: Numbers): Numbers => f(x.map((value, at) => value + step[0]! * direction[at]!));
    const expected = numericGradient(along, [Float64Array.of(0)], 0, dy);
    const terms = gradient.map((value, at) => value * direction[at]!);
    const size = Math.sqrt(terms.reduce((sum, term) => sum + term ** 2, 0));
    expectClose([terms.reduce((sum, term) => sum + term, 0)], expected, 2e-5, size);
  }
}
