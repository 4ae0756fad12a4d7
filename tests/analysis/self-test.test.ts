import { describe, expect, it } from 'vitest';
import { checks, runSelfTest } from '../../main/analysis/self-test.ts';

describe('runSelfTest', () => {
  it.each(checks.map((check) => [`${check.name}: ${check.of}`, check] as const))('%s', (_, check) => {
    expect(Math.abs((check.find() ?? Number.NaN) - check.expected)).toBeLessThanOrEqual(check.tolerance);
    expect(check.source).not.toBe('');
  });

  it('notices a value that does not come out, and one that is undefined', () => {
    const off = checks.map((check) => ({ ...check, expected: check.expected + 10 * check.tolerance }));
    expect(runSelfTest(off).checks.every(({ passed }) => !passed)).toBe(true);
    const [first] = checks;
    expect(runSelfTest([{ ...first!, find: () => null }])).toMatchObject({ passed: false, checks: [{ found: null }] });
  });
});
