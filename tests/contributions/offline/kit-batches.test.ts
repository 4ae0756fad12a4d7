import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { deskTables } from '../../../main/contributions/desk/storage/tables.ts';
import { sql } from '../../storage/storage-helper.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { hour, openedKit, resultFile, sitting } from './kit-results.ts';
import { makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, answer, screen, studyName, upload } from '../../services/labeling/labeling-helper.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

const trials = 3000;

/** A session of a kit with a complete result file. */
async function answeredKit(count = trials) {
  const it = openLab();
  const { workbench } = it.lab;
  addStimuli(workbench.storage, count / 3);
  const [session] = await makeSessions(it, 1, { practice: 0, attention: 0, repeats: 0 }, 'kit');
  const { sessions } = it.client.desk;
  const { makeKit, applyResult } = it.client.offline;
  const made = openedKit(await makeKit({ study: studyName, sessions: [session?.id ?? 0] }));
  const [own] = made.sessions;
  if (!session || !own) throw new Error('no session');
  const events = Array.from({ length: count }, (_, trial) => answer(trial, trial, trial % 3));
  const result = { finished: true, finishedAt: hour(2), sittings: [sitting(events)] };
  const { transaction } = workbench.storage;
  return {
    ...it,
    id: session.id,
    storage: workbench.storage,
    withdraw: () => sessions.withdraw({ session: session.id }),
    apply: async (change: Partial<typeof result> = {}) =>
      applyResult({
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
    answered: () => sessionTables(workbench.storage).log.events(session.id).length,
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

/** Ends each batch after one step. */
function eachStepABatch(): void {
  let now = performance.now();
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => (now += 20));
  onTestFinished(() => spy.mockRestore());
}

/** Number of labels that each transaction adds, as far as it adds or ends something. */
function labelsPerTransaction({ storage }: Pick<Awaited<ReturnType<typeof answeredKit>>, 'storage'>) {
  const { transaction, responses } = storage;
  const { sessions } = deskTables(storage);
  const added: number[] = [];
  let [labels, isEnd] = [0, false];
  const add = responses.addIfNew.bind(responses);
  vi.spyOn(responses, 'addIfNew').mockImplementation((...one) => {
    labels += 1;
    add(...one);
  });
  const setState = sessions.setState.bind(sessions);
  vi.spyOn(sessions, 'setState').mockImplementation((id, state, ...rest) => {
    isEnd ||= state === 'finished';
    setState(id, state, ...rest);
  });
  const counted: typeof transaction = (work) => {
    [labels, isEnd] = [0, false];
    const result = transaction(work);
    if (labels > 0 || isEnd) added.push(labels);
    return result;
  };
  Object.assign(storage, { transaction: counted });
  return added;
}

test('the labels of a kit are stored in steps before its session ends', async () => {
  const it = await answeredKit(300);
  eachStepABatch();
  const added = labelsPerTransaction(it);
  await it.apply();
  expect(added).toEqual([50, 50, 50, 50, 50, 50, 0]);
  expect(it.record()).toMatchObject({ state: 'finished' });
  expect(it.labels()).toHaveLength(300);
});

test('a session that ends on screen stores its labels in steps, once', async () => {
  const it = openLab();
  const { storage } = it.lab.workbench;
  addStimuli(storage, 40);
  const [session] = await makeSessions(it, 1, { practice: 0, attention: 0, repeats: 0 });
  const page = { token: session?.token ?? '', sitting: randomUUID() };
  await it.client.desk.volunteer.open({ ...page, screen });
  const events = Array.from({ length: 120 }, (_, trial) => answer(trial, trial, trial % 3));
  await it.client.desk.volunteer.addEvents({ ...page, events });
  const finish = () => it.client.desk.volunteer.finish({ ...page, leaveBlank: false });
  eachStepABatch();
  const added = labelsPerTransaction({ storage });
  await finish();
  expect(added).toEqual([50, 50, 20, 0]);
  await it.client.desk.sessions.reopen({ session: session?.id ?? 0 });
  await it.client.desk.volunteer.addEvents({ ...page, events: [answer(120, 7, 2)] });
  await Promise.all([finish(), finish()]);
  expect(sql(storage.folder, 'SELECT count(*) AS n FROM response')).toEqual([{ n: 121 }]);
  expect(storage.labeling.sessions.get(session?.id ?? 0)?.state).toBe('finished');
});

test('a kit for several people is made in steps, and not at all if the labels are locked meanwhile', async () => {
  const it = openLab();
  const { storage } = it.lab.workbench;
  addStimuli(storage);
  const made = await makeSessions(it, 4, {}, 'kit');
  const sessions = made.map(({ id }) => id);
  eachStepABatch();
  let turn = 0;
  const clock = setImmediate(function tick() {
    turn += 1;
    next = setImmediate(tick);
  });
  let next = clock;
  onTestFinished(() => clearImmediate(next));
  const turns = new Set<number>();
  const { log } = sessionTables(storage);
  const choices = log.choices.bind(log);
  let seen = (): void => undefined;
  vi.spyOn(log, 'choices').mockImplementation((...one) => {
    turns.add(turn);
    seen();
    return choices(...one);
  });
  const { kit, codes } = await it.client.offline.makeKit({ study: studyName, sessions });
  expect([kit.locked?.sealed.length, codes.length]).toEqual([4, 4]);
  expect(turns.size).toBe(4);
  const kits = () => sql(storage.folder, 'SELECT count(*) AS n FROM labeling_kit');
  expect(kits()).toEqual([{ n: 4 }]);
  const studyId = storage.studies.byName(studyName)?.id ?? 0;
  seen = () =>
    storage.labeling.locks.set(studyId, { hash: 'a'.repeat(64), sessions: 1, labels: 1, reason: 'researcher' }, 1);
  await expect(it.client.offline.makeKit({ study: studyName, sessions })).rejects.toThrow(/locked/);
  expect(kits()).toEqual([{ n: 4 }]);
});
