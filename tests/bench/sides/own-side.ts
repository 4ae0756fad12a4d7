/**
 * Our side of the benchmarks: `node own-side.ts CONFIG`, CONFIG as JSON (`ownConfigSchema`). Opens one engine with one
 * thread, makes a trainer as a worker does, says that it is ready, and does what it is told until its input ends.
 */
import { createInterface } from 'node:readline';
import { loadDataSet } from '../../../main/training/data/load/load-data-set.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { createWork } from './own-work.ts';
import { commandSchema, type Done, ownConfigSchema, type Ready } from './protocol.ts';
import type { Work } from './work.ts';

const say = (message: { ready: Ready } | Done): boolean => process.stdout.write(`${JSON.stringify(message)}\n`);

async function measured(work: Work, line: string): Promise<Done> {
  const command = commandSchema.parse(JSON.parse(line));
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const value = await work.perform(command);
  const { user, system } = process.cpuUsage(cpu);
  const memory = process.resourceUsage().maxRSS * 1024;
  return { wall: performance.now() - wall, cpu: (user + system) / 1000, value, memory };
}

const config = ownConfigSchema.parse(JSON.parse(process.argv[2] ?? ''));
const engine = await openEngine(config.engine, { threads: 1 });
const work = await createWork(engine, config.task, loadDataSet({ source: 'mnist' }, '.'));
const { versions, device } = engine.description;
say({ ready: { parameters: work.parameters, versions, notes: { device } } });
for await (const line of createInterface({ input: process.stdin })) say(await measured(work, line));
work.dispose();
