import { expect, test } from 'vitest';
import { openLab } from '../lab/lab-helper.ts';
import { hour, openedKit, resultFile, sitting } from './kit-results.ts';
import { addStimuli, answer, makeSessions, studyName, upload } from './labeling-helper.ts';

const trials = 3000;

/** A session of a kit with a complete result file. */
async function answeredKit() {
  const it = openLab();
  const { workbench } = it.lab;
  addStimuli(workbench.storage, trials / 3);
  const [session] = await makeSessions(it, 1, { practice: 0, attention: 0, repeats: 0 }, 'kit');
  const { kit, sessions } = it.client.labeling;
  const made = openedKit(await kit.make({ study: studyName, sessions: [session?.id ?? 0] }));
  const [own] = made.sessions;
  if (!session || !own) throw new Error('no session');
  const events = Array.from({ length: trials }, (_, trial) => answer(trial, trial, trial % 3));
  const result = { finished: true, finishedAt: hour(2), sittings: [sitting(events)] };
  const { transaction } = workbench.storage;
  return {
    ...{ ...it, id: session.id, storage: workbench.storage },
    withdraw: () => sessions.withdraw({ session: session.id }),
    apply: async (change: Partial<typeof result> = {}) =>
      kit.apply({
        study: studyName,
        upload: await upload(it, 'x.json', resultFile(made, own, { ...result, ...change })),
      }),
    /** Calls `work` before a transaction of the import. */
    before: (count: number, work: () => void) => {
      let open = count;
      const counted: typeof transaction = (batch) => {
        open -= 1;
        if (open === 0) work();
        return transaction(batch);
      };
      Object.assign(workbench.storage, { transaction: counted });
    },
    afterwards: () => Object.assign(workbench.storage, { transaction }),
    answered: () => workbench.storage.labeling.log.events(session.id).length,
    record: () => workbench.storage.labeling.sessions.get(session.id),
    labels: () => {
      const { setHash, labelerId } = workbench.storage.labeling.sessions.get(session.id) ?? {
        setHash: '',
        labelerId: 0,
      };
      return workbench.storage.responses.current(setHash, labelerId);
    },
  };
}

test('the result of a kit is stored in batches: one that ends early leaves an unfinished session, and can be repeated', async () => {
  const it = await answeredKit();
  it.before(3, () => {
    throw new Error('killed');
  });
  await expect(it.apply()).rejects.toThrow();
  it.afterwards();
  const first = it.answered();
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(trials);
  expect(it.record()).toMatchObject({
    state: 'active',
    answered: first,
    startedAt: Date.parse(hour(1)),
    finishedAt: null,
  });
  expect(it.labels()).toEqual([]);
  expect(await it.apply()).toMatchObject({ newEvents: trials - first });
  const done = { state: 'finished', answered: trials, startedAt: Date.parse(hour(1)), finishedAt: Date.parse(hour(2)) };
  expect(it.record()).toMatchObject(done);
  expect(it.labels()).toHaveLength(trials);
  expect(await it.apply()).toMatchObject({ newEvents: 0 });
});

test('whoever withdraws between two batches leaves nothing', async () => {
  const it = await answeredKit();
  let gone: Promise<unknown> = Promise.resolve();
  it.before(3, () => {
    it.afterwards();
    gone = it.withdraw();
  });
  await expect(it.apply()).rejects.toThrow();
  await gone;
  expect(it.record()).toBeUndefined();
  expect(it.answered()).toBe(0);
});

test('a file that contradicts itself or what is stored is refused before anything of it is stored', async () => {
  const it = await answeredKit();
  const last = trials - 1;
  const twice = sitting([
    ...Array.from({ length: trials }, (_, trial) => answer(trial, trial, 1)),
    answer(last, last, 2),
  ]);
  await expect(it.apply({ sittings: [twice] })).rejects.toThrow(/stored already/);
  expect(it.answered()).toBe(0);
});
