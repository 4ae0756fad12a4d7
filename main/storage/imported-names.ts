import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../contract/wire/errors.ts';
import { removeTemporariesOf, writeFileAtomic } from '../files/atomic.ts';
import { fileError } from '../files/file-errors.ts';
import { makePrivateFolder } from '../files/private.ts';
import type { Database } from './database.ts';
import type { LabelerRecord } from './labelers.ts';

/** Folder of the data folder with names from imported tables. Backups and archives do not have it. */
export const namesFolder = 'names';

const person = z.strictObject({ name: z.string().min(1), pseudonym: z.string().min(1) });
/** A person of an imported table, and the pseudonym under which the database has them. */
export type NamedPerson = z.infer<typeof person>;

const fileSchema = z.strictObject({
  schema: z.literal('boundary-workbench/imported-names/1'),
  /** `source`: of the table's labelers; `file`: the table's file name; `people`: those whose names were replaced. */
  tables: z.array(z.strictObject({ source: z.string(), file: z.string(), people: z.array(person) })),
});
type Tables = z.infer<typeof fileSchema>['tables'];

/** What a table's import says of a labeler; null: not known, or deleted. */
export interface LabelerOrigin {
  name: string | null;
  file: string | null;
}

/**
 * The names that imported tables gave to people whom the database has under pseudonyms, and the tables' file names. Kept
 * in a file of its own beside the database, so that it can be deleted: see docs/privacy.md.
 */
export class ImportedNames {
  readonly #db: Database;
  readonly #path: string;
  /** Sources of imports that have not stored their labelers yet. */
  readonly #pending = new Set<string>();

  constructor(database: Database, folder: string) {
    this.#db = database;
    this.#path = join(folder, namesFolder, 'imported.json');
  }

  /** People of a table, as they were imported. @throws UserError `names.damaged`, `file.*` */
  people(source: string): NamedPerson[] {
    return this.#read().find((table) => table.source === source)?.people ?? [];
  }

  /**
   * Adds people and the file name of a table, before its labelers are stored: without the file, nobody could tell whose
   * labels these are. Call `settle` when they are, or will not be. @throws UserError `names.damaged`, `file.*`
   */
  add(source: string, file: string, people: readonly NamedPerson[]): void {
    this.#pending.add(source);
    const tables = this.#read();
    const known = tables.find((table) => table.source === source);
    if (people.length === 0 && known?.file === file) return;
    const others = tables.filter((table) => table !== known);
    const names = new Set(people.map(({ name }) => name));
    const before = known?.people.filter(({ name }) => !names.has(name)) ?? [];
    this.#write([...others, { source, file, people: [...before, ...people] }]);
  }

  /** Ends an import, whether it succeeded or not. @throws UserError `file.*` */
  settle(source: string): void {
    this.#pending.delete(source);
    this.prune();
  }

  /** Returns a function that finds a labeler's name and file. A damaged file has none. */
  origins(): (labeler: Pick<LabelerRecord, 'source' | 'pseudonym'>) => LabelerOrigin {
    const tables = new Map(this.#readIfPossible().map(({ source, ...table }) => [source, table]));
    return ({ source, pseudonym }) => {
      const { people = [], file = null } = tables.get(source) ?? {};
      return { name: people.find((each) => each.pseudonym === pseudonym)?.name ?? null, file };
    };
  }

  /** Path of the list if it cannot be read: it may still name people who withdrew. */
  get damagedFile(): string | null {
    try {
      this.#read();
      return null;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return this.#path;
    }
  }

  /** Deletes the names and file names of tables. @throws UserError `file.*` */
  forget(sources: ReadonlySet<string>): void {
    this.#write(this.#readIfPossible().filter(({ source }) => !sources.has(source)));
  }

  /** Deletes names of people whom the database no longer has, such as those who withdrew. @throws UserError `file.*` */
  prune(): void {
    const tables = this.#readIfPossible();
    const kept = tables.flatMap((table) => {
      if (this.#pending.has(table.source)) return [table];
      const here = this.#pseudonyms(table.source);
      if (here.size === 0 && !this.#hasPanel(table.source)) return [];
      return [{ ...table, people: table.people.filter(({ pseudonym }) => here.has(pseudonym)) }];
    });
    if (JSON.stringify(kept) !== JSON.stringify(tables)) this.#write(kept);
  }

  #pseudonyms(source: string): Set<string> {
    const rows = this.#db.all<{ pseudonym: string }>(
      'SELECT pseudonym FROM labeler WHERE source = ? AND id NOT IN (SELECT labeler_id FROM withdrawing)',
      source,
    );
    return new Set(rows.map(({ pseudonym }) => pseudonym));
  }

  /** Counts have a file, but no people. */
  #hasPanel(source: string): boolean {
    return this.#db.get('SELECT 1 FROM panel WHERE source = ? AND removed = 0', source) !== undefined;
  }

  #readIfPossible(): Tables {
    try {
      return this.#read();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return [];
    }
  }

  #read(): Tables {
    if (!existsSync(this.#path)) return [];
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8'))).tables;
    } catch (error) {
      if (error instanceof z.ZodError || error instanceof SyntaxError) throw damaged(this.#path);
      throw fileError(error, this.#path);
    }
  }

  #write(tables: Tables): void {
    const folder = join(this.#path, '..');
    if (tables.length === 0 && !existsSync(folder)) return;
    // What a killed writer left has names too; nobody else writes this file.
    removeTemporariesOf(this.#path);
    if (tables.length === 0) return rmSync(this.#path, { force: true });
    makePrivateFolder(folder);
    writeFileAtomic(
      this.#path,
      `${JSON.stringify({ schema: 'boundary-workbench/imported-names/1', tables }, null, 1)}\n`,
    );
  }
}

const damaged = (path: string): UserError =>
  new UserError(
    'names.damaged',
    'The list of names from imported tables cannot be read',
    path,
    'Restore the file, or delete it: labels stay under their pseudonyms, without the names.',
  );
