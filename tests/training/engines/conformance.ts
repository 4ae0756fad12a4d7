import { beforeAll, describe, it } from 'vitest';
import type { EngineName } from '../../../main/contract/runs/run.ts';
import { type ConformanceOptions, conformanceChecks, opChecks } from '../conformance/checks.ts';
import { named } from '../conformance/compare.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';

/** What every engine must do: the checks of `npm run bench -- prove`. One engine a test file, as tfjs has one backend a process. */
export function describeConformance(
  name: EngineName,
  { ownKernels = true, ...options }: ConformanceOptions & { ownKernels?: boolean } = {},
): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine(name, { ownKernels });
  });

  it('ops and their gradients agree with float64 and its finite differences', async () => {
    for (const { name, run } of opChecks(engine)) await named(name, () => run(engine));
  });

  const checks = Map.groupBy(conformanceChecks(options), ({ group }) => group);
  describe.each([...checks])('%s', (_group, checks) => {
    it.each(checks)('$name', ({ run }) => run(engine));
  });
}
