import { describe, expect, test } from 'vitest';
import { together } from '../../../main/services/estimates/forecast.ts';

describe('the time of a job', () => {
  const training = { seconds: 2, low: 1, high: 3, bytes: 10 };

  test('counts what it does besides its runs, once, however many they are', () => {
    const [one, two] = [together([training], { workers: 1 }), together([training, training], { workers: 1 })];
    expect(one.low).toBeGreaterThan(training.low);
    expect(one.high).toBeGreaterThan(training.high);
    expect(two.seconds - one.seconds).toBeCloseTo(training.seconds, 10);
    expect(two.bytes).toBe(20);
  });

  test('is nothing where nothing is to do', () => {
    expect(together([], { workers: 2 })).toEqual({ seconds: 0, low: 0, high: 0, bytes: 0 });
  });
});
