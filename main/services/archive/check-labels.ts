import type { LabelingArchive, ResponsesArchive, SessionArchive, StimulusSetArchive } from '../../contract/archive.ts';
import { cannotTellChoice, trialKinds } from '../../contract/labeling/plan.ts';

interface SessionsOf {
  sets: ReadonlyMap<string, KnownSet>;
  labelers: ResponsesArchive['labelers'];
  sessions: number;
}

/** Places may be free where sessions were removed, but not many more than people take part. */
const freePlaces = 10_000;

const realTrial = trialKinds.indexOf('real');

/** No sessions, as in archives of earlier versions. */
export const noLabeling: LabelingArchive = { plans: [], locks: [], withdrawals: [] };

/** What contradicts itself in what sessions have in common; undefined: nothing. */
export function labelingFault({ plans, locks }: LabelingArchive): string | undefined {
  if (new Set(plans.map(({ version }) => version)).size !== plans.length) return 'two plans have one version';
  if (locks.slice(0, -1).some(({ openedAt }) => openedAt === null)) return 'two locks hold at once';
  return undefined;
}

/** Looks at sessions one after another: what contradicts the study, the session itself, or those before it. */
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
    this.#labelers = new Set(of.labelers.map(personOf));
    this.#lastPlace = of.sessions + labeling.withdrawals.length + freePlaces;
  }

  /** undefined: nothing is wrong. @param place that the file is named by */
  fault(session: SessionArchive, place: string): string | undefined {
    const set = this.#of.sets.get(session.setHash);
    const plan = this.#labeling.plans.find(({ version }) => version === session.plan)?.plan;
    if (!set || session.trials.some(([image]) => !set.images.has(image))) return 'an image of it is not there';
    if (!plan) return 'its plan is not there';
    if (plan.names.length > set.classes) return 'its plan has more answers than its stimuli have classes';
    if (String(session.place) !== place) return 'it has another place than its name says';
    if (session.place > this.#lastPlace) return 'its place is far beyond those of others';
    if (this.#sources.has(session.source)) return 'its person is there twice';
    this.#sources.add(session.source);
    this.#people.add(personOf(session));
    if (hasEnded(session) && !this.#labelers.has(personOf(session))) return 'it ended, and its labels are not there';
    const isChoice = (choice: number | null): boolean =>
      choice === null || (choice === cannotTellChoice ? plan.cannotTell !== null : choice < plan.names.length);
    return stateFault(session) ?? logFault(session, isChoice) ?? paperFault(session, isChoice);
  }

  /** After all sessions: whether labels are of nobody whom the study has or had. undefined: they are not. */
  nobodysLabels(): string | undefined {
    const isNobodys = this.#of.labelers.some(
      (labeler) => labeler.links.length === 0 && !this.#people.has(personOf(labeler)),
    );
    return isNobodys ? 'a labeler belongs to no session, and never counted' : undefined;
  }
}

const hasEnded = ({ state, trials }: SessionArchive): boolean =>
  state === 'finished' && trials.some(([, kind]) => kind === realTrial);

function stateFault({ state, finishedAt, imagesLeft, atTrial, trials, events }: SessionArchive): string | undefined {
  if ((state === 'finished') !== (finishedAt !== null)) return 'it ended and did not end';
  if (imagesLeft !== null && (state !== 'finished' || imagesLeft > trials.length)) return 'its time is up and is not';
  if (atTrial !== null && atTrial >= trials.length) return 'it is at an image that it does not have';
  if (state === 'declined' && events.length > 0) return 'its person declined and answered';
  if (state === 'planned' && events.length > 0) return 'nobody began it, and it has answers';
  return undefined;
}

type IsChoice = (choice: number | null) => boolean;

function logFault({ sittings, events, trials, clockAfter }: SessionArchive, isChoice: IsChoice): string | undefined {
  if (new Set(sittings.map(({ key }) => key)).size !== sittings.length) return 'two of its sittings have one name';
  if (clockAfter > sittings.length) return 'it counts sittings that are not there';
  if (sittings.some(({ notes }) => new Set(notes.map(({ seq }) => seq)).size !== notes.length))
    return 'two of its notes have one number';
  if (events.some(({ sitting }) => sitting >= sittings.length)) return 'a sitting of it is not there';
  if (new Set(events.map(({ sitting, seq }) => `${sitting} ${seq}`)).size !== events.length)
    return 'two of its events have one number';
  if (events.some(({ trial }) => trial >= trials.length)) return 'an event is of an image that it does not have';
  return events.some(({ choice }) => !isChoice(choice)) ? 'an answer is none that could be given' : undefined;
}

function paperFault({ paper, trials }: SessionArchive, isChoice: IsChoice): string | undefined {
  if (paper.some(({ trial, choice }) => trial >= trials.length || !isChoice(choice)))
    return 'its paper is of another one';
  if (new Set(paper.map(({ pass, trial }) => `${pass} ${trial}`)).size !== paper.length)
    return 'its paper was typed in twice at one place';
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

const personOf = ({ source, pseudonym }: { source: string; pseudonym: string }): string => `${source}\n${pseudonym}`;

/** What contradicts itself in an archive's labels; undefined: nothing. */
export function responsesFault(
  { labelers }: ResponsesArchive,
  sets: ReadonlyMap<string, KnownSet>,
): string | undefined {
  const logs = labelers.flatMap(({ log }) => log);
  if (logs.some(({ setHash, imageId }) => !sets.get(setHash)?.images.has(imageId)))
    return 'a label is of an image that is not there';
  if (logs.some(({ setHash, label }) => label !== null && label >= (sets.get(setHash)?.classes ?? 0)))
    return 'a label is none of the classes of its stimulus set';
  if (new Set(labelers.map(personOf)).size !== labelers.length) return 'a labeler occurs twice';
  if (labelers.some(({ links }) => links.filter(({ replacedAt }) => replacedAt === null).length > 1))
    return 'a labeler counts twice';
  return undefined;
}
