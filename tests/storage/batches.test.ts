import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { forEachStep, runInBatches } from '../../main/storage/batches.ts';
import { Database } from '../../main/storage/database.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** A clock that each step advances. */
function steppedClock(ms: number) {
  let now = 0;
  return { clock: () => now, step: () => (now += ms) };
}

test('a batch ends after 20 ms, however many steps that are, and other work gets a turn', async () => {
  const { clock, step } = steppedClock(6);
  const order: string[] = [];
  const other = (async () => {
    for (let turn = 1; turn <= 2; turn++) {
      await setImmediate();
      order.push(`turn ${turn}`);
    }
  })();
  const work = runInBatches(
    forEachStep(Array.from({ length: 10 }), () => order.push(`step at ${step()}`)),
    { clock },
  );
  await Promise.all([work, other]);
  const turns = order.flatMap((what, index) => (what.startsWith('turn') ? [index] : []));
  expect(turns).toEqual([4, 9]);
  expect(order).toHaveLength(12);
});

test('a batch is one transaction, and another connection sees complete batches only', async () => {
  const path = join(temporaryFolder(), 'some.sqlite');
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE number (n INTEGER)');
  const { clock, step } = steppedClock(10);
  const other = new Database(path, { readOnly: true });
  const seen: unknown[] = [];
  const work = runInBatches(
    forEachStep([1, 2, 3, 4, 5], (n) => {
      database.run('INSERT INTO number VALUES (?)', n);
      step();
    }),
    { clock, transaction: (batch) => database.transaction(batch) },
  );
  const watch = (async () => {
    for (let turn = 0; turn < 3; turn++) {
      seen.push(other.get<{ n: number }>('SELECT count(*) AS n FROM number')?.n);
      await setImmediate();
    }
  })();
  await Promise.all([work, watch]);
  expect(seen).toEqual([2, 4, 5]);
  other.close();
  database.close();
});

test('an error undoes its batch, earlier batches stay, and a signal ends the work between batches', async () => {
  const database = new Database(join(temporaryFolder(), 'some.sqlite'));
  database.exec('CREATE TABLE number (n INTEGER)');
  const count = () => database.get<{ n: number }>('SELECT count(*) AS n FROM number')?.n;
  const { clock, step } = steppedClock(10);
  const insert = (n: number): void => {
    database.run('INSERT INTO number VALUES (?)', n);
    step();
    if (n === 4) throw new Error('the fourth');
  };
  const transaction = (batch: () => void) => database.transaction(batch);
  await expect(runInBatches(forEachStep([1, 2, 3, 4], insert), { clock, transaction })).rejects.toThrow('the fourth');
  expect(count()).toBe(2);
  const abort = new AbortController();
  const stopped = runInBatches(forEachStep([5, 6, 7], insert), { clock, transaction, signal: abort.signal });
  abort.abort();
  await expect(stopped).rejects.toThrow(/abort/i);
  expect(count()).toBe(4);
  database.close();
});

test('gives what the steps return', async () => {
  const steps = (function* () {
    yield;
    return 'the sum';
  })();
  expect(await runInBatches(steps)).toBe('the sum');
});
