import { randomBytes, randomInt, randomUUID, createCipheriv } from 'node:crypto';
import type { KitPayload } from '../../contract/labeling/kit.ts';
import type { VolunteerView } from '../../contract/labeling/volunteer.ts';
import type { SessionRecord } from '../../storage/index.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Workbench } from '../tools/workbench.ts';
import { clockOf } from './answers.ts';
import type { LabelingDesk } from './service.ts';
import { findSession, refuseLocked } from '../labels/find.ts';
import { refusals } from '../labels/refusals.ts';
import { clearSigns } from './sessions.ts';
import { volunteerView, imageReader } from './volunteer.ts';

/**
 * What a kit for these sessions is made from. Its images say nothing of which they are, nor which of them come twice
 * (`KitImages`); nothing else of the study is in it. A kit for one person holds that person's answers so far; one for
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

/**
 * The images of a kit. A look at its file tells nothing of them: they lie in an order drawn by chance, those that a
 * session shows twice (hidden repeats, clear images) are there as often, and equal ones differ in every byte, as each is
 * written under a counter of its own. Sessions share images, so the file does not grow with the people.
 */
export class KitImages {
  /** 32 bytes in base64. */
  readonly key: string;
  /** Places of the copies of an image, by its name. */
  readonly #places = new Map<string, number[]>();
  readonly #images: string[];
  readonly #desk: LabelingDesk;

  constructor(desk: LabelingDesk, sessions: readonly SessionRecord[]) {
    this.#desk = desk;
    const key = randomBytes(32);
    this.key = key.toString('base64');
    const [copies, pixels] = [new Map<string, number>(), new Map<string, () => Uint8Array>()];
    for (const session of sessions) {
      const image = imageReader(desk, session);
      for (const { name, id, copy } of this.#shown(session)) {
        copies.set(name, Math.max(copies.get(name) ?? 0, copy + 1));
        pixels.set(name, () => image(id));
      }
    }
    const names = shuffled([...copies].flatMap(([name, count]) => new Array<string>(count).fill(name)));
    this.#images = names.map((name, place) => {
      this.#places.set(name, [...(this.#places.get(name) ?? []), place]);
      return hidden(pixels.get(name)?.() ?? new Uint8Array(), key);
    });
  }

  /** Where the image of each trial lies; no place comes twice. */
  indexes(session: SessionRecord): number[] {
    return this.#shown(session).map(({ name, copy }) => this.#places.get(name)?.[copy] ?? 0);
  }

  all(): string[] {
    return this.#images;
  }

  /** The image of each trial, and how often it was shown before in the session. */
  #shown(session: SessionRecord): { name: string; id: number; copy: number }[] {
    const before = new Map<string, number>();
    return this.#desk.bench.storage.labeling.sessions.trials(session.id).map(({ image: id }) => {
      const name = `${session.setHash} ${id}`;
      const copy = before.get(name) ?? 0;
      before.set(name, copy + 1);
      return { name, id, copy };
    });
  }
}

function hidden(pixels: Uint8Array, key: Buffer): string {
  const counter = randomBytes(16);
  const cipher = createCipheriv('aes-256-ctr', key, counter);
  return Buffer.concat([counter, cipher.update(pixels), cipher.final()]).toString('base64');
}

function shuffled(names: string[]): string[] {
  for (let last = names.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [names[last], names[other]] = [names[other] ?? '', names[last] ?? ''];
  }
  return names;
}
