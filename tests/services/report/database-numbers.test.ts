import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { reportFolder } from '../../../main/services/workbench/workbench.ts';
import { checkNumbers } from './check-numbers.ts';
import { countFromDatabase } from './from-database.ts';
import { openSample, sampleFolder } from './sample-lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'boundary-test-'));
let dataFolder: string;
let lab: Lab;

beforeAll(async () => {
  process.env.BOUNDARY_CACHE = join(folder, 'cache');
  dataFolder = await sampleFolder(folder);
  lab = new Lab({ workbench: openSample(dataFolder), launcher: new ForkLauncher(), host: 'test' });
});

afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

it('each format of an archive has the numbers that SQL finds in the database, and the kept report is the same', async () => {
  const path = join(folder, 'report.zip');
  const formats = [...wholeReport.formats, ...(lab.reports.printer.missing === null ? (['pdf'] as const) : [])];
  await lab.reports.write('sample', { ...wholeReport, formats }, path, new AbortController().signal);
  const files = unzipSync(readFileSync(path));
  checkNumbers(files, countFromDatabase(dataFolder, 'sample', 97.5));
  const kept = reportFolder(dataFolder, 'sample');
  for (const name of ['index.html', 'humans.csv', 'models.csv', 'predictions.csv', 'tables.json'])
    expect(readFileSync(join(kept, name)).equals(Buffer.from(files[name] ?? [])), name).toBe(true);
});
