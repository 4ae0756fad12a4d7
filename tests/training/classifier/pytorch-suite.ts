import { beforeAll, describe, it } from 'vitest';
import type { EngineName } from '../../../main/contract/runs/run.ts';
import { pytorchChecks } from '../conformance/pytorch.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { thorough } from '../../thorough.ts';

/** Steps from the same weights, against PyTorch: the checks of `npm run bench -- prove`. `slow`: two only of small networks. */
export function testAgainstPytorch(name: EngineName, { slow = false } = {}): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine(name);
  });

  describe(`training on ${name} as in PyTorch`, () => {
    for (const { name, several, isNetwork, run } of pytorchChecks()) {
      it.skipIf(slow && several && isNetwork && !thorough)(name, () => run(engine));
    }
  });
}
