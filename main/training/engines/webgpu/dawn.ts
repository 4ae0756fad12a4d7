import { packageVersion, requireModule } from '../tfjs.ts';

/** WebGPU's interfaces, as far as they are used here. */
export interface GpuAdapter {
  info: AdapterInfo;
  limits: Record<string, number>;
  requestDevice(descriptor: { requiredLimits: Record<string, number> }): Promise<GpuDevice>;
}
export interface AdapterInfo {
  vendor: string;
  architecture: string;
  /** Often a name for machines, e.g. `llvmpipe-llvm-19-1-7-256-bits-`. */
  device: string;
  /** The driver's own words, e.g. `llvmpipe: Mesa 25.0.7 (LLVM 19.1.7)`. */
  description: string;
  /** True where the processor does the work. */
  isFallbackAdapter?: boolean;
}
export interface GpuDevice {
  lost: Promise<{ reason: string; message: string }>;
  destroy(): void;
  addEventListener(type: 'uncapturederror', listener: (event: { error: Error; preventDefault(): void }) => void): void;
}
interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<GpuAdapter | null>;
}

export const dawnVersion = (): string => packageVersion('webgpu');

/** Held for the life of the process: Dawn's objects must not outlive it. */
let gpu: Gpu | undefined;

/**
 * Dawn, Chrome's WebGPU, as Node's `navigator.gpu`, which is where tfjs looks for it. Speaks to Vulkan, Metal or
 * Direct3D 12. It warns on stderr about drivers that it doesn't like.
 * @throws Error if there is no binary for this platform.
 */
export function loadDawn(): Gpu {
  if (gpu) return gpu;
  const { create, globals } = requireModule('webgpu') as { create: (options: string[]) => Gpu; globals: object };
  Object.assign(globalThis, globals);
  gpu = create([]);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  return gpu;
}
