import { describe, vi } from 'vitest';
import { noSoftwareVulkan, softwareVulkan } from '../engines/software-vulkan.ts';
import { testAgainstPytorch } from './pytorch-suite.ts';

Object.assign(process.env, softwareVulkan);
// It computes on the processor, with all cores where they are free: minutes where other work has them.
vi.setConfig({ testTimeout: 300_000 });

describe.skipIf(noSoftwareVulkan)(`WebGPU${noSoftwareVulkan ? ` (${noSoftwareVulkan})` : ''}`, () => {
  testAgainstPytorch('webgpu', { slow: true });
});
