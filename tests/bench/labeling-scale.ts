/**
 * Labeling at its largest, stored for real: 300 sessions x 5,000 stimuli. Prints the times of the board, of each export,
 * of one answer, of exporting and importing an archive, and of the board's screen in Chromium. `npm run bench -- labeling`, or by itself with other sizes: `labeling-scale.ts 30 500`.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { exportFormats } from '../../main/contributions/answers/contract/tables.ts';
import { Lab } from '../../main/services/lab/lab.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { tableText } from '../../main/contributions/answers/tables/export.ts';
import { exportArchive } from '../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../main/contributions/archives/import-archive.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { timeBoardScreen } from './labeling-screen.ts';
import { makeSessions } from '../contributions/desk/make-sessions.ts';
import { addStimuli, answer, screen, studyName } from '../services/labeling/labeling-helper.ts';
import { answerAll } from './labeled-study.ts';
import { callsOf } from '../calls.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const [people = 300, stimuli = 5000] = positionals.map(Number);

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-labeling-'));
const bench = openWorkbench({ root, resources: join(root, 'resources'), dataFolder: folder });
const lab = new Lab({ workbench: bench, launcher: new ForkLauncher(), host: 'test' });
const client = callsOf({ lab, log: console.error });

interface Result {
  what: string;
  ms: number;
  /** CPU milliseconds, which other work on the machine changes little; null: not measured. */
  cpuMs: number | null;
}

/** Measures a second call: the first reads the file from disk. */
async function timed(what: string, work: () => Promise<unknown>): Promise<Result> {
  await work();
  const [started, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { what, ms: performance.now() - started, cpuMs: (user + system) / 1000 };
}

/** p95 of a few hundred answers, stored on disk one by one; their processor time is a mean. */
async function answerTimes(): Promise<Result> {
  const [session] = await client.desk.sessions.create({ study: studyName, count: 1, medium: 'screen' });
  if (!session) throw new Error('no session');
  const page = { token: session.token, sitting: randomUUID() };
  await client.desk.volunteer.open({ ...page, screen });
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let trial = 0; trial < Math.min(300, session.trials); trial++) {
    const started = performance.now();
    await client.desk.volunteer.addEvents({ ...page, events: [answer(trial, trial, 1)] });
    times.push(performance.now() - started);
  }
  const { user, system } = process.cpuUsage(before);
  const p95 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;
  return { what: 'one answer, p95', ms: p95, cpuMs: (user + system) / 1000 / times.length };
}

/** Exports an archive and imports it into another data folder; also measures the longest pause of the event loop. */
async function archiveTimes(): Promise<Result[]> {
  const path = join(folder, 'study.zip');
  const elsewhere = openWorkbench({ root, resources: join(root, 'resources'), dataFolder: join(folder, 'elsewhere') });
  const once = async (what: string, work: () => Promise<unknown>): Promise<Result[]> => {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const [started, before] = [performance.now(), process.cpuUsage()];
    await work();
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(before);
    // The last pause is counted in the next turn of the loop.
    await setTimeout(20);
    delay.disable();
    const pause = { what: `${what}, longest pause`, ms: delay.max / 1e6, cpuMs: null };
    return [{ what, ms, cpuMs: (user + system) / 1000 }, pause];
  };
  const out = await once('archive export', () => exportArchive(bench, { study: studyName, path, weights: true }));
  const back = await once('archive import', () => importArchive(elsewhere, path));
  elsewhere.storage.close();
  return [...out, ...back];
}

addStimuli(bench.storage, Math.ceil(stimuli / 3));
await makeSessions({ client }, people, { repeats: 0, practice: 0, attention: 0 });
answerAll(folder);
const results: Result[] = [await timed('board', () => client.desk.board({ study: studyName }))];
for (const format of exportFormats) {
  const drain = async (): Promise<void> => {
    for await (const _ of tableText(lab.labeling, studyName, format));
  };
  results.push(await timed(`export ${format}`, drain));
}
results.push(await answerTimes(), ...(await archiveTimes()));
await lab.close();
const screenTime = await timeBoardScreen(folder, studyName);
if (screenTime !== null) results.push({ what: 'board, on screen', ms: screenTime, cpuMs: null });
for (const { what, ms, cpuMs } of results)
  console.log(`${what}: ${ms.toFixed(1)} ms, CPU ${cpuMs?.toFixed(1) ?? '?'} ms`);
if (values.json) writeFileSync(values.json, JSON.stringify({ people, stimuli, results }));
rmSync(folder, { recursive: true, force: true });
