import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { messageOf, UserError } from '../../../contract/wire/errors.ts';
import type { Engine, Ops, Tfjs } from '../engine.ts';
import { compositions } from '../fallbacks.ts';
import { loadTfjs, packageVersion, requireModule } from '../tfjs.ts';
import { adamOp } from './ops/adam.ts';
import { type Binding, Context, type NodeBackend } from './context.ts';
import { type InstalledTensorflow, locateKernels, locateTensorflow } from './locate.ts';
import { activationOps, lossOps } from './ops/functions.ts';
import { attentionOps, layerOps, normalizationOps } from './ops/layers.ts';
import { nativeOps } from './ops/native.ts';
import { replaying } from './replay/program.ts';

const packageName = '@tensorflow/tfjs-node-gpu';

export interface TensorflowOptions {
  /** For one op; ops never run in parallel. */
  threads: number;
  /** Use our own kernels if they have been compiled; they run on the CPU. */
  ownKernels: boolean;
}

/** The engine on a native TensorFlow (CPU or CUDA). @throws UserError `engine.absent`, `engine.broken` */
export async function openTensorflow({ threads, ownKernels }: TensorflowOptions): Promise<Engine> {
  const installed = locateTensorflow();
  if ('absent' in installed) {
    throw new UserError(
      'engine.absent',
      `The TensorFlow engine is not available: ${installed.absent}`,
      'engine tensorflow',
      'Run the set-up again, or choose the wasm engine.',
    );
  }
  setEnvironment(threads);
  const tf = loadTfjs();
  const binding = loadBinding(installed);
  const backend = await registerBackend(tf, binding);
  const kernels = ownKernels && !binding.isUsingGpuDevice() ? loadKernels(installed) : null;
  const context = new Context(tf, backend);
  return {
    description: {
      name: 'tensorflow',
      versions: {
        tensorflow: binding.TF_Version,
        build: installed.id,
        kernels: kernels ?? 'none',
        'tfjs-node-gpu': packageVersion(packageName),
        tfjs: packageVersion('@tensorflow/tfjs'),
      },
      device: binding.isUsingGpuDevice() ? 'gpu' : (cpus()[0]?.model ?? 'cpu').trim(),
    },
    tf,
    ops: tensorflowOps(context, kernels !== null),
    holdsData: true,
    ...replaying(context),
    memory: () => ({ tensors: backend.getNumOfTFTensors(), bytes: tf.memory().numBytes }),
  };
}

/** `own`: with our own kernels, which must be loaded. */
function tensorflowOps(c: Context, own: boolean): Ops {
  const ops = {
    ...layerOps(c),
    ...normalizationOps(c),
    ...activationOps(c),
    ...attentionOps(c),
    ...lossOps(c),
    ...adamOp(c),
  };
  return { ...ops, ...(own ? nativeOps(c) : compositions(c.tf, ops)) };
}

/** Read while TensorFlow loads. oneDNN saves 20 to 60 % on AMD CPUs; NVIDIA would multiply float32 as TF32. */
function setEnvironment(threads: number): void {
  Object.assign(process.env, {
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: '1',
    TF_ENABLE_ONEDNN_OPTS: '1',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    NVIDIA_TF32_OVERRIDE: '0',
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? '2',
  });
}

function loadBinding({ folder }: InstalledTensorflow): Binding {
  const path = join(folder, 'tfjs_binding.node');
  try {
    return requireModule(path) as Binding;
  } catch (error) {
    throw new UserError(
      'engine.broken',
      `TensorFlow cannot be loaded: ${messageOf(error)}`,
      path,
      'Delete its folder and run the set-up again, or choose the wasm engine.',
      { cause: error },
    );
  }
}

/** Registers our own kernels with TensorFlow. @returns their name, or null if there are none */
function loadKernels({ folder }: InstalledTensorflow): string | null {
  const found = locateKernels(folder);
  if ('absent' in found) return null;
  try {
    const { failure } = requireModule(found.path) as { failure?: string };
    if (failure !== undefined) throw new Error(failure);
    return basename(found.path, '.node');
  } catch (error) {
    throw new UserError(
      'engine.broken',
      `The kernels for TensorFlow cannot be loaded: ${messageOf(error)}`,
      found.path,
      'Delete this file and run the set-up again.',
      { cause: error },
    );
  }
}

/** Does what the package's index.js does, but with our own binding and without node-pre-gyp, which uses the network. */
async function registerBackend(tf: Tfjs, binding: Binding): Promise<NodeBackend> {
  requireModule(`${packageName}/dist/register_all_kernels.js`);
  const { NodeJSKernelBackend } = requireModule(`${packageName}/dist/nodejs_kernel_backend.js`) as {
    NodeJSKernelBackend: new (binding: Binding, packageName: string) => NodeBackend;
  };
  const backend = new NodeJSKernelBackend(binding, packageName);
  tf.registerBackend('tensorflow', () => backend as unknown as ReturnType<Tfjs['backend']>);
  await tf.setBackend('tensorflow');
  return backend;
}
