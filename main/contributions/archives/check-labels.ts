import type { LabelingArchive, PanelArchive, ResponsesArchive, SessionArchive, StimulusSetArchive } from './format.ts';
import { cannotTellChoice } from '../../contract/labeling/index.ts';
import { trialKinds } from '../sessions/contract/plan.ts';

import { checkAnswers } from '../answers/panels/stored-answers.ts';

interface SessionsOf {
  sets: ReadonlyMap<string, KnownSet>;
  labelers: ResponsesArchive['labelers'];
  sessions: number;
}

/** Numbers of removed sessions stay unused, but there are not many of these. */
const freePlaces = 10_000;

const realTrial = trialKinds.indexOf('real');

/** No sessions, as in archives of earlier versions. */
export const noLabeling: LabelingArchive = { plans: [], locks: [], withdrawals: [] };

/** What is wrong with the records that sessions share, or undefined. */
export function labelingFault({ plans, locks }: LabelingArchive): string | undefined {
  if (new Set(plans.map(({ version }) => version)).size !== plans.length) return 'two plans have the same version';
  if (locks.slice(0, -1).some(({ openedAt }) => openedAt === null)) return 'two locks are active at the same time';
  return undefined;
}

/** Checks sessions one after another, each against the study, itself and earlier sessions. */
export class SessionCheck {
  readonly #labeling: LabelingArchive;
  readonly #of: SessionsOf;
  readonly #labelers: ReadonlySet<string>;
  readonly #lastPlace: number;
  readonly #people = new Set<string>();
  readonly #sources = new Set<string>();

  constructor(labeling: LabelingArchive, of: SessionsOf) {
    this.#labeling = labeling;
    this.#of = of;
    this.#labelers = new Set(of.labelers.map(personKey));
    this.#lastPlace = of.sessions + labeling.withdrawals.length + freePlaces;
  }

  /** What is wrong, or undefined. @param place the session's number in its file name */
  fault(session: SessionArchive, place: string): string | undefined {
    const set = this.#of.sets.get(session.setHash);
    const plan = this.#labeling.plans.find(({ version }) => version === session.plan)?.plan;
    if (!set || session.trials.some(([image]) => !set.images.has(image))) return 'one of its images is missing';
    if (!plan) return 'its plan is missing';
    if (plan.names.length > set.classes) return 'its plan has more answers than the stimuli have classes';
    if (String(session.place) !== place) return 'its number differs from its file name';
    if (session.place > this.#lastPlace) return 'its number is much higher than those of other sessions';
    if (this.#sources.has(session.source)) return 'two sessions belong to the same person';
    this.#sources.add(session.source);
    this.#people.add(personKey(session));
    if (hasEnded(session) && !this.#labelers.has(personKey(session))) return 'it has ended, but its labels are missing';
    const isChoice = (choice: number | null): boolean =>
      choice === null || (choice === cannotTellChoice ? plan.cannotTell !== null : choice < plan.names.length);
    return stateFault(session) ?? logFault(session, isChoice) ?? paperFault(session, isChoice);
  }

  /** After all sessions: what is wrong with labelers who have no session, or undefined. */
  nobodysLabels(): string | undefined {
    const isNobodys = this.#of.labelers.some(
      (labeler) => labeler.links.length === 0 && !this.#people.has(personKey(labeler)),
    );
    return isNobodys ? 'a labeler belongs to no session and was never part of a study' : undefined;
  }
}

/** Checks panels one after another. */
export class PanelCheck {
  readonly #sets: ReadonlyMap<string, KnownSet>;
  readonly #labelers: ReadonlySet<string>;
  #hasUsed = false;

  /** @param sets those of the study @param labelers real ones and simulated ones, who answer in no panel */
  constructor(sets: ReadonlyMap<string, KnownSet>, labelers: ResponsesArchive['labelers']) {
    this.#sets = sets;
    this.#labelers = new Set(labelers.filter(({ simulated }) => !simulated).map(personKey));
  }

  /** What is wrong, or undefined. */
  fault(panel: PanelArchive): string | undefined {
    const set = this.#sets.get(panel.setHash);
    if (!set) return 'its stimulus set is missing';
    if (panel.used && this.#hasUsed) return 'two panels are in use';
    this.#hasUsed ||= panel.used;
    const people = panel.kind === 'counts' ? [] : panel.people.map(({ labeler }) => personKey(labeler));
    if (new Set(people).size !== people.length) return 'a labeler occurs twice';
    if (people.some((key) => !this.#labelers.has(key))) return 'a labeler is missing';
    const isOther = panel.kind !== 'counts' && panel.people.some(({ labeler }) => labeler.source !== panel.source);
    if (isOther) return 'a labeler comes from another source';
    const bounds = { ids: set.images, classes: set.classes };
    try {
      if (panel.kind === 'counts') checkAnswers('counts', panel.counts, bounds);
      else for (const { answers } of panel.people) checkAnswers(panel.kind, answers, bounds);
      return undefined;
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      throw error;
    }
  }
}

const hasEnded = ({ state, trials }: SessionArchive): boolean =>
  state === 'finished' && trials.some(([, kind]) => kind === realTrial);

function stateFault({ state, finishedAt, imagesLeft, atTrial, trials, events }: SessionArchive): string | undefined {
  if ((state === 'finished') !== (finishedAt !== null)) return 'its state and its end time disagree';
  if (imagesLeft !== null && (state !== 'finished' || imagesLeft > trials.length))
    return 'its remaining images do not fit its state';
  if (atTrial !== null && atTrial >= trials.length) return 'its current image is not one of its own';
  if (state === 'declined' && events.length > 0) return 'the person declined, but it has answers';
  if (state === 'planned' && events.length > 0) return 'it has not begun, but it has answers';
  return undefined;
}

type IsChoice = (choice: number | null) => boolean;

function logFault({ sittings, events, trials, clockAfter }: SessionArchive, isChoice: IsChoice): string | undefined {
  if (new Set(sittings.map(({ key }) => key)).size !== sittings.length) return 'two of its sittings have the same key';
  if (clockAfter > sittings.length) return 'it refers to missing sittings';
  if (sittings.some(({ notes }) => new Set(notes.map(({ seq }) => seq)).size !== notes.length))
    return 'two of its notes have the same number';
  if (events.some(({ sitting }) => sitting >= sittings.length)) return 'one of its sittings is missing';
  if (new Set(events.map(({ sitting, seq }) => `${sitting} ${seq}`)).size !== events.length)
    return 'two of its events have the same number';
  if (events.some(({ trial }) => trial >= trials.length)) return 'an event refers to an image of another session';
  return events.some(({ choice }) => !isChoice(choice)) ? 'an answer is not one of the choices' : undefined;
}

function paperFault({ paper, trials }: SessionArchive, isChoice: IsChoice): string | undefined {
  if (paper.some(({ trial, choice }) => trial >= trials.length || !isChoice(choice)))
    return 'its paper answers do not fit its images and choices';
  if (new Set(paper.map(({ pass, trial }) => `${pass} ${trial}`)).size !== paper.length)
    return 'a paper answer was entered twice in the same pass';
  return undefined;
}

interface KnownSet {
  readonly images: ReadonlySet<number>;
  readonly classes: number;
}

export const knownSets = (sets: readonly StimulusSetArchive[]): ReadonlyMap<string, KnownSet> =>
  new Map(
    sets.map(({ hash, images, classes }) => [
      hash,
      { images: new Set(images.map(({ id }) => id)), classes: classes.length },
    ]),
  );

const personKey = ({ source, pseudonym }: { source: string; pseudonym: string }): string => `${source}\n${pseudonym}`;

/** What is wrong with an archive's labels, or undefined. */
export function responsesFault(
  { labelers }: ResponsesArchive,
  sets: ReadonlyMap<string, KnownSet>,
): string | undefined {
  const logs = labelers.flatMap(({ log }) => log);
  if (logs.some(({ setHash, imageId }) => !sets.get(setHash)?.images.has(imageId)))
    return 'a label refers to a missing image';
  if (logs.some(({ setHash, label }) => label !== null && label >= (sets.get(setHash)?.classes ?? 0)))
    return 'a label is not one of the classes of its stimulus set';
  if (new Set(labelers.map(personKey)).size !== labelers.length) return 'a labeler occurs twice';
  if (labelers.some(({ links }) => links.filter(({ replacedAt }) => replacedAt === null).length > 1))
    return 'a labeler is linked to the study twice';
  return undefined;
}
