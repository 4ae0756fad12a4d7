import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { findAdapter, isSoftware } from '../../../main/training/engines/webgpu/device.ts';
import { thorough } from '../../thorough.ts';
import { describeConformance } from './conformance.ts';
import { type SmallName, smallNames } from '../conformance/small-models.ts';
import { noSoftwareVulkan, softwareVulkan } from './software-vulkan.ts';

Object.assign(process.env, softwareVulkan);
// It computes on the processor, with all cores where they are free: minutes where other work has them.
vi.setConfig({ testTimeout: 300_000 });

/** Generators whose every op is one of dcgan32 or of the op cases as well. */
const withoutOpsOfTheirOwn: SmallName[] = ['dcgan28', 'dcgan64'];

describe.skipIf(noSoftwareVulkan)(`the WebGPU engine${noSoftwareVulkan ? ` (${noSoftwareVulkan})` : ''}`, () => {
  // Software Vulkan is slow: a step of the largest small model takes a quarter of a second.
  const short = {
    models: smallNames.filter((name) => !withoutOpsOfTheirOwn.includes(name)),
    repeated: ['mlp', 'cnn'],
  } as const;
  describeConformance('webgpu', { steps: 12, ...(!thorough && short) });

  it('does not accept a driver that computes on the CPU, and names it', async () => {
    expect(await findAdapter({})).toEqual({ absent: expect.stringMatching(/^no GPU, only .* \(llvmpipe/) });
    const found = await findAdapter(softwareVulkan);
    expect(found).toHaveProperty('adapter.info.description', expect.stringContaining('llvmpipe'));
  });

  describe('a process', () => {
    const outputAfter = async (mode: string): Promise<string> => {
      const entry = join(import.meta.dirname, 'webgpu-process.ts');
      const env = { ...process.env, ...softwareVulkan };
      // Rejects unless it ends by itself, with exit code 0.
      return (await promisify(execFile)(process.execPath, [entry, mode], { env, timeout: 240_000 })).stdout.trim();
    };

    it('ends when its work is done, and when it is abandoned during a step', async () => {
      expect(Number(await outputAfter('nothing'))).toBeGreaterThan(0);
      expect(await outputAfter('leave')).toBe('');
    });

    it('reports a device that is lost or has refused work, and returns none of its values', async () => {
      expect(await outputAfter('lose')).toBe('engine.lost');
      expect(await outputAfter('refuse')).toBe('engine.broken');
    });
  });
});

describe('an adapter', () => {
  const info = { vendor: '', architecture: '', device: '', description: '', isFallbackAdapter: false };
  const named = [
    { ...info, vendor: 'mesa', architecture: 'software', description: 'llvmpipe: Mesa 25.0.7 (LLVM 19.1.7)' },
    { ...info, vendor: 'google', architecture: 'swiftshader', device: '0xc0de' },
    { ...info, vendor: 'microsoft', description: 'Microsoft Basic Render Driver' },
    { ...info, isFallbackAdapter: true },
  ];
  it.each(named)('that computes on the processor is known: %o', (adapter) => expect(isSoftware(adapter)).toBe(true));

  const gpus = [
    { ...info, vendor: 'nvidia', architecture: 'ampere', description: 'NVIDIA: 570.86.15 570.86.15.0' },
    { ...info, vendor: 'amd', architecture: 'rdna-3', description: 'radv: Mesa 25.0.7-2+deb13u1 (LLVM 19.1.7)' },
    { ...info, vendor: 'apple', architecture: 'metal-3', description: 'Metal driver on macOS' },
  ];
  it.each(gpus)('that is a GPU is taken: %o', (adapter) => expect(isSoftware(adapter)).toBe(false));
});
