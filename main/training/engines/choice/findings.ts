import { randomStream } from '../../../domain/random/random.ts';

/** A result that an engine computed for its self-check. */
export interface Finding {
  name: string;
  values: readonly number[];
  /** Magnitude of the numbers that the values come from; differences are relative to it. */
  scale: number;
}

/** Number of projections that represent an array. */
const projections = 2;

/** Allowed difference relative to the scale. float32 gives 1e-6, after three steps 1e-5; half precision 1e-3. */
const tolerance = 1e-4;

/** `size` numbers from N(0, 1), exact in float32: the inputs of all checks. */
export function checkNumbers(size: number, name: string): Float32Array {
  const stream = randomStream(1, 'self-check', name);
  return Float32Array.from({ length: size }, () => stream.normal());
}

/** The `index`-th direction, of +1 and -1, on which an array of this name is projected. */
export function direction(size: number, name: string, index: number): Float32Array {
  const stream = randomStream(1, 'self-check, direction', name, index);
  return Float32Array.from({ length: size }, () => 2 * stream.int(2) - 1);
}

/** Projects an array on each direction: a few sums represent an array of any length. */
export function project(size: number, name: string, along: (direction: Float32Array) => number): number[] {
  return Array.from({ length: projections }, (_, index) => along(direction(size, name, index)));
}

/** An array as a finding: its projections, relative to its Euclidean norm. */
export function arrayFinding(name: string, array: Float32Array, minScale = 0): Finding {
  const values = project(array.length, name, (signs) => array.reduce((sum, value, at) => sum + value * signs[at]!, 0));
  return { name, values, scale: Math.max(euclidean(array), minScale) };
}

/**
 * Gradients of a network's first step, by parameter, from Adam's first moments, which are then the gradients times
 * (1 - beta1). So these are the gradients that the step itself computed.
 * @param state of the optimizer: moments by `<parameter>/m` and `<parameter>/v`
 */
export function momentFindings(network: string, state: Record<string, Float32Array>, beta1: number): Finding[] {
  const moments = Object.entries(state).filter(([name]) => name.endsWith('/m'));
  const arrays = moments.map(([name, m]) => ({
    name: name.slice(0, -2),
    gradient: m.map((value) => value / (1 - beta1)),
  }));
  // Gradients that are exactly 0, such as that of a bias before batch norm, are rounding noise of larger numbers.
  const minScale = 0.01 * Math.max(...arrays.map(({ gradient }) => euclidean(gradient)));
  return arrays.map(({ name, gradient }) => arrayFinding(gradientName(network, name), gradient, minScale));
}

export const gradientName = (network: string, parameter: string): string => `${network}, gradient of ${parameter}`;

export function euclidean(array: Float32Array): number {
  return Math.sqrt(array.reduce((sum, value) => sum + value * value, 0));
}

/** The worst error among the findings, in one line; null if all are as expected. */
export function judge(
  findings: readonly Finding[],
  expected: Readonly<Record<string, readonly number[]>>,
): string | null {
  const computed = new Set(findings.map(({ name }) => name));
  const missing = Object.keys(expected).find((name) => !computed.has(name));
  if (missing !== undefined) return `${missing} was not computed`;
  const off = findings
    .map((finding) => ({ name: finding.name, difference: difference(finding, expected[finding.name]) }))
    .filter((each) => each.difference > tolerance)
    .sort((a, b) => b.difference - a.difference);
  const [worst] = off;
  if (!worst) return null;
  const others = off.length === 1 ? '' : `, and ${off.length - 1} more of ${findings.length} are wrong`;
  return Number.isFinite(worst.difference)
    ? `${worst.name} is off by ${(100 * worst.difference).toPrecision(2)} %${others}`
    : `${worst.name} is not a number${others}`;
}

function difference({ values, scale }: Finding, expected: readonly number[] | undefined): number {
  if (expected?.length !== values.length) return Number.POSITIVE_INFINITY;
  const largest = Math.max(...values.map((value, at) => Math.abs(value - expected[at]!)));
  return Number.isFinite(largest) ? largest / scale : Number.POSITIVE_INFINITY;
}
