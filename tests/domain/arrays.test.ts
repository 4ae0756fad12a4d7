import { describe, expect, it } from 'vitest';
import { at } from '../../main/domain/numbers/arrays.ts';

describe('at', () => {
  it('gives the element, of lists and typed arrays, undefined elements included', () => {
    expect(at(['a', 'b'], 1)).toBe('b');
    expect(at(Float32Array.of(0, 0.5), 0)).toBe(0);
    expect(at([undefined], 0)).toBeUndefined();
  });

  it.each([-1, 2, 0.5, Number.NaN])('refuses the index %d of two elements, naming index and length', (index) => {
    expect(() => at([1, 2], index)).toThrow(new RangeError(`Index ${index} is outside an array of length 2`));
    expect(() => at(Int16Array.of(1, 2), index)).toThrow(RangeError);
  });
});
