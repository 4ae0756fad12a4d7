import { UserError } from '../../contract/wire/errors.ts';
import type { PipelineStep } from '../../contract/wire/status.ts';

const steps = new WeakMap<Error, PipelineStep>();

/** Steps that an error's code names, wherever it is noticed: the start of a study checks all of its declaration. */
const named: readonly (readonly [prefix: string, step: PipelineStep])[] = [
  ['generator.', 'generator'],
  ['stimuli.', 'stimuli'],
  ['humans.', 'labeling'],
  ['labels.', 'labeling'],
];

/** Does work of a step, and remembers the step of an error that it throws. */
export async function inStep<Result>(step: PipelineStep, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && !steps.has(error)) steps.set(error, stepOfCode(error) ?? step);
    throw error;
  }
}

/** The step whose work threw this error, or null. */
export const failedStep = (error: unknown): PipelineStep | null =>
  error instanceof Error ? (steps.get(error) ?? null) : null;

const stepOfCode = (error: Error): PipelineStep | undefined =>
  error instanceof UserError ? named.find(([prefix]) => error.code.startsWith(prefix))?.[1] : undefined;
