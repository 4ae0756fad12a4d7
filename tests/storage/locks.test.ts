import { expect, test } from 'vitest';
import { hash, study } from './records.ts';
import { temporaryStorage } from './storage-helper.ts';

test('a study has one lock at most', () => {
  const storage = temporaryStorage();
  const [a, b] = ['a', 'b'].map((name) => storage.studies.put(name, { ...study(), name }, 1)) as [number, number];
  const { locks } = storage.labeling;
  const lock = (n: number) => ({ hash: hash(n), sessions: n, labels: 10 * n, reason: 'researcher' as const });
  locks.set(a, lock(1), 1);
  locks.set(b, lock(2), 2);
  locks.set(a, lock(3), 3);
  expect([locks.current(a), locks.current(b)]).toEqual([
    { ...lock(3), lockedAt: 3 },
    { ...lock(2), lockedAt: 2 },
  ]);
  locks.unlock(a, 4);
  expect([locks.current(a), locks.current(b)?.lockedAt]).toEqual([undefined, 2]);
});
