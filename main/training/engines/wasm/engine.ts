import { cpus } from 'node:os';
import { dirname, sep } from 'node:path';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { compositions, eager } from '../fallbacks.ts';
import type { Engine, Ops, Tfjs } from '../engine.ts';
import { loadTfjs, packageVersion, requireModule, resolveModule } from '../tfjs.ts';
import { Heap, refuseNoMemory, type WasmBackend } from './heap.ts';
import { loadKernels } from './kernels.ts';
import { activationOps, lossOps } from './ops/functions.ts';
import { adamOp } from './ops/adam.ts';
import { attentionOps, layerOps, normalizationOps } from './ops/layers.ts';

const packageName = '@tensorflow/tfjs-backend-wasm';

/** tfjs kernels that cache packed weights. They would miss that Adam changes weights in place, so they are removed. */
const staleKernels = ['BatchMatMul', '_FusedMatMul', 'Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'Prelu'];

/**
 * The built-in engine: tfjs's WebAssembly backend for memory, shapes and gradients, with one thread, and our own kernels
 * in the same heap for all expensive ops. Nothing to install.
 * @throws UserError `engine.broken` if the kernels have not been built
 */
export async function openWasm(): Promise<Engine> {
  const tf = loadTfjs();
  const wasm = requireModule(packageName) as { setWasmPaths(folder: string): void };
  wasm.setWasmPaths(dirname(resolveModule(packageName)) + sep);
  await tf.setBackend('wasm');
  await tf.ready();
  shareInsteadOfCopy(tf);
  for (const name of staleKernels) tf.unregisterKernel(name, 'wasm');
  const backend = tf.backend() as unknown as WasmBackend;
  refuseNoMemory(backend);
  const heap = new Heap(tf, backend, loadKernels(backend.wasm.asm.memory));
  return {
    description: {
      name: 'wasm',
      versions: { 'tfjs-backend-wasm': packageVersion(packageName), tfjs: packageVersion('@tensorflow/tfjs') },
      device: (cpus()[0]?.model ?? 'cpu').trim(),
    },
    tf,
    ops: wasmOps(heap),
    holdsData: false,
    ...eager(tf),
    memory: () => ({ tensors: tf.memory().numTensors, bytes: tf.memory().numBytes }),
  };
}

function wasmOps(h: Heap): Ops {
  const ops = {
    ...layerOps(h),
    ...normalizationOps(h),
    ...activationOps(h),
    ...attentionOps(h),
    ...lossOps(h),
    ...adamOp(h),
  };
  return { ...compositions(h.tf, ops), ...ops };
}

/** tfjs's Identity copies on wasm, and every tensor saved for a gradient passes through it; sharing memory suffices. */
function shareInsteadOfCopy(tf: Tfjs): void {
  const identity: KernelConfig = {
    kernelName: 'Identity',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) => {
      const { dataId, shape, dtype } = inputs.x!;
      (backend as { incRef(dataId: object): void }).incRef(dataId);
      return { dataId, shape, dtype };
    },
  };
  tf.unregisterKernel(identity.kernelName, identity.backendName);
  tf.registerKernel(identity);
}
