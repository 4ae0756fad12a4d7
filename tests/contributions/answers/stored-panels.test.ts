/** Panels of answers: what is stored is read as it was, of one study and panel alone, beside a plain model of the tables. */
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type PanelKind, panelKinds } from '../../../main/contributions/answers/contract/responses.ts';
import { exportPanel } from '../../../main/contributions/archives/storage/export-panel.ts';
import { Database } from '../../../main/storage/database.ts';
import { Labelers } from '../../../main/storage/labelers.ts';
import { migrate } from '../../../main/storage/migrate.ts';
import { Panels } from '../../../main/contributions/answers/storage/panels.ts';
import { Removals } from '../../../main/storage/removals.ts';
import { StimulusSets } from '../../../main/storage/stimulus-sets.ts';
import { Studies } from '../../../main/storage/studies.ts';
import { LabelingWithdrawals } from '../../../main/storage/labeling/withdrawals.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { hash, stimulusSet, study } from '../../storage/records.ts';

const answersOf = {
  abstain: '[[0,1],[2,null]]',
  set: '[[1,[0,2]]]',
  graded: '[[0,[[0,0.5],[2,-3]]]]',
  counts: '[[1,[[0,4],[2,5]]]]',
};
const findings = { rows: 4, images: 2, unknownImages: { count: 1, names: ['x'] }, empty: 1, withdrawn: 0 };

let db: Database;
let panels: Panels;
let studyIds: number[];
beforeEach(() => {
  db = new Database(join(temporaryFolder(), 'workbench.sqlite'));
  onTestFinished(() => db.close());
  migrate(db);
  panels = new Panels(db);
  const studies = new Studies(db);
  studyIds = ['a', 'b'].map((name) => studies.put(name, { ...study(name), name }, 1));
  new StimulusSets(db).put(stimulusSet(10), 1);
  new StimulusSets(db).put({ ...stimulusSet(20, 5), classes: ['a', 'b', 'c', 'd'] }, 1);
  for (const id of studyIds) studies.useStimuli(id, hash(10), 2);
});

const finish = (steps: Iterator<unknown>): void => {
  while (steps.next().done !== true);
};

interface NewPanel {
  study: number;
  kind: PanelKind;
  source: string;
  key: number;
  set: number;
  isAnonymous: boolean;
  people: readonly string[];
}

/** Imports a panel whose people gave as many answers as their name says. */
function add({ study: at, kind, source, key, set, isAnonymous, people }: NewPanel, now: number): number {
  const rows =
    kind === 'counts'
      ? [{ pseudonym: null, amount: 9, answers: answersOf.counts }]
      : people.map((pseudonym) => ({ pseudonym, amount: Number(pseudonym.slice(1)), answers: answersOf[kind] }));
  const panel = { kind, source, key: hash(key), setHash: hash(set), findings: foundIn(isAnonymous) };
  const steps = panels.importSteps({ ...panel, studyId: studyIds[at] ?? 0 }, rows, now);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) expect(panels.ofStudy(studyIds[at] ?? 0).length).toBeLessThan(now);
  return step.value();
}

const foundIn = (isAnonymous: boolean) => ({ ...findings, ...(isAnonymous && { anonymous: true as const }) });

test('answers of each kind are read as they were stored, people by name', () => {
  const of = (kind: PanelKind) =>
    add({ study: 0, kind, source: 'csv:1', key: 1, set: 10, isAnonymous: false, people: ['Q2', 'P1'] }, 5);
  const [abstain, set, graded, counts] = panelKinds.map(of) as [number, number, number, number];
  const read = (id: number) => panels.readWithPeople(id);
  expect(read(abstain).people.map(({ pseudonym, source, simulated }) => [pseudonym, source, simulated])).toEqual([
    ['P1', 'csv:1', false],
    ['Q2', 'csv:1', false],
  ]);
  const labelers = ['P1', 'Q2'];
  expect(read(abstain).answers).toEqual({
    kind: 'abstain',
    labelers,
    labels: {
      raters: 2,
      images: 3,
      classes: 3,
      values: Int16Array.of(1, -1, -1, 1, -1, -1),
      unanswered: Uint8Array.of(0, 0, 1, 0, 0, 1),
    },
  });
  expect(read(set).answers).toEqual({
    kind: 'set',
    labelers,
    answers: [0, 1].map((labeler) => ({ image: 1, labeler, labels: [0, 2] })),
  });
  expect(read(graded).answers).toEqual({
    kind: 'graded',
    labelers,
    answers: [0, 1].map((labeler) => ({
      image: 0,
      labeler,
      ratings: [
        { label: 0, rating: 0.5 },
        { label: 2, rating: -3 },
      ],
    })),
  });
  expect(read(counts)).toEqual({
    people: [],
    answers: {
      kind: 'counts',
      counts: {
        images: 3,
        classes: 3,
        counts: Uint32Array.of(0, 0, 0, 4, 0, 5, 0, 0, 0),
        present: Uint32Array.of(0, 9, 0),
      },
    },
  });
  expect(() => read(99)).toThrow('there is no panel 99');
  expect(() => panels.addAnswers({ id: counts, studyId: 1, kind: 'counts' }, 1, { amount: 1, answers: '[]' })).toThrow(
    'only counts have no labelers',
  );
  expect(() => panels.addAnswers({ id: set, studyId: 1, kind: 'set' }, null, { amount: 1, answers: '[]' })).toThrow(
    'only counts have no labelers',
  );
  // An image that the set does not have.
  panels.addAnswers(
    { id: set, studyId: 1, kind: 'set' },
    new Labelers(db).ensure({ pseudonym: 'R', source: 'x', simulated: false }, 1),
    {
      amount: 1,
      answers: '[[7,[0]]]',
    },
  );
  expect(() => read(set)).toThrow('an image that its set has not');
});

test('people who withdrew are skipped: anywhere under their source, in their study under any', () => {
  const person = { pseudonym: 'P1', source: 'csv:1', simulated: false };
  const id = new Labelers(db).ensure(person, 1);
  new LabelingWithdrawals(db).withdrawLabeler(studyIds[0] ?? 0, { id, ...person }, 2);
  finish(new Removals(db).steps());
  const peopleOf = (at: number, source: string) => {
    const made = add({ study: at, kind: 'set', source, key: 1, set: 10, isAnonymous: false, people: ['P1', 'Q2'] }, 5);
    return panels.readWithPeople(made).people.map(({ pseudonym }) => pseudonym);
  };
  expect([peopleOf(0, 'csv:1'), peopleOf(0, 'csv:2')]).toEqual([['Q2'], ['Q2']]);
  expect([peopleOf(1, 'csv:1'), peopleOf(1, 'csv:2')]).toEqual([['Q2'], ['P1', 'Q2']]);
});

const at = fc.nat(1);
const source = fc.constantFrom('csv:1', 'csv:2');
const name = fc.constantFrom('P1', 'P2', 'Q3');
const steps = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      step: fc.constant('add' as const),
      study: at,
      kind: fc.constantFrom(...panelKinds),
      source,
      key: fc.nat(1),
      set: fc.constantFrom(10, 10, 20),
      isAnonymous: fc.boolean(),
      people: fc.uniqueArray(name, { minLength: 1 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('use' as const), study: at, panel: fc.option(fc.nat(5)) }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('remove' as const), panel: fc.nat(5) }) },
  fc.record({ step: fc.constant('withdraw' as const), study: at, source, name }),
  fc.record({ step: fc.constant('label' as const), study: at, source, name }),
  fc.record({ step: fc.constant('stimuli' as const), study: at, set: fc.constantFrom(10, 20) }),
  fc.record({ step: fc.constant('delete' as const) }),
);
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;
type Added = NewPanel & { id: number; importedAt: number; isUsed: boolean; isRemoved: boolean };

/** Takes the steps in the tables and in a model of them; what both have then. */
function play(taken: readonly Step[]) {
  const [removals, withdrawals, labelers, studies] = [
    new Removals(db),
    new LabelingWithdrawals(db),
    new Labelers(db),
    new Studies(db),
  ];
  const added: Added[] = [];
  /** People whose answers are being deleted, whom nobody may add meanwhile; those with single labels; and who withdrew. */
  const [gone, labeled, withdrawn] = [new Set<string>(), new Set<string>(), new Set<string>()];
  /** Studies that have or had a person, and names that withdrew from a study. */
  const [links, namesGone] = [new Set<string>(), new Set<string>()];
  const places = [0, 1];
  const sets = [10, 10];
  const keys = ({ source: from, people, kind }: Added) =>
    kind === 'counts' ? [] : people.map((one) => `${from} ${one}`);
  const idOf = (key: string) =>
    labelers.ofSource(key.split(' ')[0] ?? '').find(({ pseudonym }) => key.endsWith(` ${pseudonym}`))?.id;
  /** The person is being deleted. */
  const hide = (key: string): void => {
    gone.add(key);
    labeled.delete(key);
    for (const place of places) links.delete(`${place} ${key}`);
  };
  taken.forEach((of, n) => {
    const now = 100 + n;
    switch (of.step) {
      case 'add': {
        const given = of.people.filter((one) => !gone.has(`${of.source} ${one}`));
        const people = given.filter(
          (one) => !withdrawn.has(`${of.source} ${one}`) && !namesGone.has(`${of.study} ${one}`),
        );
        const id = add({ ...of, people: given }, now);
        const panel = { ...of, people, id, importedAt: now, isUsed: false, isRemoved: false };
        added.push(panel);
        for (const key of keys(panel)) links.add(`${of.study} ${key}`);
        break;
      }
      case 'use': {
        const panel = of.panel === null ? null : added[of.panel];
        if (panel === undefined) break;
        panels.use(studyIds[of.study] ?? 0, panel?.id ?? null);
        for (const one of added) if (one.study === of.study) one.isUsed = one === panel;
        break;
      }
      case 'remove': {
        const panel = added[of.panel];
        if (!panel || panel.isRemoved) break;
        panels.markRemoved(panel.id);
        panel.isRemoved = true;
        const others = new Set(added.flatMap((one) => (one.isRemoved ? [] : keys(one))));
        for (const key of keys(panel)) if (!others.has(key) && !labeled.has(key)) hide(key);
        break;
      }
      case 'withdraw': {
        const key = `${of.source} ${of.name}`;
        const id = idOf(key);
        if (id === undefined) break;
        const person = { id, pseudonym: of.name, source: of.source, simulated: false };
        withdrawals.withdrawLabeler(studyIds[of.study] ?? 0, person, now);
        for (const place of places)
          if (place === of.study || links.has(`${place} ${key}`)) namesGone.add(`${place} ${of.name}`);
        withdrawn.add(key);
        hide(key);
        break;
      }
      case 'label': {
        const key = `${of.source} ${of.name}`;
        if (gone.has(key) || withdrawn.has(key)) break;
        const id = labelers.ensure({ pseudonym: of.name, source: of.source, simulated: false }, now);
        studies.useLabelers(studyIds[of.study] ?? 0, [id], now);
        labeled.add(key);
        links.add(`${of.study} ${key}`);
        break;
      }
      case 'stimuli':
        studies.useStimuli(studyIds[of.study] ?? 0, hash(of.set), now);
        sets[of.study] = of.set;
        break;
      case 'delete':
        finish(removals.steps());
        expect(removals.isPending).toBe(false);
        for (const one of added) {
          const stay = one.people.filter((each) => !gone.has(`${one.source} ${each}`));
          one.people = one.isRemoved ? [] : stay;
        }
        gone.clear();
    }
  });
  return { added, gone, labeled, sets };
}

test('panels of a study, those in use, their people and answers, whatever happens to others', () => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 10, maxLength: 30 }), (taken) => {
      db.exec('BEGIN');
      try {
        const { added, gone, labeled, sets } = play(taken);
        const left = added.filter(({ isRemoved }) => !isRemoved).reverse();
        const peopleOf = ({ kind, source: from, people }: Added) =>
          kind === 'counts' ? [] : people.filter((one) => !gone.has(`${from} ${one}`)).sort();
        const amount = (panel: Added) =>
          panel.kind === 'counts' ? 9 : peopleOf(panel).reduce((sum, one) => sum + Number(one.slice(1)), 0);
        const record = (panel: Added) => {
          const { id, kind, set, source: from, importedAt, isUsed: inUse, isAnonymous } = panel;
          const people = kind === 'counts' || isAnonymous ? null : peopleOf(panel).length;
          return {
            id,
            kind,
            setHash: hash(set),
            source: from,
            importedAt,
            inUse,
            people,
            answers: amount(panel),
            findings: foundIn(isAnonymous),
          };
        };
        for (const [place, studyId] of studyIds.entries()) {
          const own = left.filter((panel) => panel.study === place);
          expect(panels.ofStudy(studyId)).toEqual(own.map(record));
          const used = own.find(({ isUsed, set }) => isUsed && set === sets[place]);
          expect(panels.inUse(studyId)).toEqual(used && record(used));
          for (const key of [0, 1]) {
            const newest = own.find((panel) => panel.key === key);
            expect(panels.byKey(studyId, hash(key))).toEqual(newest && record(newest));
          }
          expect(panels.people(studyId)).toEqual(panels.people(studyId, true));
          for (const areKnown of [true, false]) {
            const people = own
              .filter(({ isAnonymous }) => isAnonymous !== areKnown)
              .flatMap((panel) => peopleOf(panel).map((one) => `${one} ${panel.source}`));
            const found = panels.people(studyId, areKnown).map(({ pseudonym, source: from }) => `${pseudonym} ${from}`);
            expect([...found].sort()).toEqual([...new Set(people)].sort());
            const order = found.map((one) => one.slice(0, 2));
            expect(order).toEqual([...order].sort());
          }
        }
        for (const panel of added) {
          expect(panels.get(panel.id)).toEqual(panel.isRemoved ? undefined : record(panel));
          const { kind, source: from, key, set, importedAt, isUsed: used } = panel;
          const answers = JSON.parse(answersOf[kind]);
          expect(exportPanel(db, panel.id)).toEqual(
            panel.isRemoved
              ? null
              : {
                  kind,
                  source: from,
                  key: hash(key),
                  setHash: hash(set),
                  importedAt,
                  used,
                  findings: foundIn(panel.isAnonymous),
                  ...(kind === 'counts'
                    ? { counts: answers }
                    : {
                        people: peopleOf(panel).map((pseudonym) => ({ labeler: { pseudonym, source: from }, answers })),
                      }),
                },
          );
        }
        finish(new Removals(db).steps());
        const rows = db.get<{ n: number }>('SELECT count(*) AS n FROM panel_answer')?.n;
        expect(rows).toBe(left.reduce((sum, panel) => sum + (panel.kind === 'counts' ? 1 : peopleOf(panel).length), 0));
        // People who have nothing else are gone with their panel.
        const stay = left.flatMap((panel) => peopleOf(panel).map((one) => `${panel.source} ${one}`));
        expect(db.get('SELECT count(*) AS n FROM labeler')).toEqual({ n: new Set([...stay, ...labeled]).size });
        expect(db.get('SELECT count(*) AS n FROM panel')).toEqual({ n: left.length });
        expect(db.get('SELECT count(*) AS n FROM study')).toEqual({ n: 2 });
      } finally {
        db.exec('ROLLBACK');
      }
    }),
    { numRuns: 40 },
  );
});
