import { UserError } from '../../contract/wire/index.ts';
import type { EngineName } from '../../contract/runs/index.ts';
import {
  damagedFiles,
  findTools,
  missingFiles,
  readManifest,
  releaseFor,
} from '../../training/engines/tensorflow/install/index.ts';
import { locateKernels, locateTensorflow } from '../../training/engines/tensorflow/index.ts';
import { type CheckedEngines, knownEngines } from '../../services/tools/index.ts';

export interface EngineState {
  name: EngineName;
  /** Null if it has not been checked and nothing else shows it. */
  works: boolean | null;
  /** What it is, or why it is not available and what would help. */
  note: string;
  folder?: string;
  /** The outcome of the last check of all engines; null if something has changed since. */
  trial: LastCheck | null;
}

export interface LastCheck {
  selfCheck: 'passed' | 'failed' | 'absent';
  /** Why it failed. */
  reason: string | null;
  /** Training steps a second as a multiple of wasm's. */
  speedOverWasm: number | null;
  /** Since when studies that leave the choice open use it, ISO 8601; null: they do not. */
  chosenSince: string | null;
}

export async function inspectEngines(environment: NodeJS.ProcessEnv): Promise<EngineState[]> {
  const known = knownEngines(environment);
  const states = [await tensorflowState(environment), webgpuState(known), wasmState()];
  return states.map((state) => ({ ...state, trial: known && lastCheck(state.name, known) }));
}

function lastCheck(engine: EngineName, { checks, names, at }: CheckedEngines): LastCheck | null {
  const check = checks.find(({ name }) => name === engine);
  if (!check) return null;
  return {
    selfCheck: check.state,
    reason: check.state === 'failed' ? check.note : null,
    speedOverWasm: check.speedOverWasm,
    chosenSince: names[0] === engine ? at : null,
  };
}

type InstallState = Omit<EngineState, 'trial'>;

/** Looking for a GPU loads its drivers, which may crash; so only the last check knows whether there is one. */
function webgpuState(known: CheckedEngines | null): InstallState {
  const check = known?.checks.find(({ name }) => name === 'webgpu');
  const note = check?.note ?? 'not checked yet: run `npm run -s boundary -- engine check`';
  return { name: 'webgpu', works: check ? check.state === 'passed' : null, note };
}

const installAgain = 'install it again with `npm run -s boundary -- engine install`';

async function tensorflowState(environment: NodeJS.ProcessEnv): Promise<InstallState> {
  const found = locateTensorflow(environment);
  if ('absent' in found) {
    return { name: 'tensorflow', works: false, note: `${found.absent}. ${await installHint(environment)}` };
  }
  const { folder } = found;
  const title = `TensorFlow ${found.tensorflow}, ${found.variant}`;
  const manifest = readManifest(folder);
  const state = (works: boolean, note: string): InstallState => ({ name: 'tensorflow', works, folder, note });
  if (!manifest) return state(false, `${title}: its manifest cannot be read; ${installAgain}`);
  const missing = missingFiles(folder, manifest);
  const wrong = missing.length > 0 ? missing : await damagedFiles(folder, manifest);
  if (wrong.length > 0) return state(false, `${title}: damaged (${wrong.join(', ')}); ${installAgain}`);
  const count = Object.keys(manifest.files).length;
  return state(true, `${title}; ${count} files, all as they were installed; ${describeKernels(folder)}`);
}

function describeKernels(folder: string): string {
  const found = locateKernels(folder);
  return 'absent' in found ? `without our own kernels: ${found.absent}` : 'our own kernels compiled for this processor';
}

/** How to install it, or why it cannot be installed. */
async function installHint(environment: NodeJS.ProcessEnv): Promise<string> {
  try {
    releaseFor('cpu');
    await findTools(environment);
    return 'Install it with `npm run -s boundary -- engine install`.';
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

function wasmState(): InstallState {
  const accepts = (module: number[]): boolean => WebAssembly.validate(Uint8Array.from(module));
  const simd = accepts(simdModule);
  const kind = !simd
    ? 'no SIMD: this Node cannot run it'
    : accepts(relaxedSimdModule)
      ? 'SIMD and relaxed SIMD'
      : 'SIMD';
  return { name: 'wasm', works: simd, note: `embedded; ${kind}` };
}
