import { setImmediate } from 'node:timers/promises';
import type { Quality } from '../../contract/labeling/board.ts';
import { cannotTell } from '../../contract/labeling/plan.ts';
import { countedOnce } from '../../contract/labeling/session-clock.ts';
import type { Stretch } from '../../contract/labeling/session-clock.ts';
import { judge } from '../../domain/labeling/quality.ts';
import { clearClass } from '../../domain/labeling/trials.ts';
import type { EventRecord, NoteRecord, SessionRecord, SittingRecord } from '../../storage/index.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Workbench } from '../tools/workbench.ts';
import { planOf } from '../labels/find.ts';

/** Times, self-consistency and advice on every finished session. @throws UserError `study.not-found` */
export async function qualityOf(bench: Workbench, studyName: string): Promise<Quality[]> {
  const study = findStudy(bench, studyName);
  const clear = new Map<string, Map<number, number | null>>();
  const told: Quality[] = [];
  for (const session of bench.storage.labeling.sessions.ofStudy(study.id)) {
    if (session.state !== 'finished') continue;
    const classes = clear.get(session.setHash) ?? clearClasses(bench, session.setHash);
    clear.set(session.setHash, classes);
    told.push(qualityOfSession(bench, session, classes));
    // Logs of thousands of answers take a while each, in which volunteers want their answers stored.
    await setImmediate();
  }
  return told;
}

function clearClasses({ storage }: Workbench, setHash: string): Map<number, number | null> {
  return new Map(storage.stimulusSets.images(setHash).map((image) => [image.id, clearClass(image)]));
}

function qualityOfSession(
  bench: Workbench,
  session: SessionRecord,
  classes: ReadonlyMap<number, number | null>,
): Quality {
  const { log, sessions } = bench.storage.labeling;
  const events = log.events(session.id);
  const firstMs = new Array<number | null>(session.trialCount).fill(null);
  const given = Array.from({ length: session.trialCount }, () => new Set<number | null>());
  for (const { trial, kind, choice, atMs, shownMs, late } of events) {
    if (kind !== 'answer' || late !== null) continue;
    firstMs[trial] ??= atMs - shownMs;
    given[trial]?.add(choice);
  }
  const notes = log.notes(session.id);
  const focusLost = focusOf(notes);
  const judged = judge({
    ...{ firstMs, answers: given.map(({ size }) => size), focusLost, cannotTell },
    ...{ timed: session.medium !== 'paper', seenAhead: planOf(bench, session).mode === 'grid' },
    trials: sessions.trials(session.id),
    choices: log.choices(session.id, session.trialCount),
    clearClass: (image) => classes.get(image) ?? null,
  });
  const { id, pseudonym, excluded } = session;
  const flags = [...judged.flags, ...timeUp(session), ...lateOf(events)];
  return {
    session: id,
    pseudonym,
    excluded,
    ...judged,
    flags,
    seconds: secondsOf(events, notes, log.sittings(session.id)),
    focusLost,
  };
}

function timeUp({ imagesLeft }: SessionRecord): Quality['flags'] {
  if (imagesLeft === null) return [];
  const left = imagesLeft === 1 ? '1 image' : `${imagesLeft} images`;
  return [{ kind: 'time-up', message: `The time was up with ${left} left.` }];
}

function lateOf(events: readonly EventRecord[]): Quality['flags'] {
  const count = events.filter(({ kind, late }) => kind === 'answer' && late !== null).length;
  if (count === 0) return [];
  const what =
    count === 1 ? '1 answer came after its time and does not' : `${count} answers came after their time and do not`;
  return [{ kind: 'late', message: `${what} count.` }];
}

/** From the first image to the last answer of each sitting; what two windows took at once counts once. */
function secondsOf(
  events: readonly EventRecord[],
  notes: readonly NoteRecord[],
  sittings: readonly SittingRecord[],
): number {
  const eventsOf = Map.groupBy(events, ({ sittingId }) => sittingId);
  const notesOf = Map.groupBy(notes, ({ sittingId }) => sittingId);
  const times = sittings.map((sitting) => ({
    ...sitting,
    moments: notesOf.get(sitting.id) ?? [],
    stretches: stretchOf(eventsOf.get(sitting.id) ?? []),
  }));
  return countedOnce(times).reduce((sum, ms) => sum + ms, 0) / 1000;
}

function stretchOf(events: readonly EventRecord[]): Stretch[] {
  if (events.length === 0) return [];
  const from = events.reduce((least, { shownMs }) => Math.min(least, shownMs), Number.POSITIVE_INFINITY);
  return [{ from, to: events.reduce((most, { atMs }) => Math.max(most, atMs), 0) }];
}

const gone = new Set(['focus-lost', 'hidden']);
const back = new Set(['focus-back', 'visible']);

/** A stretch begins with the first sign that the window was left, and ends with the first that it is back. */
function focusOf(notes: readonly NoteRecord[]): Quality['focusLost'] {
  let [times, ms] = [0, 0];
  let since: NoteRecord | null = null;
  for (const note of notes) {
    if (since !== null && since.sittingId !== note.sittingId) since = null;
    if (gone.has(note.kind) && since === null) {
      since = note;
      times += 1;
    } else if (back.has(note.kind) && since !== null) {
      ms += note.atMs - since.atMs;
      since = null;
    }
  }
  return { times, seconds: ms / 1000 };
}
