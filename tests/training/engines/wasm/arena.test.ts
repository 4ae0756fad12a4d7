import { expect, it } from 'vitest';
import { describeKernels } from './arena.ts';

/** What the tests of all kernels rely on, by a kernel that is told of more than there is. */
describeKernels('the arena', (arena) => {
  const add = (count: number, told: number): Float64Array[] => {
    const [a, b] = [arena.input(Array(count).fill(1)), arena.input(Array(count).fill(2))];
    const y = arena.result(count);
    return arena.run(() => arena.kernels.add(y, a, b, told));
  };

  it('shows what a kernel has written', () => expect(add(5, 5)).toEqual([Float64Array.of(3, 3, 3, 3, 3)]));
  it('shows what it has not', () => expect(add(2, 1)).toEqual([Float64Array.of(3, Number.NaN)]));
  it('detects a write beyond a result, even of the value that was there', () => {
    expect(() => add(5, 6)).toThrow(/was written to/);
  });
  it('sees a changed input', () => {
    const [x, y] = [arena.input([1, 2]), arena.input([3, 4])];
    expect(() => arena.run(() => arena.kernels.add(x, x, y, 2))).toThrow(/was written to/);
  });
  it('works afterwards', () => expect(add(1, 1)).toEqual([Float64Array.of(3)]));
});
