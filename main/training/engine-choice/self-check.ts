import type { Engine } from '../engines/engine.ts';
import { classifierFindings, generatorFindings } from './network-findings.ts';
import { expected } from './expected.ts';
import { type Finding, judge } from './findings.ts';
import { opFindings } from './op-findings.ts';

/**
 * Checks the results of an engine against those of a simple float64 implementation: some ops with their gradients, three
 * training steps of small classifiers and one of a small DCGAN. Takes about half a second.
 * @returns null if they agree, otherwise the worst error in one line
 */
export async function selfCheck(engine: Engine): Promise<string | null> {
  return judge(await allFindings(engine), expected);
}

async function allFindings(engine: Engine): Promise<Finding[]> {
  return [...(await opFindings(engine)), ...(await classifierFindings(engine)), ...(await generatorFindings(engine))];
}
