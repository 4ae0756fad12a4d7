import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** NVIDIA's graphics cards by name, memory and driver; or why none is found. */
export interface Graphics {
  seen: string[];
  why: string | null;
}

const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];

/** Asks `nvidia-smi`, which comes with NVIDIA's driver. Does not block the host. */
export async function findGraphics(program = 'nvidia-smi'): Promise<Graphics> {
  try {
    const { stdout } = await promisify(execFile)(program, query, { timeout: 20_000 });
    const seen = stdout.trim().split('\n').filter(Boolean);
    return { seen, why: seen.length > 0 ? null : 'The NVIDIA driver finds no graphics card' };
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return {
      seen: [],
      why: isAbsent ? 'No NVIDIA driver is installed (nvidia-smi was not found)' : `nvidia-smi failed: ${message}`,
    };
  }
}
