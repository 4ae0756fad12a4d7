import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchContext, Section } from '../bench-types.ts';
import { markdownTable } from '../table.ts';

/** Limits for two cores, in minutes. */
const allowed: Readonly<Record<string, number>> = { tensorflow: 12, wasm: 30 };

interface StudyTime {
  engine: string;
  cores: number;
  minutes: number;
  exitCode: number | null;
}

/** The quick study as a user starts it, in a data folder of its own. */
export async function benchStudy({ options, log }: BenchContext): Promise<Section[]> {
  const data: StudyTime[] = [];
  for (const engine of options.engines) {
    log(`Quick study on ${engine}: this takes minutes`);
    const start = performance.now();
    const exitCode = await runQuickStudy(engine);
    data.push({ engine, cores: availableParallelism(), minutes: (performance.now() - start) / 60_000, exitCode });
  }
  const rows = data.map(({ engine, cores, minutes, exitCode }) => {
    const limit = allowed[engine];
    const met = exitCode === 0 && limit !== undefined && minutes <= limit;
    return [
      engine,
      String(cores),
      exitCode === 0 ? minutes.toFixed(1) : `failed (${exitCode})`,
      limit === undefined ? '' : `${limit} ${met ? 'met' : 'MISSED'}`,
    ];
  });
  return [{ name: 'study', table: markdownTable(['quick study', 'cores', 'minutes', 'limit'], rows), data }];
}

/** The output of the study goes to stderr. A signal ends the study, so that its folder can be removed, then the bench. */
async function runQuickStudy(engine: string): Promise<number | null> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-study-'));
  const program = fileURLToPath(new URL('../../../scripts/run.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, 'study', 'run', 'quick', '--engine', engine], {
    stdio: ['ignore', process.stderr, 'inherit'],
    env: { ...process.env, BOUNDARY_DATA: folder },
  });
  let stoppedBy: NodeJS.Signals | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    stoppedBy = signal;
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, stop);
    rmSync(folder, { recursive: true, force: true });
    if (stoppedBy) process.kill(process.pid, stoppedBy);
  }
}
