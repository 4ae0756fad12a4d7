import type { TensorInfo } from '@tensorflow/tfjs-core';
import { detach } from '../../../contract/wire/detach.ts';
import { firstLine, messageOf, UserError } from '../../../contract/wire/errors.ts';
import { packageVersion, requireModule } from '../tfjs.ts';

/** The parts of WebGPU's interfaces that are used here. */
interface GpuAdapter {
  info: AdapterInfo;
  limits: Record<string, number>;
  requestDevice(descriptor: { requiredLimits: Record<string, number> }): Promise<GpuDevice>;
}
interface AdapterInfo {
  vendor: string;
  architecture: string;
  /** Often a technical name, e.g. `llvmpipe-llvm-19-1-7-256-bits-`. */
  device: string;
  /** The driver's description, e.g. `llvmpipe: Mesa 25.0.7 (LLVM 19.1.7)`. */
  description: string;
  /** True if it computes on the CPU. */
  isFallbackAdapter?: boolean;
}
interface GpuDevice {
  lost: Promise<{ reason: string; message: string }>;
  destroy(): void;
  addEventListener(type: 'uncapturederror', listener: (event: { error: Error; preventDefault(): void }) => void): void;
}
interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<GpuAdapter | null>;
}

export const dawnVersion = (): string => packageVersion('webgpu');

/** Kept for the life of the process: Dawn's objects must not outlive it. */
let gpu: Gpu | undefined;

/** Sets Dawn, Chrome's WebGPU, as `navigator.gpu`, where tfjs looks for it. @throws Error without a binary */
function loadDawn(): Gpu {
  if (gpu) return gpu;
  const { create, globals } = requireModule('webgpu') as { create: (options: string[]) => Gpu; globals: object };
  Object.assign(globalThis, globals);
  gpu = create([]);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  return gpu;
}

/** `1` accepts adapters that compute on the CPU, for tests with Mesa. They are much slower than the wasm engine. */
export const softwareVariable = 'BOUNDARY_WEBGPU_SOFTWARE';

/**
 * The fastest adapter, if it is a GPU. Loads Dawn and GPU drivers, which may crash: not for the process of a window or
 * a server.
 */
export async function findAdapter(
  environment: NodeJS.ProcessEnv,
): Promise<{ adapter: GpuAdapter } | { absent: string }> {
  let adapter: GpuAdapter | null;
  try {
    adapter = await loadDawn().requestAdapter({ powerPreference: 'high-performance' });
  } catch (error) {
    return { absent: `Dawn cannot be loaded: ${messageOf(error)}` };
  }
  if (!adapter) return { absent: 'no GPU with a driver for Vulkan, Metal or Direct3D 12' };
  if (isSoftware(adapter.info) && environment[softwareVariable] !== '1') {
    return { absent: `no GPU, only a driver that computes on the processor (${adapterName(adapter.info)})` };
  }
  return { adapter };
}

/** Whether the processor does the work: WebGPU's own word for it, and the names of the known ones. */
export function isSoftware({ vendor, architecture, device, description, isFallbackAdapter }: AdapterInfo): boolean {
  const names = [vendor, architecture, device, description].join(' ');
  return isFallbackAdapter === true || /software|llvmpipe|lavapipe|swiftshader|basic render/i.test(names);
}

export function adapterName({ vendor, architecture, device, description }: AdapterInfo): string {
  return description || [vendor, architecture, device].filter(Boolean).join(' ') || 'unnamed adapter';
}

/** The part of tfjs's WebGPU backend that is used here. */
export interface WebgpuBackend {
  runWebGPUProgram(program: Program, inputs: TensorInfo[], dtype: 'float32', uniforms: Uniform[]): TensorInfo;
  read(dataId: object): Promise<unknown>;
}
/** A kernel in the form that tfjs expects: tfjs adds the bindings and the entry point to `getUserCode`. */
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

/** Limits that tfjs's kernels need beyond WebGPU's guaranteed minimum; the adapter's maximum is requested. */
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

/** Makes reading throw after the device was lost or refused work: WebGPU would give zeros or old values. */
export function guardedBackend(Backend: BackendClass, device: GpuDevice, info: AdapterInfo): WebgpuBackend {
  let fault: UserError | undefined;
  detach(
    device.lost.then(({ reason, message }) => {
      fault ??= lost(message || reason);
    }),
  );
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
        // A lost device is reported one event loop turn after the failed read.
        await new Promise(setImmediate);
        throw fault ?? error;
      }
      if (fault) throw fault;
      return values;
    }
  })(device, info);
}

function lost(reason: string): UserError {
  return new UserError(
    'engine.lost',
    `The GPU stopped working for this process: ${reason}`,
    'engine webgpu',
    'Resume the run: it continues from its last checkpoint. `--engine wasm` uses no GPU.',
  );
}

function refused(error: Error): UserError {
  return new UserError(
    'engine.broken',
    `The GPU refused an operation: ${firstLine(error.message.trim())}`,
    'engine webgpu',
    'Resume the run with another engine, e.g. `--engine wasm`; if memory ran out, close other programs first.',
    { cause: error },
  );
}
