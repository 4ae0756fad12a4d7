import type { TensorInfo } from '@tensorflow/tfjs-core';
import { UserError } from '../../../contract/errors.ts';
import type { AdapterInfo, GpuAdapter, GpuDevice } from './dawn.ts';

/** tfjs's WebGPU backend, as far as it is used here. */
export interface WebgpuBackend {
  runWebGPUProgram(program: Program, inputs: TensorInfo[], dtype: 'float32', uniforms: Uniform[]): TensorInfo;
  read(dataId: object): Promise<unknown>;
}
/** A kernel as tfjs takes it: it writes the bindings and the entry point around `getUserCode`. */
export interface Program {
  variableNames: string[];
  /** WGSL fields of the uniforms. */
  uniforms: string;
  outputShape: number[];
  workgroupSize: [number, number, number];
  /** Axes of the result that each dimension of the dispatch covers. */
  dispatchLayout: { x: number[] };
  dispatch: [number, number, number];
  /** Programs of the same key, ranks and types share a compiled pipeline. */
  shaderKey: string;
  /** Adds the number of elements to the uniforms. */
  size: true;
  getUserCode: () => string;
}
export interface Uniform {
  type: 'int32' | 'float32';
  data: [number];
}
export type BackendClass = new (device: GpuDevice, info: AdapterInfo) => WebgpuBackend;

/** What the kernels of tfjs ask more of than WebGPU promises everywhere; as much of it as the adapter has is taken. */
const limits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
];

export function requestDevice(adapter: GpuAdapter): Promise<GpuDevice> {
  const requiredLimits = Object.fromEntries(limits.map((name) => [name, adapter.limits[name]!]));
  return adapter.requestDevice({ requiredLimits });
}

/**
 * The backend, but no value leaves a device that is lost or has refused work. WebGPU reports both only beside the
 * results, which are then zeros or left-overs.
 */
export function guardedBackend(Backend: BackendClass, device: GpuDevice, info: AdapterInfo): WebgpuBackend {
  let fault: UserError | undefined;
  device.lost.then(({ reason, message }) => {
    fault ??= lost(message || reason);
  });
  device.addEventListener('uncapturederror', (event) => {
    // Dawn would print it on stdout.
    event.preventDefault();
    fault ??= refused(event.error);
  });
  return new (class extends Backend {
    override async read(dataId: object): Promise<unknown> {
      let values: unknown;
      try {
        values = await super.read(dataId);
      } catch (error) {
        // The news of a lost device comes a turn later than the failed read.
        await new Promise(setImmediate);
        throw fault ?? error;
      }
      if (fault) throw fault;
      return values;
    }
  })(device, info);
}

function lost(reason: string): UserError {
  return new UserError({
    code: 'engine.lost',
    what: `The GPU stopped working for this process: ${reason}`,
    where: 'engine webgpu',
    remedy: 'Resume the run: it goes on from its last checkpoint, with `--engine wasm` without the GPU.',
  });
}

function refused(error: Error): UserError {
  return new UserError({
    code: 'engine.broken',
    what: `The GPU refused a part of the work: ${error.message.trim().split('\n')[0]}`,
    where: 'engine webgpu',
    remedy: 'Resume the run with another engine, e.g. `--engine wasm`; if memory ran out, close other programs first.',
    cause: error,
  });
}
