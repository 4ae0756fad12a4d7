import { createCipheriv, pbkdf2, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { KitSession, LockedSessions, MadeKit } from './kit-format.ts';
import type { VolunteerView } from '../desk/contract/view.ts';
import { runInBatches } from '../../storage/index.ts';
import type { SessionRecord } from '../../storage/labeling/index.ts';
import { at } from '../../domain/numbers/index.ts';
import { codeLength } from './kit-code.ts';
import { findStudy, type Workbench } from '../../services/workbench/index.ts';
import { sittingTimes } from '../desk/answers.ts';
import type { DeskService } from '../desk/service.ts';
import { findSession, randomCharacters, refusals, refuseLocked } from '../../services/labels/index.ts';
import { deskRefusals } from '../desk/refusals.ts';
import { offlineRefusals } from './refusals.ts';
import { volunteerView, imageReader } from '../desk/volunteer.ts';
import { offlineTables } from './storage.ts';
import { sessionTables } from '../sessions/storage/tables.ts';

/** Iterations of PBKDF2-HMAC-SHA256. README.md says how long a code withstands. */
const iterations = 200_000;

/**
 * A kit for these sessions. It does not reveal which images it contains or which of them occur twice (`KitImages`), and
 * contains nothing else of the study. A kit for one person contains that person's answers so far. In a kit for several
 * people each session is encrypted under its own code, which nothing keeps, and contains no answers.
 * @throws UserError `study.not-found`, `labeling.no-session`, `labeling.medium`, `labeling.closed`, `labeling.locked`,
 *   `labeling.unknown-image`
 */
export async function makeKit(
  service: DeskService,
  studyName: string,
  sessionIds: readonly number[],
): Promise<MadeKit> {
  const ids = [...new Set(sessionIds)];
  findSessions(service.workbench, studyName, ids);
  const codes = ids.length > 1 ? await SessionCodes.draw(ids.length) : null;
  // Other calls run meanwhile, and between the batches below.
  const sessions = findSessions(service.workbench, studyName, ids);
  const { workbench } = service;
  const kit = randomUUID();
  const images = await runInBatches(KitImages.steps(service, sessions));
  const made = await runInBatches(sessionSteps(service, sessions, images, codes));
  workbench.storage.transaction(() => {
    findSessions(workbench, studyName, ids);
    for (const [index, key] of made.keys.entries()) {
      offlineTables(workbench.storage).kits.add({ kit, sessionId: at(sessions, index).id, key }, workbench.now());
    }
  });
  return {
    kit: {
      schema: 'boundary-workbench/labeling-kit/2',
      kit,
      createdAt: new Date(workbench.now()).toISOString(),
      session: codes ? null : made.last,
      locked: codes?.lock(made.sealed) ?? null,
      imageKey: images.key,
      images: images.encrypted,
    },
    codes: codes?.ofPeople(sessions) ?? [],
  };
}

interface MadeSessions {
  /** Keys of the signatures of result files, one for each session. */
  keys: Buffer[];
  /** Sessions encrypted under their codes; empty without codes. */
  sealed: string[];
  /** The last session, in clear. */
  last: KitSession | null;
}

/** Makes the sessions of a kit, one at a step. @param codes null: the kit is for one person */
function* sessionSteps(
  service: DeskService,
  sessions: readonly SessionRecord[],
  images: KitImages,
  codes: SessionCodes | null,
): Generator<void, MadeSessions> {
  const made: MadeSessions = { keys: [], sealed: [], last: null };
  for (const [index, session] of sessions.entries()) {
    const [view, key] = [volunteerView(service, session), randomBytes(32)];
    const clock = sittingTimes(service.workbench, session).map(({ key: sitting, ms }) => ({ sitting, ms }));
    made.last = {
      token: session.token,
      key: key.toString('base64'),
      clock,
      images: images.trialIndexes(session),
      view: codes ? withoutAnswers(view) : view,
    };
    made.keys.push(key);
    yield;
    if (codes) made.sealed.push(codes.seal(index, made.last));
    yield;
  }
  return made;
}

function findSessions(workbench: Workbench, studyName: string, ids: readonly number[]): SessionRecord[] {
  const study = findStudy(workbench, studyName);
  refuseLocked(workbench, study.id);
  return ids.map((id) => kitSession(workbench, id, study.id));
}

/** A code for each session of a kit, and the keys derived from them. */
class SessionCodes {
  readonly #salt: Buffer;
  readonly #codes: readonly string[];
  readonly #keys: readonly Buffer[];

  private constructor(salt: Buffer, codes: readonly string[], keys: readonly Buffer[]) {
    [this.#salt, this.#codes, this.#keys] = [salt, codes, keys];
  }

  /** Derives the keys on other threads, one after the other: some 30 ms each. */
  static async draw(count: number): Promise<SessionCodes> {
    const salt = randomBytes(16);
    const codes = Array.from({ length: count }, () => randomCharacters(codeLength));
    const keys: Buffer[] = [];
    for (const code of codes) keys.push(await promisify(pbkdf2)(code, salt, iterations, 32, 'sha256'));
    return new SessionCodes(salt, codes, keys);
  }

  /** Encrypts a session under its code. */
  seal(index: number, session: KitSession): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', at(this.#keys, index), nonce);
    const text = Buffer.concat([cipher.update(JSON.stringify(session), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64');
  }

  lock(sealed: string[]): LockedSessions {
    return { salt: this.#salt.toString('base64'), iterations, sealed };
  }

  ofPeople(sessions: readonly SessionRecord[]): MadeKit['codes'] {
    return sessions.map(({ pseudonym }, index) => ({ pseudonym, code: at(this.#codes, index) }));
  }
}

/** The view without answers, for a file that several people open. */
function withoutAnswers(view: VolunteerView): VolunteerView {
  return {
    ...view,
    state: 'ready',
    next: view.trials > 0 ? 0 : null,
    answers: view.answers.map(() => null),
    timedOut: [],
  };
}

function kitSession(workbench: Workbench, id: number, studyId: number): SessionRecord {
  const session = findSession(workbench, id);
  if (session.studyId !== studyId) throw refusals.noSession(`session ${id}`);
  if (session.medium !== 'kit') throw offlineRefusals.medium(session.pseudonym, 'another computer');
  if (session.state === 'finished' || session.state === 'declined') throw deskRefusals.closed(session.pseudonym);
  return session;
}

/**
 * The images of a kit. The file must not reveal what it shows, so images are in random order, those that a session shows
 * twice (hidden repeats, clear images) are stored twice, and equal images differ in every byte, as each is encrypted
 * with a counter of its own. Sessions share images, so the file does not grow with the number of people.
 */
class KitImages {
  /** 32 bytes in base64. */
  readonly key: string;
  /** Each image encrypted, in base64. */
  readonly encrypted: string[] = [];
  /** Indexes of an image's copies, by `imageKey`. */
  readonly #indexes = new Map<string, number[]>();
  readonly #service: DeskService;

  private constructor(service: DeskService, key: Buffer) {
    this.#service = service;
    this.key = key.toString('base64');
  }

  /** Reads the images of a session at a step, then encrypts them. @throws UserError `labeling.unknown-image` */
  static *steps(service: DeskService, sessions: readonly SessionRecord[]): Generator<void, KitImages> {
    const key = randomBytes(32);
    const all = new KitImages(service, key);
    const readers = new Map<string, (id: number) => Uint8Array>();
    const images = new Map<string, { pixels: Uint8Array; copies: number }>();
    for (const session of sessions) {
      const read = readers.get(session.setHash) ?? imageReader(service, session);
      readers.set(session.setHash, read);
      for (const { image, id, copy } of all.#shownImages(session)) {
        const known = images.get(image);
        images.set(image, { pixels: known?.pixels ?? read(id), copies: Math.max(known?.copies ?? 0, copy + 1) });
      }
      yield;
    }
    const copies = shuffle(
      [...images].flatMap(([image, { pixels, copies: count }]) =>
        Array.from({ length: count }, () => ({ image, pixels })),
      ),
    );
    for (const [index, { image, pixels }] of copies.entries()) {
      const known = all.#indexes.get(image);
      if (known) known.push(index);
      else all.#indexes.set(image, [index]);
      all.encrypted.push(encrypt(pixels, key));
      yield;
    }
    return all;
  }

  /** Index into `encrypted` for each trial of a session; no index occurs twice. */
  trialIndexes(session: SessionRecord): number[] {
    return this.#shownImages(session).map(({ image, copy }) => at(this.#indexes.get(image) ?? [], copy));
  }

  /** The image of each trial, and how often the session showed it before. */
  #shownImages(session: SessionRecord): { image: string; id: number; copy: number }[] {
    const shown = new Map<string, number>();
    return sessionTables(this.#service.workbench.storage)
      .sessions.trials(session.id)
      .map(({ image: id }) => {
        const image = `${session.setHash} ${id}`;
        const copy = shown.get(image) ?? 0;
        shown.set(image, copy + 1);
        return { image, id, copy };
      });
  }
}

/** AES-256-CTR behind its 16-byte counter, in base64. */
function encrypt(pixels: Uint8Array, key: Buffer): string {
  const counter = randomBytes(16);
  const cipher = createCipheriv('aes-256-ctr', key, counter);
  return Buffer.concat([counter, cipher.update(pixels), cipher.final()]).toString('base64');
}

function shuffle<T>(items: T[]): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [items[last], items[other]] = [at(items, other), at(items, last)];
  }
  return items;
}
