import { describe, expect, it } from 'vitest';
import { checks, runSelfTest } from '../../../main/contributions/selftest/analysis/self-test.ts';

describe('runSelfTest', () => {
  it.each(checks.map((check) => [`${check.name}: ${check.of}`, check] as const))('%s', (_, check) => {
    expect(Math.abs((check.find() ?? Number.NaN) - check.expected)).toBeLessThanOrEqual(check.tolerance);
    expect(check.source).not.toBe('');
  });

  it('passes, with every value within half a unit of the last digit that is published', () => {
    expect(runSelfTest()).toMatchObject({ passed: true, checks: checks.map(() => ({ passed: true })) });
    const loose = checks.filter(({ expected, tolerance }) => {
      const digits = String(expected).split('.')[1]?.length ?? 0;
      return tolerance !== 1e-9 && Math.abs(2 * tolerance * 10 ** digits - 1) > 1e-6;
    });
    // 0.2900 was published with four digits; smoothing moves the other one by more than its digits.
    expect(loose.map(({ name, tolerance }) => [name, tolerance])).toEqual([
      ['Kullback-Leibler divergence', 1e-5],
      ['Expected calibration error', 5e-5],
    ]);
  });

  it('notices a value that does not come out, and one that is undefined', () => {
    const off = checks.map((check) => ({ ...check, expected: check.expected + 10 * check.tolerance }));
    expect(runSelfTest(off).checks.every(({ passed }) => !passed)).toBe(true);
    const [first] = checks;
    expect(runSelfTest([{ ...first!, find: () => null }])).toMatchObject({ passed: false, checks: [{ found: null }] });
  });
});
