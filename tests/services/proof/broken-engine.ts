/** Entry of a process as `training/proof/proof-child`, whose engine has a ReLU that leaks. Argument: `wasm`. */
import { prepareChild } from '../../../main/processes/parent-port.ts';
import { codeCacheFolder } from '../../../main/files/places.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';

prepareChild(codeCacheFolder());
const { openEngine } = await import('../../../main/training/engines/open.ts');
const { serveProof } = await import('../../../main/training/proof/serve.ts');

async function broken(): Promise<Engine> {
  const engine = await openEngine('wasm');
  return { ...engine, ops: { ...engine.ops, relu: (x) => engine.ops.leakyRelu(x, 0.01) } };
}

serveProof(broken());
