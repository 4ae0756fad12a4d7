import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { KitPayload } from '../../contract/labeling/kit.ts';
import type { VolunteerView } from '../../contract/labeling/volunteer.ts';
import type { SessionRecord } from '../../storage/index.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Workbench } from '../tools/workbench.ts';
import { clockOf } from './clock.ts';
import type { LabelingDesk } from './desk.ts';
import { findSession, refuseLocked } from '../labels/find.ts';
import { KitImages } from './kit-images.ts';
import { refusals } from '../labels/refusals.ts';
import { clearSigns } from './sessions.ts';
import { volunteerView } from './volunteer.ts';

/**
 * What a kit for these sessions is made from. Its images say nothing of which they are, nor which of them come twice
 * (kit-images.ts); nothing else of the study is in it. A kit for one person holds that person's answers so far; one for
 * several holds none, as each of them could read the others'.
 * @throws UserError `study.not-found`, `labeling.no-session`, `labeling.medium`, `labeling.closed`, `labeling.locked`
 */
export function makeKit(desk: LabelingDesk, studyName: string, sessionIds: readonly number[]): KitPayload {
  const { bench } = desk;
  const study = findStudy(bench, studyName);
  refuseLocked(bench, study.id);
  const sessions = [...new Set(sessionIds)].map((id) => kitSession(bench, id, study.id));
  const kit = randomUUID();
  const [images, codes] = [new KitImages(desk, sessions), new Set<string>()];
  const parts = sessions.map((session) => {
    const [key, code] = [randomBytes(32), newCode(codes)];
    bench.storage.labeling.kits.add({ kit, sessionId: session.id, code, key }, bench.now());
    return {
      ...{ token: session.token, code, key: key.toString('base64') },
      view: sessions.length > 1 ? blanked(volunteerView(desk, session)) : volunteerView(desk, session),
      clock: clockOf(bench, session).map(({ key: sitting, ms }) => ({ sitting, ms })),
      images: images.indexes(session),
    };
  });
  return {
    schema: 'boundary-workbench/labeling-kit/1',
    ...{
      kit,
      createdAt: new Date(bench.now()).toISOString(),
      sessions: parts,
      imageKey: images.key,
      images: images.all(),
    },
  };
}

/** For a file that others open too: without the person's answers, and as if there were none. */
function blanked(view: VolunteerView): VolunteerView {
  return {
    ...view,
    state: 'ready',
    next: view.trials > 0 ? 0 : null,
    answers: view.answers.map(() => null),
    timedOut: [],
  };
}

function kitSession(bench: Workbench, id: number, studyId: number): SessionRecord {
  const session = findSession(bench, id);
  if (session.studyId !== studyId) throw refusals.noSession(`session ${id}`);
  if (session.medium !== 'kit') throw refusals.medium(session.pseudonym, 'another computer');
  if (session.state === 'finished' || session.state === 'declined') throw refusals.closed(session.pseudonym);
  return session;
}

function newCode(taken: Set<string>): string {
  for (;;) {
    const code = Array.from({ length: 6 }, () => clearSigns[randomInt(clearSigns.length)]).join('');
    if (taken.has(code)) continue;
    taken.add(code);
    return code;
  }
}
