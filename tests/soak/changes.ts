import { sha256 } from '../../main/files/blobs.ts';
import type { Change } from './oracle.ts';
import {
  type EventFields,
  eventLine,
  type PersonState,
  readEventLine,
  responseLine,
  type SessionState,
  type State,
  type StudyState,
} from './state.ts';

/**
 * What each act changes, said without the program's code: by docs/storage.md and docs/data-formats.md.
 */

function withEntry<T>(entries: ReadonlyMap<string, T>, name: string, change: (entry: T) => T): Map<string, T> {
  const entry = entries.get(name);
  if (entry === undefined) throw new Error(`the model has no ${name}`);
  return new Map(entries).set(name, change(entry));
}

function without<T>(entries: ReadonlyMap<string, T>, name: string): Map<string, T> {
  const rest = new Map(entries);
  rest.delete(name);
  return rest;
}

export const inStudy =
  (name: string, change: (study: StudyState) => Partial<StudyState>): Change =>
  (state) => ({
    ...state,
    studies: withEntry(state.studies, name, (study) => ({ ...study, ...change(study) })),
  });

export const inSession =
  (name: string, change: (session: SessionState) => Partial<SessionState>): Change =>
  (state) => ({
    ...state,
    sessions: withEntry(state.sessions, name, (session) => ({ ...session, ...change(session) })),
  });

export const inOrder =
  (...changes: readonly Change[]): Change =>
  (state) =>
    changes.reduce((now, change) => change(now), state);

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

const count =
  (name: string): ((study: StudyState) => Partial<StudyState>) =>
  ({ people }) => ({
    people: sorted([...people, name]),
  });
const discount =
  (name: string): ((study: StudyState) => Partial<StudyState>) =>
  ({ people }) => ({
    people: people.filter((each) => each !== name),
  });

export const session = (state: State, name: string): SessionState => {
  const found = state.sessions.get(name);
  if (!found) throw new Error(`the model has no session ${name}`);
  return found;
};

/** The latest choice of each trial, as the log has it. */
export function choicesOf({ trials, events }: SessionState): (number | null)[] {
  const choices = new Array<number | null>(trials.length).fill(null);
  for (const { trial, choice } of events.map(readEventLine)) choices[trial] = choice;
  return choices;
}

const withEvents =
  (events: readonly string[]): ((before: SessionState) => Partial<SessionState>) =>
  (before) => {
    const after = { ...before, events: [...before.events, ...events] };
    return { events: after.events, answered: choicesOf(after).filter((choice) => choice !== null).length };
  };

export const answers = (name: string, events: readonly EventFields[]): Change =>
  inOrder(
    inSession(name, withEvents(events.map((event) => eventLine(event)))),
    inSession(name, ({ state }) => ({ state: state === 'planned' ? 'active' : state })),
  );

/** Current labels by image, of the log of a person's labels for a set. */
function latest({ responses }: PersonState, set: string): Map<number, number | null> {
  const labels = new Map<number, number | null>();
  for (const line of responses) {
    const [, of = '', image = '', label = ''] = /^(\w+)\/(\d+)=(\d*)$/.exec(line) ?? [];
    if (of === set.slice(0, 8)) labels.set(Number(image), label === '' ? null : Number(label));
  }
  return labels;
}

/** Rows that the log of labels gets when a session ends. */
function endingRows(state: State, name: string): string[] {
  const own = session(state, name);
  const set = state.studies.get(own.study)?.set ?? '';
  const before = latest(state.people.get(name) ?? { simulated: false, responses: [] }, set);
  const choices = choicesOf(own);
  return own.trials.flatMap((trial, index) => {
    const [image = 0, kind] = trial.split(' ').map(Number);
    const choice = choices[index] ?? null;
    const label = choice === -1 ? null : choice;
    return kind !== 0 || before.get(image) === label ? [] : [responseLine(set, image, label)];
  });
}

const addResponses =
  (name: string, rows: readonly string[]): Change =>
  (state) => ({
    ...state,
    people: withEntry(state.people, name, (person) => ({ ...person, responses: [...person.responses, ...rows] })),
  });

export const finish =
  (name: string): Change =>
  (state) => {
    const { study, excluded } = session(state, name);
    return inOrder(
      addResponses(name, endingRows(state, name)),
      inSession(name, () => ({ state: 'finished' })),
      excluded === null ? inStudy(study, count(name)) : (same) => same,
    )(state);
  };

/** Ending a session stores its labels before it, a few at a time; nothing shows them yet. */
export function partOfFinish(name: string, state: State, found: State): State[] {
  const rows = endingRows(state, name);
  const before = state.people.get(name)?.responses.length ?? 0;
  const stored = (found.people.get(name)?.responses.length ?? 0) - before;
  return [finish(name)(state), addResponses(name, rows.slice(0, Math.max(0, stored)))(state)];
}

export const exclude = (name: string, reason: string): Change =>
  inOrder(
    inSession(name, () => ({ excluded: reason })),
    (state) => inStudy(session(state, name).study, discount(name))(state),
  );

export const include = (name: string): Change =>
  inOrder(
    inSession(name, () => ({ excluded: null })),
    (state) => {
      const { study, state: stage } = session(state, name);
      return stage === 'finished' ? inStudy(study, count(name))(state) : state;
    },
  );

export const reopen = (name: string): Change =>
  inOrder(
    inSession(name, () => ({ state: 'active', imagesLeft: null })),
    (state) => inStudy(session(state, name).study, discount(name))(state),
  );

/** Nothing of a person stays, and nowhere, but that somebody withdrew from the study. */
export const withdraw =
  (name: string, study: string): Change =>
  (state) => {
    const left = { ...state, sessions: without(state.sessions, name), people: without(state.people, name) };
    const counted = inStudy(study, (own) => ({ ...discount(name)(own), withdrawals: own.withdrawals + 1 }))(left);
    if (counted.studies.get(study)?.lock === null) return counted;
    return lock(study, 'withdrawal')(counted);
  };

/** A session that nobody used. */
export const removeSession =
  (name: string): Change =>
  (state) => ({ ...state, sessions: without(state.sessions, name), people: without(state.people, name) });

/** The lock of a study whose people all come from its own sessions. */
export const lock =
  (name: string, reason: string): Change =>
  (state) =>
    inStudy(name, ({ set, people }) => {
      const hashed = [`boundary-workbench/labels/2 ${set} ${people.length}\n`];
      let labels = 0;
      for (const person of people) {
        const own = [...latest(state.people.get(person) ?? { simulated: false, responses: [] }, set)];
        own.sort(([a], [b]) => a - b);
        labels += own.filter(([, label]) => label !== null).length;
        hashed.push(`${person}\nsession\n`, ...own.map(([image, label]) => `${image} ${label ?? ''}\n`));
      }
      return { lock: `${sha256(hashed.join(''))} ${people.length} ${labels} ${reason}` };
    })(state);

/** People whose labels came in a table, in the order of its rows. */
export const importTable =
  (study: string, rows: readonly { person: string; image: number; label: number }[]): Change =>
  (state) => {
    const set = state.studies.get(study)?.set ?? '';
    const people = new Map(state.people);
    for (const [person, own] of Map.groupBy(rows, (row) => row.person))
      people.set(person, {
        simulated: false,
        responses: own.map(({ image, label }) => responseLine(set, image, label)),
      });
    return inStudy(study, (own) => ({ people: sorted([...own.people, ...rows.map(({ person }) => person)]) }))({
      ...state,
      people,
    });
  };

/** A study comes out of an archive as it was, without those who withdrew here. */
export const importStudy =
  (name: string, archived: State, withdrawn: ReadonlySet<string>): Change =>
  (state) => {
    const study = archived.studies.get(name);
    if (!study) throw new Error(`the archive has no study ${name}`);
    const isHere = ([person]: readonly [string, unknown]): boolean => !withdrawn.has(person);
    const left = [...archived.sessions.keys()].filter((person) => withdrawn.has(person));
    const people = study.people.filter((person) => !withdrawn.has(person));
    return {
      studies: new Map(state.studies).set(name, { ...study, people, withdrawals: left.length }),
      sessions: new Map([...state.sessions, ...[...archived.sessions].filter(isHere)]),
      people: new Map([...state.people, ...[...archived.people].filter(isHere)]),
    };
  };

/** A study is deleted for good, with its sessions and their people. */
export const purge =
  (name: string): Change =>
  (state) => {
    const own = [...state.sessions].filter(([, { study }]) => study === name).map(([person]) => person);
    const gone = new Set([...own, ...(state.studies.get(name)?.people ?? [])]);
    const isLeft = ([person]: readonly [string, unknown]): boolean => !gone.has(person);
    return {
      studies: without(state.studies, name),
      sessions: new Map([...state.sessions].filter(isLeft)),
      people: new Map([...state.people].filter(isLeft)),
    };
  };

/** New sessions, under pseudonyms that the program drew; `found` has their order, which it drew too. */
export const addSessions =
  (names: readonly string[], found: ReadonlyMap<string, SessionState>, fresh: Omit<SessionState, 'trials'>): Change =>
  (state) => ({
    ...state,
    sessions: new Map([
      ...state.sessions,
      ...names.map((name) => [name, { ...fresh, trials: found.get(name)?.trials ?? [] }] as const),
    ]),
    people: new Map([...state.people, ...names.map((name) => [name, { simulated: false, responses: [] }] as const)]),
  });

const kitAnswers = (name: string, sitting: string, events: readonly EventFields[]): Change =>
  inOrder(
    answers(name, events),
    inSession(name, ({ sittings }) => ({ sittings: events.length > 0 ? [...sittings, sitting] : sittings })),
  );

/** The result file of a kit, which ends its session. */
export const kitResult = (name: string, sitting: string, events: readonly EventFields[]): Change =>
  inOrder(kitAnswers(name, sitting, events), finish(name));

/** Interrupted, the session has the first answers of the file, and is not finished. */
export function partOfKitResult(
  { name, sitting, events }: { name: string; sitting: string; events: readonly EventFields[] },
  state: State,
  found: State,
): State[] {
  const stored = (found.sessions.get(name)?.events.length ?? 0) - session(state, name).events.length;
  const begun = kitAnswers(name, sitting, events.slice(0, Math.max(0, stored)))(state);
  return [kitResult(name, sitting, events)(state), begun, ...partOfFinish(name, begun, found)];
}

/** Paper that was entered twice becomes the answers. */
export const acceptPaper =
  (name: string): Change =>
  (state) => {
    const own = session(state, name);
    const sitting = `paper-${own.sittings.length}`;
    const before = choicesOf(own);
    const entered = new Map(
      own.paper
        .filter((line) => line.startsWith('1/'))
        .map((line) => {
          const [, trial = '', choice = ''] = /^1\/(\d+)=(.*)$/.exec(line) ?? [];
          return [Number(trial), choice === '' ? null : Number(choice)] as const;
        }),
    );
    const events = before.flatMap((choice, trial) => {
      const typed = entered.get(trial) ?? null;
      const event = { sitting, seq: trial, trial, choice: typed, shownMs: 0, atMs: 0 };
      return typed === choice ? [] : [{ ...event, kind: typed === null ? 'undo' : 'answer' }];
    });
    return inOrder(
      answers(name, events),
      inSession(name, ({ sittings }) => ({ sittings: [...sittings, sitting] })),
      finish(name),
    )(state);
  };
