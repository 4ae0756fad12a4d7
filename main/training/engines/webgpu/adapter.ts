import { type AdapterInfo, type GpuAdapter, loadDawn } from './dawn.ts';

/**
 * Set to `1` to have adapters accepted that compute on the processor. For the tests of this engine, which run on Mesa's
 * software Vulkan: such an adapter is many times slower than the wasm engine.
 */
export const softwareVariable = 'BOUNDARY_WEBGPU_SOFTWARE';

/** What WebGPU would run on, or why there is nothing. */
export type WebgpuProbe = { adapter: string } | { absent: string };

/**
 * Looks for a GPU that WebGPU can use. Loads Dawn and the system's GPU drivers into this process (some 0.2 s): drivers
 * may crash, so not for the process of a window or a server.
 */
export async function probeWebgpu(environment: NodeJS.ProcessEnv = process.env): Promise<WebgpuProbe> {
  const found = await findAdapter(environment);
  return 'absent' in found ? found : { adapter: adapterName(found.adapter.info) };
}

/** The fastest adapter, if it is a GPU. */
export async function findAdapter(
  environment: NodeJS.ProcessEnv,
): Promise<{ adapter: GpuAdapter } | { absent: string }> {
  let adapter: GpuAdapter | null;
  try {
    adapter = await loadDawn().requestAdapter({ powerPreference: 'high-performance' });
  } catch (error) {
    return { absent: `Dawn cannot be loaded: ${error instanceof Error ? error.message : error}` };
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
