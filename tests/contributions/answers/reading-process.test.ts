import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runEnvironment } from '../../../main/files/environment.ts';
import { parser } from '../../../main/files/limits.ts';
import type { Launcher, ProcessListeners } from '../../../main/processes/launcher.ts';
import { ReadingProcess } from '../../../main/contributions/answers/reading-process.ts';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** The process never opens them. */
const nowhere = {
  root: '',
  resources: '',
  dataFolder: '',
  resultModules: [],
  storedModels: [],
  sections: [],
  historiesModule: null,
  environment: runEnvironment(repository),
};

function file(name: string, content: string) {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, name };
}

test('a process that says nothing is given less time for Parquet than for other files, and all while it starts', async () => {
  const { patience, parquetPatience } = parser;
  onTestFinished(() => {
    Object.assign(parser, { patience, parquetPatience });
  });
  Object.assign(parser, { patience: 1000, parquetPatience: 500 });
  /** Starts and says nothing more; `isSilent`: nothing at all. */
  const stuck = (isSilent: boolean): Launcher => ({
    launch: (_, listeners: ProcessListeners) => ({
      pid: undefined,
      // An answer to a question that nobody asked.
      send: () => void setImmediate(() => isSilent || listeners.message({ type: 'answer', id: 1000 })),
      kill: () => void setImmediate(() => listeners.exit({ code: null, signal: 'SIGKILL' })),
    }),
  });
  const [csv, parquet] = [file('a.csv', 'image,label\n'), file('a.parquet', 'PAR1')];
  const refused = async (isSilent: boolean, ...files: { path: string; name: string }[]): Promise<string[]> => {
    const reading = new ReadingProcess({ launcher: stuck(isSilent) });
    onTestFinished(() => reading.close());
    const asked = await Promise.allSettled(
      files.map((one) => reading.ask('gatherToolbox', { ...nowhere, ...one, table: null }, one)),
    );
    return asked.map((one) => (one.status === 'rejected' ? String(one.reason.message) : 'answered'));
  };
  const after = (seconds: string): string =>
    `This file is damaged or made to block programs: a process that reads it stood still (it did not answer within ${seconds} s)`;
  expect(await refused(false, csv)).toEqual([after('1')]);
  expect(await refused(false, parquet)).toEqual([after('0.5')]);
  // Where both are read, the process may be busy with the other one.
  expect(await refused(false, parquet, csv)).toEqual([after('1'), after('1')]);
  expect(await refused(true, parquet)).toEqual([after('1')]);
});
