import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../../main/files/places.ts';
import { benchPython } from './peer.ts';
import { findProgram, lastLines, runToEnd } from '../../../main/training/engines/tensorflow/install/tools.ts';

type Say = (line: string) => void;
type Environment = NodeJS.ProcessEnv;

/**
 * A Python that can import torch: the one that BOUNDARY_PYTHON names, or one of a virtual environment of our own
 * in the cache folder, which is made at the first call. Says why, and gives null, where there can be none.
 */
export async function findPeer(log: Say, environment: Environment = process.env): Promise<string | null> {
  const named = environment.BOUNDARY_PYTHON;
  const found = named ? { python: named } : await installPeer(cacheFolder(environment), log, environment);
  if ('absent' in found) {
    log(`No PyTorch to compare with: ${found.absent}. The tables show our own times alone.`);
    return null;
  }
  const answer = await runToEnd(found.python, ['-c', 'import torch; print(torch.__version__)'], { env: environment });
  if (answer.code === 0) {
    log(`PyTorch ${answer.stdout.trim()} (${found.python})`);
    return found.python;
  }
  log(`No PyTorch to compare with: ${found.python} cannot import torch (${lastLines(answer.stderr, 1)}).`);
  return null;
}

type Peer = { python: string } | { absent: string };

/** The virtual environment with torch; made anew if an earlier installation did not come to its end. */
async function installPeer(cache: string, log: Say, environment: Environment): Promise<Peer> {
  const python = benchPython({ BOUNDARY_CACHE: cache });
  const folder = dirname(dirname(python));
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return { python };
  const base = findProgram('python3', environment);
  if (!base) return { absent: 'python3 is not on PATH' };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  log(`Setting PyTorch up in ${folder} ...`);
  const made = await runToEnd(base, ['-m', 'venv', folder], { env: environment });
  if (made.code !== 0) return { absent: `python3 -m venv failed (${lastLines(made.stdout + made.stderr, 2)})` };
  const offered = await runToEnd(python, ['-m', 'pip', 'index', 'versions', 'torch'], { env: environment });
  const requirement = smallestTorch(offered.stdout);
  if (requirement === 'torch' && process.platform === 'linux' && process.arch === 'x64') log(largeDownload);
  const code = await runVisibly(python, ['-m', 'pip', 'install', '--no-cache-dir', requirement], environment);
  if (code !== 0) return { absent: `pip could not install ${requirement}, see above` };
  writeFileSync(complete, `${requirement}\n`);
  return { python };
}

const largeDownload =
  'pip knows PyTorch with CUDA only, several gigabytes. With PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS at a place of CPU ' +
  'wheels (200 MB) the next set-up takes such a one; so does BOUNDARY_PYTHON, a Python that has torch.';

/**
 * What to ask pip for: the newest build for CPUs alone, if it is offered (`+cpu`), as it is a tenth of the others'
 * size; otherwise just the newest.
 * @param offered what `pip index versions torch` prints
 */
export function smallestTorch(offered: string): string {
  const versions = /^Available versions: (.*)$/m.exec(offered)?.[1]?.split(',') ?? [];
  const small = versions.map((version) => version.trim()).find((version) => version.endsWith('+cpu'));
  return small ? `torch==${small}` : 'torch';
}

/** With the program's output on stderr, as it may take minutes. */
function runVisibly(command: string, args: readonly string[], env: Environment): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', process.stderr, process.stderr], env });
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code));
  });
}
