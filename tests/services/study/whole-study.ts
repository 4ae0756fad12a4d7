import { join } from 'node:path';
import { expect } from 'vitest';
import { folderOfRun, madeOnce } from '../../made-once.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { boundary } from './command-line.ts';
import { writeSmallStudy } from './small-study.ts';

export interface WholeStudy {
  data: string;
  study: string;
  /** Milliseconds that it took. */
  duration: number;
}

/** Runs a study in a new data folder, undisturbed, to its report; gives the milliseconds that it took. */
export async function runWhole(data: string, study: string, engine: string): Promise<number> {
  const began = performance.now();
  const ended = await boundary(['--data', data, 'study', 'run', study, '--engine', engine]);
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
  return performance.now() - began;
}

/**
 * Puts a copy of a data folder in which the whole small study ran on wasm into `data`. It ran once for all tests; its
 * study file and images are those of all of them and are not changed.
 */
export async function wholeSmallStudy(data = join(temporaryFolder(), 'data')): Promise<WholeStudy> {
  const folder = folderOfRun('small-study');
  const study = join(folder, 'small.json');
  const duration = await madeOnce('small-study-data', data, async (made) => {
    writeSmallStudy(folder);
    return runWhole(made, study, 'wasm');
  });
  return { data, study, duration };
}
