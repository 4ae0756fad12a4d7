/** Tables of labels about four images of three classes, and what is said of those that are refused. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { layOutStimuli } from '../../../main/domain/stimulus-set.ts';
import { previewTable, readRows } from '../../../main/services/labeling/tables/rows.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

export const hash = 'a'.repeat(64);
export const set = {
  hash,
  width: 1,
  height: 1,
  channels: 1 as const,
  classes: ['zero', 'one', 'two'],
  source: 'imported' as const,
  provenance: {},
  original: null,
  pixels: hash,
  images: layOutStimuli([[0, 1] as const, [0, 2] as const], [0, 0.25, 1]).map((image) => ({ ...image, z: null })),
};
export const nobodyLeftOut = (): null => null;

/** A table in a folder of its own. */
export function file(text: string, name = 'table.csv') {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return { path, name };
}

export const preview = (
  text: string,
  wanted = {},
  check: Parameters<typeof previewTable>[1]['checkPerson'] = nobodyLeftOut,
) => previewTable(file(text), { set, checkPerson: check, wanted: { label: null, labeler: null, ...wanted } });

export const columns = { image: 'image', labeler: 'who', label: 'what', kind: null as string | null };
export const mapped = { zero: 0, one: 1, two: 2 };
type Reading = Parameters<typeof readRows>[1];

export function rows(text: string, change: Partial<Reading> = {}) {
  const reading = { columns, classes: mapped, simulated: false, set, checkPerson: nobodyLeftOut };
  return readRows(file(text), { ...reading, ...change });
}

/** What a refusal says. */
export const refusal = (work: () => unknown): Promise<unknown> =>
  Promise.resolve()
    .then(work)
    .then(
      () => expect.unreachable(),
      (error: { code?: string; message?: string; where?: string; remedy?: string }) => ({
        code: error.code,
        what: error.message,
        where: error.where,
        remedy: error.remedy,
      }),
    );

export const tableRefusal = (what: string, at: string, remedy: string) => ({
  code: 'labeling.table',
  where: at,
  remedy,
  what: expect.stringContaining(what),
});
