/** Which values the tables of outside models and of snapshots take. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Database, type SqlValue } from '../../main/storage/database.ts';
import { migrate } from '../../main/storage/migrate.ts';
import { classifierTask, newRun } from '../executors/counting-tasks.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hash } from './records.ts';

type Values = Record<string, SqlValue>;

function openDatabase(): Database {
  const database = new Database(join(temporaryFolder(), 'workbench.sqlite'));
  onTestFinished(() => database.close());
  migrate(database);
  database.run("INSERT INTO study (id, name, created_at) VALUES (1, 'a', 1), (2, 'b', 1)");
  return database;
}

const insert = (database: Database, table: string, row: Values): void => {
  const columns = Object.keys(row);
  database.run(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((name) => `$${name}`).join(', ')})`,
    row,
  );
};

/** Whether a table takes a row, which does not stay. */
function takes(database: Database, table: string, row: Values): boolean {
  const undo = new Error('undone');
  try {
    database.transaction(() => {
      insert(database, table, row);
      throw undo;
    });
  } catch (error) {
    if (error === undo) return true;
    expect(String(error)).toMatch(/(CHECK|UNIQUE|NOT NULL) constraint failed/);
  }
  return false;
}

/** Tries the row with each of these values in place of its own. */
function refused(
  database: Database,
  table: string,
  row: Values,
  values: Record<string, SqlValue[]>,
): Record<string, SqlValue[]> {
  expect(takes(database, table, row)).toBe(true);
  return Object.fromEntries(
    Object.entries(values).map(([name, of]) => [
      name,
      of.filter((value) => !takes(database, table, { ...row, [name]: value })),
    ]),
  );
}

const [short, long] = ['a'.repeat(63), 'a'.repeat(65)];

test('an outside model has an identity, a kind and JSON; its answers are blobs of some images and classes', () => {
  const database = openDatabase();
  const model = { id: 1, identity: hash(1), kind: 'onnx', spec: '{}', found: '{}', added_at: 1 };
  expect(
    refused(database, 'outside_model', model, {
      identity: [short, long, hash(2)],
      kind: ['table', 'image-text', 'keras'],
      spec: ['[1]', 'x'],
      found: ['[1]', 'x'],
    }),
  ).toEqual({ identity: [short, long], kind: ['keras'], spec: ['x'], found: ['x'] });
  insert(database, 'outside_model', model);
  expect(takes(database, 'outside_model', { ...model, id: 2 })).toBe(false);

  database.transaction(() => {
    const image = { set_hash: hash(9), image_id: 0, pair_i: 0, pair_j: 1, alpha: 0.5 };
    insert(database, 'stimulus', image);
    const set = { hash: hash(9), width: 1, height: 1, channels: 1, classes: '["a","b"]', image_count: 1 };
    insert(database, 'stimulus_set', { ...set, source: 'imported', provenance: '{}', pixels: hash(8), frozen_at: 1 });
  });
  const answers = { model_id: 1, set_hash: hash(9), labels: hash(3), image_count: 1, classes: 2, at: 1 };
  expect(
    refused(database, 'outside_prediction', answers, {
      labels: [short, long, null],
      softmax: [short, long, null, hash(4)],
      confidence: [short, long, null, hash(4)],
      image_count: [-1, 0, 1, 2],
      classes: [0, 1, 2, 3],
    }),
  ).toEqual({
    labels: [short, long, null],
    softmax: [short, long],
    confidence: [short, long],
    image_count: [-1, 0],
    classes: [0, 1],
  });
  // Softmax has the confidence of every label.
  expect(takes(database, 'outside_prediction', { ...answers, softmax: hash(4), confidence: hash(5) })).toBe(false);
});

test('a study has a model, and a name of one, once at a time', () => {
  const database = openDatabase();
  for (const id of [1, 2])
    insert(database, 'outside_model', { id, identity: hash(id), kind: 'table', spec: '{}', found: '{}', added_at: 1 });
  const link = { study_id: 1, model_id: 1, name: 'x', tested: null, linked_at: 1, removed_at: null };
  expect(
    refused(database, 'study_outside_model', link, { name: ['', 'y'], tested: ['{}', 'x'], removed_at: [2, null] }),
  ).toEqual({ name: [''], tested: ['x'], removed_at: [] });
  insert(database, 'study_outside_model', link);
  const again = (change: Values) => takes(database, 'study_outside_model', { ...link, ...change });
  expect([{}, { name: 'y' }, { model_id: 2 }, { model_id: 2, name: 'y' }].map(again)).toEqual([
    false,
    false,
    false,
    true,
  ]);
  expect([{ study_id: 2 }, { removed_at: 2 }].map(again)).toEqual([true, true]);
  // Those that were taken out keep neither their model nor their name.
  database.run('UPDATE study_outside_model SET removed_at = 2');
  insert(database, 'study_outside_model', { ...link, removed_at: 3 });
  expect(again({})).toBe(true);
});

test('a snapshot is of an accuracy up to 100 %, or of epochs or a loss', () => {
  const database = openDatabase();
  const { key, task } = newRun(classifierTask(1));
  insert(database, 'run', {
    id: 1,
    key,
    kind: 'classifier',
    label: 'l',
    task: JSON.stringify(task),
    priority: 0,
    state: 'queued',
    queued_at: 1,
  });
  const row = { run_id: 1, target: 97.5, step: 0, errors: 3, test_count: 3, accuracy: 0, weights: hash(1), at: 1 };
  expect(
    refused(database, 'snapshot', row, {
      target: [
        ...[-1, 0, 0.5, 1, 98, 100, 100.5, 101, null],
        ...['epochs 1', 'epochs 20', 'loss 0.05', 'epochs', 'epochs ', 'loss ', 'epoch 1', '98', ''],
        ...[Buffer.from('loss 1')],
      ],
      step: [-1, 0, 1],
      errors: [-1, 0, 3, 4],
      test_count: [-1, 0, 2, 4],
      accuracy: [-1, -0.5, 0, 0.5, 100, 100.5, 101],
      weights: [short, long],
    }),
  ).toEqual({
    target: [-1, 0, 100.5, 101, null, 'epochs', 'epochs ', 'loss ', 'epoch 1', '98', '', Buffer.from('loss 1')],
    step: [-1],
    errors: [-1, 4],
    test_count: [-1, 0, 2],
    accuracy: [-1, -0.5, 100.5, 101],
    weights: [short, long],
  });
  expect(takes(database, 'snapshot', { ...row, errors: 0, test_count: 1 })).toBe(true);
  expect(takes(database, 'snapshot', { ...row, errors: 0, test_count: 0 })).toBe(false);
});
