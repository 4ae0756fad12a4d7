import { isCorrelation } from '../../main/analysis/claims/correlation-interval.ts';

/**
 * The rule of the shared compare.py: numbers a and b are the same if |a - b| <= 1e-9 max(1, |b|); null equals only null;
 * objects have the same keys, lists the same length.
 * @returns the paths that differ.
 */
export function differences(actual: unknown, expected: unknown, path = ''): string[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return [`${path}: length or type`];
    return expected.flatMap((item, index) => differences(actual[index], item, `${path}[${index}]`));
  }
  if (isRecord(expected)) {
    if (!isRecord(actual)) return [`${path}: object expected`];
    const keys = new Set([...Object.keys(actual), ...Object.keys(expected)]);
    return [...keys].flatMap((key) => {
      if (!Object.hasOwn(actual, key)) return [`${path}/${key}: missing`];
      if (!Object.hasOwn(expected, key)) return [`${path}/${key}: extra`];
      return differences(actual[key], expected[key], `${path}/${key}`);
    });
  }
  const same =
    typeof actual === 'number' && typeof expected === 'number'
      ? Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected))
      : actual === expected;
  return same ? [] : [`${path}: ${String(actual)} instead of ${String(expected)}`];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As it would be read from a JSON file. */
export const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Intervals of a group but those of correlations: correlation.test.ts has these. */
export const withoutCorrelations = (intervals: object | null): object | null =>
  intervals && Object.fromEntries(Object.entries(intervals).filter(([name]) => !isCorrelation(name)));
