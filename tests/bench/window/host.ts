/** A process of its own for `run-table.ts`: the browser host on a data folder, with workers that are pretended. */
import { openHost, serveBench } from './open-host.ts';

const workers = 8;
/** Events of one worker a second. */
const rate = 50;

const opened = await openHost();
const { workbench: bench, lab } = opened;

const { storage, environment, now } = bench;
/** The first runs of the table, so that all of them are in sight. */
const runs = storage.runs.list().slice(0, workers);
let events = 0;
let timer: NodeJS.Timeout | undefined;

function begin(): void {
  for (const { id } of runs) {
    storage.runs.redo(id, now());
    storage.runs.retry(id, now());
    storage.runs.setRank(id, 1);
    storage.runs.claimNext(['wasm'], environment, now());
  }
  let step = 1_000_000;
  timer = setInterval(() => {
    step += 1;
    for (const { id } of runs) {
      const points = [{ series: 'accuracy', step, value: 90 + Math.sin(step / 50) }];
      const progress = { type: 'progress' as const, done: step % 1000, total: 1000, note: 'at 90 %, on the way' };
      storage.runs.applyEvents(id, [{ type: 'metrics', points }, progress], now());
      lab.changes.publish('runs', [id]);
      events += 1;
    }
  }, 1000 / rate);
}

process.on('message', (message) => {
  if (message === 'events') begin();
  if (message === 'quiet') {
    clearInterval(timer);
    process.send?.({ events });
  }
});
serveBench(opened);
