import { existsSync } from 'node:fs';
import { describe } from 'vitest';
import { describeConformance } from './conformance.ts';

const driver = ['/usr/share/vulkan/icd.d/lvp_icd.json', '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json'].find(existsSync);
if (driver)
  Object.assign(process.env, { VK_ICD_FILENAMES: driver, LP_NUM_THREADS: '1', BOUNDARY_WEBGPU_SOFTWARE: '1' });

describe.skipIf(!driver)('the WebGPU engine on software Vulkan', () => describeConformance('webgpu'));
