import type { Engine } from '../engines/engine.ts';
import { classifierFindings } from './classifier-findings.ts';
import { expected } from './expected.ts';
import { judge } from './findings.ts';
import { opFindings } from './op-findings.ts';

/**
 * Whether an engine computes right: some ops with their gradients, and three training steps of small networks, against
 * numbers of a plain float64 implementation. Takes half a second.
 * @returns null, or what is wrong, in one line
 */
export async function selfCheck(engine: Engine): Promise<string | null> {
  return judge([...(await opFindings(engine)), ...(await classifierFindings(engine))], expected);
}
