import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { Database } from '../../../main/storage/database.ts';
import { openLab } from '../lab/lab-helper.ts';
import { labelAll, makeSessions } from '../../contributions/desk/make-sessions.ts';
import { addStimuli, fetched, studyName } from './labeling-helper.ts';

/** Tables with a row for each answer or measurement: millions in a large study. */
const largeTables = ['response', 'labeling_event', 'labeling_note', 'labeling_paper', 'metric'];

/** Statements that the program runs while `work` does, with their parameters. */
async function statementsOf(work: () => Promise<unknown>): Promise<Map<string, unknown[]>> {
  const statements = new Map<string, unknown[]>();
  const spies = (['all', 'get', 'run'] as const).map((name) => {
    const original = Database.prototype[name] as (sql: string, ...parameters: unknown[]) => unknown;
    return vi.spyOn(Database.prototype, name).mockImplementation(function (
      this: Database,
      sql: string,
      ...parameters: unknown[]
    ) {
      statements.set(sql, parameters);
      return original.call(this, sql, ...parameters) as never;
    });
  });
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return statements;
}

test('no call reads a large table from its first row to its last', async () => {
  const it = openLab();
  const { client, lab, dataFolder } = it;
  addStimuli(lab.workbench.storage);
  const sessions = await makeSessions(it, 3);
  const study = { study: studyName };
  const statements = await statementsOf(async () => {
    for (const { token } of sessions) await labelAll(it, token);
    await client.overview.get(study);
    await client.studies.list({});
    await client.desk.board(study);
    await client.desk.quality(study);
    await client.report.state(study);
    for (const format of ['humans', 'events', 'json', 'model-vs-human', 'counts'] as const) {
      const { files } = await client.answers.exportTable({ ...study, format });
      await fetched(it, files[0]?.address ?? '');
    }
    await client.labeling.lock.set(study);
    await client.desk.sessions.withdraw({ session: sessions[0]?.id ?? 0 });
    await client.studies.setDeleted({ ...study, deleted: true });
    await client.studies.purge(study);
  });
  const database = new BetterSqlite3(join(dataFolder, 'workbench.sqlite'), { readonly: true });
  const scans = [...statements].flatMap(([sql, parameters]) => {
    if (!/^\s*(SELECT|INSERT|UPDATE|DELETE)/.test(sql)) return [];
    const plan = database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
    const details = plan.map(({ detail }) => detail);
    const names = largeTables.flatMap((table) => [table, ...aliases(sql, table)]);
    return details.filter((detail) => names.some((name) => new RegExp(`^SCAN ${name}\\b`).test(detail)));
  });
  database.close();
  expect(statements.size).toBeGreaterThan(60);
  expect(scans).toEqual([]);
});

/** Names that a statement gives to a table. */
const aliases = (sql: string, table: string): string[] =>
  [...sql.matchAll(new RegExp(`\\b${table} AS (\\w+)`, 'g'))].map(([, name]) => name ?? '');

test('every foreign key of a large table has an index, without which deleting a parent reads the table', () => {
  const { lab } = openLab();
  const database = new BetterSqlite3(join(lab.workbench.storage.folder, 'workbench.sqlite'), { readonly: true });
  const without = largeTables.flatMap((table) => {
    const indexes = (database.pragma(`index_list(${table})`) as { name: string }[]).map(({ name }) =>
      (database.pragma(`index_info(${name})`) as { name: string }[]).map((column) => column.name).join(),
    );
    const keys = database.pragma(`foreign_key_list(${table})`) as { id: number; from: string }[];
    const columns = [...Map.groupBy(keys, ({ id }) => id).values()].map((key) => key.map(({ from }) => from));
    return columns
      .filter((key) => !indexes.some((index) => key.every((column, at) => index.split(',')[at] === column)))
      .map((key) => `${table} (${key.join(', ')})`);
  });
  database.close();
  // Rows of stimuli are never deleted.
  expect(without).toEqual(['response (set_hash, image_id)']);
});
