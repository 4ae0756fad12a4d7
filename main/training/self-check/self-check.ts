import type { Engine } from '../engines/engine.ts';
import { classifierFindings, generatorFindings } from './network-findings.ts';
import numbers from './expected.json' with { type: 'json' };
import { type Finding, judge } from '../engines/choice/findings.ts';
import { opFindings } from '../engines/choice/op-findings.ts';

/** By names of findings. tests/training/self-check/expected-numbers.ts computes them in plain float64. */
export const expected: Readonly<Record<string, readonly number[]>> = numbers;

/** Null if the engine agrees with plain float64 results, otherwise the worst error. Takes about half a second. */
export async function selfCheck(engine: Engine): Promise<string | null> {
  return judge(await allFindings(engine), expected);
}

async function allFindings(engine: Engine): Promise<Finding[]> {
  return [...(await opFindings(engine)), ...(await classifierFindings(engine)), ...(await generatorFindings(engine))];
}
