import { spawnSync } from 'node:child_process';

/** NVIDIA GPUs by name, memory and driver; or why none is seen. */
export type Gpus = { seen: string[] } | { none: string };

/** Asks `nvidia-smi`, which comes with NVIDIA's driver. */
export function visibleGpus(): Gpus {
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  const { status, stdout, error } = spawnSync('nvidia-smi', query, { encoding: 'utf8', timeout: 20_000 });
  if (error && 'code' in error && error.code === 'ENOENT')
    return { none: 'no NVIDIA driver here (nvidia-smi not found)' };
  if (status !== 0)
    return { none: `nvidia-smi failed: ${(stdout ?? '').trim().split('\n')[0] || error?.message || status}` };
  const seen = stdout.trim().split('\n').filter(Boolean);
  return seen.length > 0 ? { seen } : { none: 'NVIDIA driver without a GPU' };
}
