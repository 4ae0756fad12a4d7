import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Medium } from '../../../../main/contributions/sessions/contract/plan.ts';
import type { Trial } from '../../../../main/contributions/sessions/contract/plan.ts';
import { openStorage, type Storage } from '../../../../main/storage/open.ts';
import { plan } from '../../../services/labeling/labeling-helper.ts';
import { hash, stimulusSet, study } from '../../../storage/records.ts';
import { deskTables } from '../../../../main/contributions/desk/storage/tables.ts';

export const trialsOf = (count: number): Trial[] =>
  Array.from({ length: count }, (_, image) => ({
    image,
    kind: image === 0 ? 'practice' : image === count - 1 ? 'repeat' : 'real',
    block: 1 + Math.floor(image / 2),
  }));

/** An open storage with the studies a and b and two stimulus sets, and what adds sessions. */
export function openLabelingTables() {
  const storage = openStorage(mkdtempSync(join(tmpdir(), 'boundary-test-')));
  const a = storage.studies.put('a', { ...study(), name: 'a' }, 1);
  const b = storage.studies.put('b', { ...study(), name: 'b' }, 1);
  for (const n of [10, 20]) storage.stimulusSets.put(stimulusSet(n), 1);
  let made = 0;

  /** A new session; its place is the next of its study. */
  function addSession(
    studyId = a,
    change: { medium?: Medium; set?: number; trials?: Trial[]; now?: number } = {},
  ): number {
    made += 1;
    const planId = deskTables(storage).plans.save(studyId, plan({ instructions: `For study ${studyId}.` }), 1).id;
    const labelerId = storage.labelers.ensure(
      { pseudonym: `P${made}`, simulated: false, source: `labeling:${made}` },
      1,
    );
    return deskTables(storage).sessions.add(
      {
        studyId,
        planId,
        setHash: hash(change.set ?? 10),
        labelerId,
        token: String(made).padStart(22, '0'),
        medium: change.medium ?? 'screen',
        place: deskTables(storage).sessions.nextPlace(studyId),
        trials: change.trials ?? trialsOf(5),
      },
      change.now ?? 100,
    );
  }

  return { storage, a, b, addSession };
}

export type LabelingTables = ReturnType<typeof openLabelingTables>;

/** What a kit of a session leaves, made by a contribution that this one does not know. */
export function addKit({ database }: Storage, sessionId: number): void {
  database.insert('labeling_kit', { kit: 'k'.padEnd(36), sessionId, key: Buffer.alloc(32), madeAt: 1 });
}

/** What an entry from paper leaves. */
export function addPaper({ database }: Storage, sessionId: number, choice: number | null): void {
  database.insert('labeling_paper', { sessionId, pass: 1, trial: 0, choice, enteredAt: 1 });
}
