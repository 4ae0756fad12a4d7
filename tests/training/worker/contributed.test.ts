import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { contributedKinds, taskSchema, type WorkerEvent, type WorkerMessage } from '../../../main/contract/runs/run.ts';
import { WorkerLoop } from '../../../main/training/worker/worker-loop.ts';
import { temporaryFolder } from '../small-data.ts';

const folder = temporaryFolder();
const [kind] = contributedKinds;
vi.mock('../../../main/files/places.ts', async (original) => ({
  ...(await original<object>()),
  entryModule: (name: string) => join(folder, `${name.replaceAll('/', '-')}.mjs`),
}));
afterAll(() => rmSync(folder, { recursive: true }));

/** Does runs with a worker's loop, one after the other, and gives the last event of each: a process has one engine. */
function openLoop(): (task: object) => Promise<WorkerEvent> {
  let receive: (message: unknown) => void = () => undefined;
  let ended: (event: WorkerEvent) => void = () => undefined;
  new WorkerLoop({
    send: ({ event }: WorkerMessage) => {
      if (event.type === 'done' || event.type === 'failed') ended(event);
    },
    onMessage: (listener) => {
      receive = listener;
    },
    onClose: () => undefined,
    leave: () => undefined,
  }).start();
  return (task) =>
    new Promise((resolve) => {
      ended = resolve;
      receive({ type: 'run', run: 1, task, engine: 'wasm', threads: 1, blobs: folder, checkpoint: null });
    });
}

test('a run of a contribution is done by its module, and fails with a reason where that is missing', async () => {
  const ending = openLoop();
  const task = taskSchema.parse({ kind, seed: 7, more: ['anything'] });
  expect(await ending(task)).toMatchObject({
    type: 'failed',
    message: expect.stringContaining(`lacks what does runs of the kind "${kind}"`),
  });
  const source = 'export default async ({ kind, seed }) => ({ result: { kind, file: String(seed).repeat(64) } });';
  writeFileSync(join(folder, `contributions-${kind}-run.mjs`), source);
  expect(await ending(task)).toEqual({ type: 'done', result: { kind, file: '7'.repeat(64) } });
});

test.each([{ generator: 'x' }, { seed: -1 }, { dataSet: { source: 'mnist' } }, { recipe: {} }])(
  'what a contribution names like other tasks means the same: %o is refused',
  (odd) => {
    expect(taskSchema.safeParse({ kind, ...odd }).success).toBe(false);
  },
);
