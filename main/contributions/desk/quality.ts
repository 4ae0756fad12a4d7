import { setImmediate } from 'node:timers/promises';
import { sessionPlan } from './find.ts';
import { findStudy, type Workbench } from '../../services/workbench/index.ts';
import { iso } from '../../services/tools/index.ts';
import type { EventRecord, NoteRecord, SittingRecord } from '../sessions/storage/log.ts';
import type { SessionRecord } from '../../storage/labeling/index.ts';
import { runInBatches } from '../../storage/index.ts';
import { assessSession } from './analysis/assess.ts';
import type { Quality } from './contract/board.ts';
import { clearClass } from './analysis/order.ts';
import { type Period, withoutOverlap } from './analysis/time-limits.ts';
import { deskTables } from './storage/tables.ts';

/** Times, consistency and advice for every finished session. @throws UserError `study.not-found` */
export async function readQuality(workbench: Workbench, studyName: string): Promise<Quality[]> {
  const study = findStudy(workbench, studyName);
  const clear = new Map<string, Map<number, number | null>>();
  const qualities: Quality[] = [];
  for (const session of workbench.storage.labeling.sessions.ofStudy(study.id)) {
    if (session.state !== 'finished') continue;
    const classes = clear.get(session.setHash) ?? clearClasses(workbench, session.setHash);
    clear.set(session.setHash, classes);
    // Long logs take time. Answers of volunteers must be stored meanwhile.
    qualities.push(await runInBatches(qualitySteps(workbench, session, classes)));
    await setImmediate();
  }
  return qualities;
}

function clearClasses({ storage }: Workbench, setHash: string): Map<number, number | null> {
  return new Map(storage.stimulusSets.images(setHash).map((image) => [image.id, clearClass(image)]));
}

function* qualitySteps(
  workbench: Workbench,
  session: SessionRecord,
  classes: ReadonlyMap<number, number | null>,
): Generator<void, Quality> {
  const { log, sessions } = deskTables(workbench.storage);
  const events = log.events(session.id);
  const firstMs = new Array<number | null>(session.trialCount).fill(null);
  const given = Array.from({ length: session.trialCount }, () => new Set<number | null>());
  for (const { trial, kind, choice, atMs, shownMs, late } of events) {
    if (kind !== 'answer' || late !== null) continue;
    firstMs[trial] ??= atMs - shownMs;
    given[trial]?.add(choice);
  }
  yield;
  const notes = log.notes(session.id);
  const focusLost = focusLosses(notes);
  const trials = sessions.trials(session.id);
  const choices = log.choices(session.id, session.trialCount);
  yield;
  const judged = assessSession({
    firstMs,
    answers: given.map(({ size }) => size),
    focusLost,
    timed: session.medium !== 'paper',
    seenAhead: sessionPlan(workbench, session).mode === 'grid',
    trials,
    choices,
    clearClass: (image) => classes.get(image) ?? null,
  });
  const { id, pseudonym, excluded } = session;
  const sittings = log.sittings(session.id);
  const flags = [...judged.flags, ...timeUp(session), ...lateFlags(events), ...misdatedFlags(sittings)];
  return {
    session: id,
    pseudonym,
    excluded,
    ...judged,
    flags,
    seconds: workedSeconds(events, notes, sittings),
    focusLost,
  };
}

function timeUp({ imagesLeft }: SessionRecord): Quality['flags'] {
  if (imagesLeft === null) return [];
  const images = imagesLeft === 1 ? '1 image' : `${imagesLeft} images`;
  return [{ kind: 'time-up', message: `The time limit ended the session with ${images} unanswered.` }];
}

function lateFlags(events: readonly EventRecord[]): Quality['flags'] {
  const count = events.filter(({ kind, late }) => kind === 'answer' && late !== null).length;
  if (count === 0) return [];
  const what =
    count === 1
      ? '1 answer came after the time limit and does not'
      : `${count} answers came after the time limit and do not`;
  return [{ kind: 'late', message: `${what} count.` }];
}

function misdatedFlags(sittings: readonly SittingRecord[]): Quality['flags'] {
  const dates = sittings.flatMap(({ claimedAt }) => (claimedAt === null ? [] : [iso(claimedAt).slice(0, 10)]));
  if (dates.length === 0) return [];
  const what = dates.length === 1 ? '1 sitting in a kit has' : `${dates.length} sittings in kits have`;
  return [
    {
      kind: 'misdated',
      message: `${what} a date that cannot be right (${dates[0]}), so that its answers replace no later ones.`,
    },
  ];
}

/** Seconds from the first image to the last answer of each sitting. Time that two windows spent at once counts once. */
function workedSeconds(
  events: readonly EventRecord[],
  notes: readonly NoteRecord[],
  sittings: readonly SittingRecord[],
): number {
  const eventsBySitting = Map.groupBy(events, ({ sittingId }) => sittingId);
  const notesBySitting = Map.groupBy(notes, ({ sittingId }) => sittingId);
  const times = sittings.map((sitting) => ({
    ...sitting,
    moments: notesBySitting.get(sitting.id) ?? [],
    workPeriods: eventPeriods(eventsBySitting.get(sitting.id) ?? []),
  }));
  return withoutOverlap(times).reduce((sum, ms) => sum + ms, 0) / 1000;
}

function eventPeriods(events: readonly EventRecord[]): Period[] {
  if (events.length === 0) return [];
  const from = events.reduce((least, { shownMs }) => Math.min(least, shownMs), Number.POSITIVE_INFINITY);
  return [{ from, to: events.reduce((most, { atMs }) => Math.max(most, atMs), 0) }];
}

const leavingNotes = new Set(['focus-lost', 'hidden']);
const returningNotes = new Set(['focus-back', 'visible']);

/** An absence starts with the first note that the window lost focus or was hidden, and ends with the first return. */
function focusLosses(notes: readonly NoteRecord[]): Quality['focusLost'] {
  let [times, ms] = [0, 0];
  let since: NoteRecord | null = null;
  for (const note of notes) {
    if (since !== null && since.sittingId !== note.sittingId) since = null;
    if (leavingNotes.has(note.kind) && since === null) {
      since = note;
      times += 1;
    } else if (returningNotes.has(note.kind) && since !== null) {
      ms += note.atMs - since.atMs;
      since = null;
    }
  }
  return { times, seconds: ms / 1000 };
}
