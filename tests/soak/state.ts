import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

/**
 * What a data folder says of studies and people, by names that the researcher knows, never by row numbers: as read from
 * the database, or as a model expects it. Values never change; a change makes a new one.
 */
export interface State {
  readonly studies: ReadonlyMap<string, StudyState>;
  /** By pseudonym. */
  readonly sessions: ReadonlyMap<string, SessionState>;
  /** Everybody who is a labeler of anything, by pseudonym. */
  readonly people: ReadonlyMap<string, PersonState>;
}

export interface StudyState {
  readonly title: string;
  readonly question: string;
  readonly isDeleted: boolean;
  /** Hash of its stimuli; '' without any. */
  readonly set: string;
  /** Every version of its labeling plan, as JSON. */
  readonly plans: readonly string[];
  /** Pseudonyms of those who count, sorted. */
  readonly people: readonly string[];
  readonly withdrawals: number;
  /** `hash sessions labels reason`; null: not locked. */
  readonly lock: string | null;
  readonly hasPin: boolean;
  readonly panels: readonly string[];
}

export interface SessionState {
  readonly study: string;
  readonly planVersion: number;
  readonly medium: string;
  readonly state: string;
  readonly excluded: string | null;
  readonly answered: number;
  readonly imagesLeft: number | null;
  readonly kits: number;
  /** `image kind block`; kind 0: real. */
  readonly trials: readonly string[];
  /** Keys; those of paper are numbered. */
  readonly sittings: readonly string[];
  /** As `eventLine` writes them, in the order in which they count. */
  readonly events: readonly string[];
  readonly notes: readonly string[];
  /** `pass/trial=choice`, sorted by pass and trial. */
  readonly paper: readonly string[];
}

export interface PersonState {
  readonly simulated: boolean;
  /** The log of their labels, as `responseLine` writes them, in order of arrival. */
  readonly responses: readonly string[];
}

/** Row numbers and addresses of sessions, which calls need. */
export type Handles = ReadonlyMap<string, { id: number; token: string }>;

export interface EventFields {
  sitting: string;
  seq: number;
  trial: number;
  kind: string;
  choice: number | null;
  shownMs: number;
  atMs: number;
}

export const eventLine = ({ sitting, seq, trial, kind, choice, shownMs, atMs }: EventFields, late = ''): string =>
  `${sitting} ${seq}: ${trial} ${kind} ${choice ?? ''} ${shownMs} ${atMs} ${late}`;

/** Trial and choice of a line of the log. */
export function readEventLine(line: string): { trial: number; choice: number | null } {
  const [, , trial = '', , choice = ''] = line.split(' ');
  return { trial: Number(trial), choice: choice === '' ? null : Number(choice) };
}

export const noteLine = (sitting: string, seq: number, kind: string, trial: number | null, atMs: number): string =>
  `${sitting} ${seq}: ${kind} ${trial ?? ''} ${atMs}`;

export const responseLine = (setHash: string, image: number, label: number | null): string =>
  `${setHash.slice(0, 8)}/${image}=${label ?? ''}`;

interface Row {
  [column: string]: string | number | null;
}

const studiesSql = `
  SELECT study.id, name, deleted_at IS NOT NULL AS isDeleted,
    (SELECT spec FROM study_spec WHERE study_id = study.id ORDER BY id DESC LIMIT 1) AS spec,
    (SELECT set_hash FROM study_stimulus_set WHERE study_id = study.id AND replaced_at IS NULL) AS setHash,
    (SELECT hash || ' ' || sessions || ' ' || labels || ' ' || reason FROM labeling_lock
     WHERE study_id = study.id AND opened_at IS NULL) AS lock,
    (SELECT count(*) FROM (SELECT 1 FROM labeling_withdrawal WHERE study_id = study.id
     GROUP BY coalesce(salt, id))) AS withdrawals,
    (SELECT value <> 'null' FROM setting WHERE name = 'labeling-pin:' || study.id) AS hasPin
  FROM study WHERE removed = 0 AND EXISTS (SELECT 1 FROM study_spec WHERE study_id = study.id)`;

const sessionsSql = `
  SELECT session.id, pseudonym, token, study.name AS study, plan.version AS planVersion, medium, state, excluded, answered,
    images_left AS imagesLeft, trials, (SELECT count(*) FROM labeling_kit WHERE session_id = session.id) AS kits
  FROM labeling_session AS session JOIN labeler ON labeler.id = labeler_id JOIN study ON study.id = session.study_id
  JOIN labeling_plan AS plan ON plan.id = plan_id`;

const eventsSql = `
  SELECT event.session_id AS session, sitting_id AS sitting, seq, trial, kind, choice, shown_ms AS shownMs,
    at_ms AS atMs, coalesce(late, '') AS late
  FROM labeling_event AS event ORDER BY event.session_id, sitting_at, event.id`;

/** What the database of a data folder says. A host may have it open. */
export function observe(dataFolder: string): { state: State; handles: Handles } {
  return observeFile(join(dataFolder, 'workbench.sqlite'));
}

export function observeFile(path: string): { state: State; handles: Handles } {
  const database = new BetterSqlite3(path, { readonly: true });
  try {
    return database.transaction(() => new Reader(database).read())();
  } finally {
    database.close();
  }
}

/** Whether the folder still has rows of what was deleted, or of an import that was cut off. */
export function isSettled(dataFolder: string): boolean {
  const database = new BetterSqlite3(join(dataFolder, 'workbench.sqlite'), { readonly: true });
  try {
    const sql = `SELECT 1 FROM withdrawing UNION ALL SELECT 1 FROM study WHERE removed = 1
      OR NOT EXISTS (SELECT 1 FROM study_spec WHERE study_id = study.id) UNION ALL SELECT 1 FROM panel WHERE removed = 1`;
    return database.prepare(sql).get() === undefined;
  } finally {
    database.close();
  }
}

class Reader {
  readonly #db: BetterSqlite3.Database;

  constructor(database: BetterSqlite3.Database) {
    this.#db = database;
  }

  read(): { state: State; handles: Handles } {
    const sessions = this.#rows(sessionsSql);
    const handles = sessions.map(
      (row) => [String(row.pseudonym), { id: Number(row.id), token: String(row.token) }] as const,
    );
    return {
      state: { studies: this.#studies(), sessions: this.#sessions(sessions), people: this.#people() },
      handles: new Map(handles),
    };
  }

  #rows(sql: string): Row[] {
    return this.#db.prepare<[], Row>(sql).all();
  }

  #lists(sql: string): Map<unknown, string[]> {
    const lists = new Map<unknown, string[]>();
    for (const [key, line] of this.#db.prepare(sql).raw().all() as [unknown, string][]) {
      const list = lists.get(key);
      if (list) list.push(line);
      else lists.set(key, [line]);
    }
    return lists;
  }

  #studies(): Map<string, StudyState> {
    const plans = this.#lists('SELECT study_id, plan FROM labeling_plan ORDER BY study_id, version');
    const people = this.#lists(
      `SELECT study_id, pseudonym FROM study_labeler JOIN labeler ON labeler.id = labeler_id
       WHERE replaced_at IS NULL ORDER BY study_id, pseudonym`,
    );
    const panels = this.#lists(
      `SELECT study_id, kind || iif(used, ' used ', ' ') || (SELECT json_group_array(answers ORDER BY id)
         FROM panel_answer WHERE panel_id = panel.id) FROM panel ORDER BY study_id, id`,
    );
    const studies = this.#rows(studiesSql).map((row): [string, StudyState] => {
      const { title, question } = JSON.parse(String(row.spec)) as { title: string; question: string };
      const { id, setHash, withdrawals, lock } = row;
      return [
        String(row.name),
        {
          title,
          question,
          isDeleted: row.isDeleted === 1,
          set: String(setHash ?? ''),
          hasPin: row.hasPin === 1,
          withdrawals: Number(withdrawals),
          lock: lock === null ? null : String(lock),
          plans: plans.get(id) ?? [],
          people: people.get(id) ?? [],
          panels: panels.get(id) ?? [],
        },
      ];
    });
    return new Map(studies);
  }

  #sessions(rows: readonly Row[]): Map<string, SessionState> {
    const sittings = this.#sittings();
    const keys = new Map([...sittings.values()].flat().map(({ id, key }) => [id, key]));
    const events = new Map<unknown, string[]>();
    for (const row of this.#db.prepare<[], EventFields & { session: number; late: string }>(eventsSql).all()) {
      const line = eventLine({ ...row, sitting: keys.get(Number(row.sitting)) ?? '?' }, row.late);
      const list = events.get(row.session);
      if (list) list.push(line);
      else events.set(row.session, [line]);
    }
    const notes = new Map<unknown, string[]>();
    const notesSql = `SELECT session_id AS session, sitting_id AS sitting, seq, kind, trial, at_ms AS atMs FROM labeling_note
      ORDER BY session_id, sitting_id, seq`;
    for (const { session, sitting, seq, kind, trial, atMs } of this.#rows(notesSql)) {
      const key = keys.get(Number(sitting)) ?? '?';
      const line = noteLine(
        key,
        Number(seq),
        String(kind),
        trial === null || trial === undefined ? null : Number(trial),
        Number(atMs),
      );
      notes.set(session, [...(notes.get(session) ?? []), line]);
    }
    const paper = this.#lists(
      `SELECT session_id, pass || '/' || trial || '=' || coalesce(choice, '') FROM labeling_paper
       ORDER BY session_id, pass, trial`,
    );
    return new Map(
      rows.map(({ id, pseudonym, token: _, trials, ...row }) => [
        String(pseudonym),
        {
          ...(row as unknown as Omit<SessionState, 'trials' | 'sittings' | 'events' | 'notes' | 'paper'>),
          trials: (JSON.parse(String(trials)) as number[][]).map((trial) => trial.join(' ')),
          sittings: (sittings.get(Number(id)) ?? []).map(({ key }) => key),
          events: events.get(id) ?? [],
          notes: notes.get(id) ?? [],
          paper: paper.get(id) ?? [],
        },
      ]),
    );
  }

  /** Sittings on paper have no key that anybody chose. */
  #sittings(): Map<number, { id: number; key: string }[]> {
    const sittings = new Map<number, { id: number; key: string }[]>();
    const sql = 'SELECT id, session_id AS session, key, medium FROM labeling_sitting ORDER BY session_id, id';
    for (const { id, session, key, medium } of this.#rows(sql)) {
      const own = sittings.get(Number(session)) ?? [];
      own.push({ id: Number(id), key: medium === 'paper' ? `paper-${own.length}` : String(key) });
      sittings.set(Number(session), own);
    }
    return sittings;
  }

  /** Two labelers of one name are two entries: nobody may be there twice. */
  #people(): Map<string, PersonState> {
    const sql = `SELECT labeler_id, json_group_array(substr(set_hash, 1, 8) || '/' || image_id || '=' || coalesce(label, '')
      ORDER BY id) FROM response GROUP BY labeler_id`;
    const responses = new Map(this.#db.prepare(sql).raw().all() as [number, string][]);
    const people = new Map<string, PersonState>();
    for (const { id, pseudonym, simulated } of this.#rows('SELECT id, pseudonym, simulated FROM labeler ORDER BY id')) {
      const name = people.has(String(pseudonym)) ? `${pseudonym} again` : String(pseudonym);
      const log = JSON.parse(responses.get(Number(id)) ?? '[]') as string[];
      people.set(name, { simulated: simulated === 1, responses: log });
    }
    return people;
  }
}

/** One difference between what must be there and what is, in words. */
export interface Difference {
  /** E.g. `session P-abc: events`. */
  readonly place: string;
  readonly words: string;
}

export function differences(expected: State, found: State): Difference[] {
  return [
    ...differingEntries('study', expected.studies, found.studies),
    ...differingEntries('session', expected.sessions, found.sessions),
    ...differingEntries('labeler', expected.people, found.people),
  ];
}

function differingEntries<T extends object>(
  what: string,
  expected: ReadonlyMap<string, T>,
  found: ReadonlyMap<string, T>,
): Difference[] {
  return [...new Set([...expected.keys(), ...found.keys()])].flatMap((name) => {
    const [wanted, got] = [expected.get(name), found.get(name)];
    const place = `${what} ${name}`;
    if (!wanted) return [{ place, words: `${place} is there, and must not be` }];
    if (!got) return [{ place, words: `${place} is missing` }];
    return (Object.keys(wanted) as (keyof T & string)[]).flatMap((field) => {
      const words = differingValues(wanted[field], got[field]);
      return words === null ? [] : [{ place: `${place}: ${field}`, words: `${place}: ${field} ${words}` }];
    });
  });
}

function differingValues(expected: unknown, found: unknown): string | null {
  if (!Array.isArray(expected) || !Array.isArray(found)) {
    return Object.is(expected, found) ? null : `is ${shown(found)}, expected ${shown(expected)}`;
  }
  const at = expected.findIndex((line, index) => line !== found[index]);
  if (at < 0 && expected.length === found.length) return null;
  const first = at < 0 ? expected.length : at;
  const [wanted, got] = [expected[first], found[first]].map(shown);
  return `has ${found.length} entries, expected ${expected.length}; entry ${first} is ${got}, expected ${wanted}`;
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 160);
