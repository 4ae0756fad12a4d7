import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../main/files/places.ts';
import { locateMnist } from '../../../main/training/data/sources/mnist.ts';
import { findProgram, lastLines, runToEnd } from '../../../main/training/engines/tensorflow/install/tools.ts';
import type { SideTask } from '../sides/protocol.ts';
import type { SideProgram } from '../sides/side.ts';

type Environment = NodeJS.ProcessEnv;

/** The Python that the bench set up for itself (docs/performance.md). */
export const benchPython = (environment: Environment = process.env): string => {
  const folder = join(cacheFolder(environment), 'bench', 'pytorch');
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
};

/**
 * A Python that can import torch, and torch's version: the one that BOUNDARY_PYTHON names, or else python3 on PATH, or that
 * of the bench. Nothing is installed.
 */
export async function findTorch(
  environment: Environment,
): Promise<{ python: string; version: string } | { absent: string }> {
  const named = environment.BOUNDARY_PYTHON;
  const candidates = named ? [named] : [findProgram('python3', environment), benchPython(environment)];
  const reasons: string[] = [];
  for (const python of candidates) {
    if (python === undefined || (!named && !existsSync(python))) continue;
    const options = { env: environment, timeoutMs: 120_000 };
    const { code, stdout, stderr } = await runToEnd(python, ['-c', 'import torch; print(torch.__version__)'], options);
    if (code === 0) return { python, version: stdout.trim() };
    reasons.push(lastLines(stderr, 1) || (code === null ? 'Python did not answer within 2 minutes' : `code ${code}`));
  }
  const [why = 'there is no python3 on PATH'] = reasons;
  return { absent: `PyTorch was not found (${why}); BOUNDARY_PYTHON can name a Python that has it` };
}

/** What tables call PyTorch as its users write it, and with channels_last and the fused optimizer. */
export const peerName = 'PyTorch';
export const tunedName = 'PyTorch tuned';

/** One thread each, whatever the library. */
export const oneThread = { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

export interface PeerSettings {
  tuned: boolean;
  /** Whether it first tries out what is fastest for it; that trains its network, so not where accuracy counts. */
  choose: boolean;
  /** A graphics card if PyTorch has one, or the processor, the default. */
  device?: 'gpu' | 'cpu';
  /** Variables besides those for one thread. */
  environment?: Record<string, string>;
}

/** Our work in PyTorch, on MNIST. `python`: one that can import torch. */
export function peerProgram(python: string, task: SideTask, settings: PeerSettings): SideProgram {
  const { tuned, choose, device = 'cpu', environment = {} } = settings;
  const { files } = locateMnist();
  const mnist = Object.fromEntries(Object.entries(files).map(([role, { path }]) => [role, path]));
  return {
    name: tuned ? tunedName : peerName,
    command: python,
    args: [join(import.meta.dirname, 'program', 'peer.py'), JSON.stringify({ ...task, mnist, tuned, choose, device })],
    // No compiled copies beside the sources.
    environment: { ...oneThread, ...environment, PYTHONDONTWRITEBYTECODE: '1' },
  };
}
