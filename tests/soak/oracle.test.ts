import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../architecture/tools.ts';
import { Tally } from './campaign.ts';
import { answers, exclude, finish, partOfFinish, withdraw } from './changes.ts';
import { edited, faults } from './faults.ts';
import { type Act, Oracle } from './oracle.ts';
import { Silences } from './silences.ts';
import { eventLine, type SessionState, type State, type StudyState } from './state.ts';

const study: StudyState = {
  title: 'Small',
  question: '',
  isDeleted: false,
  set: 'a'.repeat(64),
  plans: ['{}'],
  people: ['B'],
  withdrawals: 0,
  lock: null,
  hasPin: false,
  panels: [],
};

const session: SessionState = {
  study: 'small',
  planVersion: 1,
  medium: 'screen',
  state: 'active',
  excluded: null,
  answered: 0,
  imagesLeft: null,
  kits: 0,
  trials: ['7 0 1', '8 0 1', '7 1 1'],
  sittings: ['s'],
  events: [],
  notes: [],
  paper: [],
};

const start: State = {
  studies: new Map([['small', study]]),
  sessions: new Map([
    ['A', session],
    ['B', { ...session, state: 'finished' }],
  ]),
  people: new Map([
    ['A', { simulated: false, responses: [] }],
    ['B', { simulated: false, responses: ['aaaaaaaa/7=1'] }],
  ]),
};

const event = (seq: number, trial: number, choice: number | null) => ({
  sitting: 's',
  seq,
  trial,
  kind: choice === null ? 'undo' : 'answer',
  choice,
  shownMs: seq * 1000,
  atMs: seq * 1000 + 500.5,
});

const answered = answers('A', [event(0, 0, 1), event(1, 1, 2), event(2, 1, null)])(start);

function check(oracle: Oracle, found: State): string[] {
  const tally = new Tally();
  oracle.check({ state: found, handles: new Map() }, tally);
  return tally.lost;
}

const oracleAt = (state: State): Oracle => new Oracle({ state, handles: new Map() });

const exclusion: Act = { name: 'exclude a session', unsure: (state) => [exclude('B', 'late')(state)] };

test('an acknowledged act must be there, an unacknowledged one completely or not at all', () => {
  const excluded = exclude('B', 'late')(start);
  const acknowledged = oracleAt(start);
  acknowledged.begin(exclusion);
  acknowledged.acknowledge(exclusion, exclude('B', 'late'));
  expect(check(acknowledged, excluded)).toEqual([]);
  expect(check(acknowledged, start)).toEqual([
    expect.stringMatching(/^study small: people .*; session B: excluded is null, expected "late"/),
  ]);
  for (const found of [start, excluded]) {
    const unsure = oracleAt(start);
    unsure.begin(exclusion);
    expect(check(unsure, found)).toEqual([]);
    expect(unsure.state).toEqual(found);
  }
  const half = oracleAt(start);
  half.begin(exclusion);
  expect(check(half, { ...start, sessions: excluded.sessions })).toHaveLength(1);
});

test('a response time, an order and a label are compared value by value', () => {
  const [first, second, ...rest] = answered.sessions.get('A')?.events ?? [];
  const changed = (events: readonly (string | undefined)[]): State => ({
    ...answered,
    sessions: new Map(answered.sessions).set('A', { ...session, answered: 1, events: events.map(String) }),
  });
  expect(check(oracleAt(answered), changed([first, second, ...rest]))).toEqual([]);
  expect(check(oracleAt(answered), changed([second, first, ...rest]))).toHaveLength(1);
  const late = eventLine({ ...event(0, 0, 1), shownMs: 500.5 });
  expect(check(oracleAt(answered), changed([late, second, ...rest]))).toEqual([
    expect.stringContaining('session A: events has 3 entries, expected 3; entry 0'),
  ]);
  const ended = finish('A')(answered);
  expect(ended.people.get('A')?.responses).toEqual(['aaaaaaaa/7=1', 'aaaaaaaa/8=']);
  expect(ended.studies.get('small')?.people).toEqual(['A', 'B']);
  const other = new Map(ended.people).set('A', { simulated: false, responses: ['aaaaaaaa/7=1', 'aaaaaaaa/8=2'] });
  expect(check(oracleAt(ended), { ...ended, people: other })).toHaveLength(1);
});

test('an end that a kill cut off may leave some labels, the first ones, and nothing else', () => {
  const cut = (responses: readonly string[]): State => ({
    ...answered,
    people: new Map(answered.people).set('A', { simulated: false, responses }),
  });
  const ending: Act = { name: 'end a session', unsure: (state, found) => partOfFinish('A', state, found) };
  const look = (found: State): string[] => {
    const oracle = oracleAt(answered);
    oracle.begin(ending);
    return check(oracle, found);
  };
  for (const found of [answered, cut(['aaaaaaaa/7=1']), finish('A')(answered)]) expect(look(found)).toEqual([]);
  expect(look(cut(['aaaaaaaa/8=']))).toHaveLength(1);
});

test('nothing stays of a person who withdrew but a date', () => {
  const left = withdraw('B', 'small')(start);
  expect([...left.sessions.keys(), ...left.people.keys()]).toEqual(['A', 'A']);
  expect(left.studies.get('small')).toMatchObject({ people: [], withdrawals: 1 });
});

test('each fault that mutants plant is still one place in the product', () => {
  for (const { edits } of Object.values(faults)) {
    for (const [file] of edits) {
      const own = edits.filter(([each]) => each === file);
      const text = readFileSync(join(repository, file), 'utf8');
      expect(edited(text, own)).not.toBe(text);
    }
  }
});

const quiet = { span: 5000, waited: 10 };

function silencesOf(gap: number, seconds: number, waited = quiet.waited): Silences {
  const silences = new Silences();
  for (let second = 0; second < seconds; second += 5) {
    silences.add({ ticks: 1000, gaps: [] }, 'work', { ...quiet, waited });
  }
  silences.add({ ticks: 1, gaps: [[gap, 0]] }, 'work, killed', { span: gap, waited: 0 });
  silences.addStart(900, 100, 'start');
  return silences;
}

test('silences and starts are judged, or the verdict says why not', () => {
  expect(silencesOf(60, 120).judge()).toEqual({ found: [], unjudged: [] });
  expect(silencesOf(600, 120).judge().found).toEqual([expect.stringMatching(/^hosts silent for \d+ ms at p99.9/)]);
  expect(silencesOf(600, 10).judge()).toEqual({
    found: [],
    unjudged: [expect.stringMatching(/^silences \(hosts ran for 11 s, 60 s are needed\)$/)],
  });
  expect(silencesOf(2000, 10).judge().found).toEqual(['a host stood still for 2000 ms: work, killed']);
  const busy = silencesOf(2000, 120, 2500).judge();
  expect(busy.found).toEqual([]);
  expect(busy.unjudged).toEqual([
    expect.stringContaining('the machine was busy'),
    '1 silences above 1000 ms',
    'starts (for the same reason)',
  ]);
  const slow = silencesOf(60, 120);
  slow.addStart(4000, 500, 'start');
  expect(slow.judge().found).toEqual(['a start took 3500 ms, 3000 ms are allowed: start']);
});
