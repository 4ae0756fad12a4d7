import { expect, test } from 'vitest';
import { deskTables } from '../../../../main/contributions/desk/storage/tables.ts';
import { plan, screen } from '../../../services/labeling/labeling-helper.ts';
import { hash, stimulusSet } from '../../../storage/records.ts';
import { temporaryStorage } from '../../../storage/storage-helper.ts';
import { newStudy, person } from '../../archives/full-study.ts';
import { addKit, addPaper } from './labeling-tables.ts';

test('a session has begun by its start, an event, a kit or paper, each alone; others’ do not count', () => {
  const storage = temporaryStorage();
  for (const n of [10, 20]) storage.stimulusSets.put(stimulusSet(n, 3), 1);
  const { sessions, log, plans } = deskTables(storage);
  let made = 0;
  const add = (studyId: number, set = 10): number => {
    made += 1;
    const labelerId = storage.labelers.ensure(person(`S${made}`, `labeling:${hash(made)}`), 1);
    const trials = [0, 1].map((image) => ({ image, kind: 'real' as const, block: 1 }));
    const token = String(made).padStart(22, 'x');
    const planId = plans.save(studyId, plan(), 1).id;
    const place = sessions.nextPlace(studyId);
    return sessions.add({ studyId, planId, setHash: hash(set), labelerId, token, medium: 'screen', place, trials }, 1);
  };
  const uses: Record<string, (id: number) => void> = {
    start: (id) => sessions.setState(id, 'active', 50),
    event: (id) => {
      const sitting = log.ensureSitting(id, 's', { medium: 'screen', openedAt: 1, screen });
      log.add(id, sitting, { seq: 0, trial: 0, kind: 'answer', choice: 1, shownMs: 1, atMs: 2 }, 40);
    },
    kit: (id) => addKit(storage, id),
    paper: (id) => addPaper(storage, id, 1),
  };
  const studies = [...Object.keys(uses), 'none'].map((name) => newStudy(storage, name, 10));
  const ids = studies.map((id) => [add(id), add(id, 20)] as const);
  const begun = (set: number) => studies.map((id) => sessions.hasStartedOn(id, hash(set)));
  expect(begun(10)).toEqual([false, false, false, false, false]);
  Object.values(uses).forEach((use, n) => use(ids[n]?.[0] ?? 0));
  expect(begun(10)).toEqual([true, true, true, true, false]);
  expect(begun(20)).toEqual([false, false, false, false, false]);
  expect(ids.map(([first]) => sessions.readUse(first))).toEqual(['sitting', 'sitting', 'kit', 'paper', null]);
  expect(ids.map(([, second]) => sessions.readUse(second))).toEqual([null, null, null, null, null]);
  // Active and seen at 50; another one was seen at 40, and is not active.
  const active = (from: number, to: number) => sessions.isAnyActiveBetween(from, to);
  expect([active(50, 50), active(51, 60), active(0, 49), active(40, 40), active(0, 99)]).toEqual([
    ...[true, false, false, false, true],
  ]);
  const started = sessions.get(ids[0]?.[0] ?? 0) ?? expect.fail();
  storage.labeling.withdrawals.withdraw(started, 60);
  expect([active(0, 99), sessions.get(started.id)]).toEqual([false, undefined]);
});
