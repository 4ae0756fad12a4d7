import { join } from 'node:path';
import type { ClusterProbe } from '../profile/cluster-check.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { codeCacheFolder, productFolder, runEnvironment, writeFileAtomic } from '../../../files/index.ts';
import { prepareChild } from '../../../processes/index.ts';

/**
 * Entry of the first step of a check on a compute node: `probe <folder> <engine> <threads>` writes `probe.json` into the
 * folder: what this node is, and whether the engine gives right numbers on it.
 */
prepareChild(codeCacheFolder());
const [folder = '', wanted, threads = '1'] = process.argv.slice(2);

async function probeEngine(): Promise<ClusterProbe['engine']> {
  try {
    const { openNamed } = await import('../../../training/engines/index.ts');
    const { selfCheck } = await import('../../../training/self-check/index.ts');
    const engine = await openNamed(String(wanted), { threads: Number(threads) });
    const wrong = await selfCheck(engine);
    const { device, versions } = engine.description;
    return { works: wrong === null, note: wrong ?? `${device}, ${Object.entries(versions).flat().join(' ')}` };
  } catch (error) {
    return { works: false, note: error instanceof UserError ? error.message : String(error) };
  }
}

const limit = process.constrainedMemory();
const probe: ClusterProbe = {
  at: Date.now(),
  environment: runEnvironment(productFolder()),
  engine: await probeEngine(),
  memoryLimit: limit > 0 && limit < Number.MAX_SAFE_INTEGER ? limit : null,
  memoryUsed: process.resourceUsage().maxRSS * 1024,
};
writeFileAtomic(join(folder, 'probe.json'), `${JSON.stringify(probe)}\n`);
process.exit();
