import { UserError } from '../../contract/errors.ts';
import type { EngineName } from '../../contract/run.ts';
import { damagedFiles, missingFiles, readManifest } from '../../training/engines/tensorflow/install/manifest.ts';
import { releaseFor } from '../../training/engines/tensorflow/install/release.ts';
import { findTools } from '../../training/engines/tensorflow/install/tools.ts';
import { locateTensorflow } from '../../training/engines/tensorflow/locate.ts';

export interface EngineState {
  name: EngineName;
  works: boolean;
  /** What it is, or why it is not there and what would help. */
  note: string;
  folder?: string;
}

export async function inspectEngines(environment: NodeJS.ProcessEnv): Promise<EngineState[]> {
  return [await tensorflowState(environment), wasmState()];
}

const installAgain = 'install it again with `npm run -s boundary -- engine install`';

async function tensorflowState(environment: NodeJS.ProcessEnv): Promise<EngineState> {
  const found = locateTensorflow(environment);
  if ('absent' in found) {
    return { name: 'tensorflow', works: false, note: `${found.absent}. ${await wayToInstall(environment)}` };
  }
  const { folder } = found;
  const title = `TensorFlow ${found.tensorflow}, ${found.variant}`;
  const manifest = readManifest(folder);
  if (!manifest) {
    return { name: 'tensorflow', works: false, folder, note: `${title}: its manifest cannot be read; ${installAgain}` };
  }
  const missing = missingFiles(folder, manifest);
  const wrong = missing.length > 0 ? missing : await damagedFiles(folder, manifest);
  const count = Object.keys(manifest.files).length;
  return wrong.length > 0
    ? { name: 'tensorflow', works: false, folder, note: `${title}: damaged (${wrong.join(', ')}); ${installAgain}` }
    : { name: 'tensorflow', works: true, folder, note: `${title}; ${count} files, all as they were installed` };
}

/** What stands in the way of an installation, or how to have one. */
async function wayToInstall(environment: NodeJS.ProcessEnv): Promise<string> {
  try {
    releaseFor('cpu');
    await findTools(environment);
    return 'To have it: `npm run -s boundary -- engine install`.';
  } catch (error) {
    if (error instanceof UserError) return `It cannot be installed: ${error.message}. ${error.remedy}`;
    throw error;
  }
}

/** The smallest modules that use vector instructions, and relaxed ones: a runtime that lacks them refuses the module. */
const simdModule = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
];
const relaxedSimdModule = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15,
  253, 128, 2, 11,
];

function wasmState(): EngineState {
  const accepts = (module: number[]): boolean => WebAssembly.validate(Uint8Array.from(module));
  const simd = accepts(simdModule);
  const kind = accepts(relaxedSimdModule)
    ? 'SIMD and relaxed SIMD'
    : simd
      ? 'SIMD'
      : 'no SIMD: this Node cannot run it';
  return { name: 'wasm', works: simd, note: `embedded; ${kind}` };
}
