import { buildKernels, kernelsAreBuilt } from '../scripts/setup/kernels.mjs';
import { root } from '../scripts/setup/root.mjs';

/** Runs once before all tests, so that the wasm engine is tested as its sources are, however vitest was started. */
export default async function setup(): Promise<void> {
  if (!kernelsAreBuilt(root)) await buildKernels(root);
}
