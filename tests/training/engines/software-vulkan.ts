import { existsSync } from 'node:fs';
import { softwareVariable } from '../../../main/training/engines/webgpu/device.ts';

/** Where distributions put the description of Mesa's Vulkan driver for the processor (Debian: mesa-vulkan-drivers). */
const places = ['lvp_icd.json', `lvp_icd.${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.json`].map(
  (name) => `/usr/share/vulkan/icd.d/${name}`,
);
const driver = places.find((path) => existsSync(path));

/** Why the WebGPU engine is not tested here, if it isn't. */
export const noSoftwareVulkan = driver ? undefined : "Mesa's software Vulkan is not installed";

/** Variables by which the WebGPU engine takes that driver and no GPU: tests give the same numbers on every machine. */
export const softwareVulkan: Record<string, string> = driver
  ? { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver, LP_NUM_THREADS: '1', [softwareVariable]: '1' }
  : {};

if (noSoftwareVulkan) process.stderr.write(`Not tested here: the WebGPU engine (${noSoftwareVulkan}).\n`);
