/** Tables of labels about four images of three classes, and what is said of those that are refused. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { layOutStimuli } from '../../../main/domain/stimuli/stimulus-set.ts';
import type { PeopleMapping } from '../../../main/contributions/answers/contract/panels.ts';
import { type About, previewPeople, readPeople } from '../../../main/contributions/answers/panels/read.ts';
import type { CheckPerson } from '../../../main/contributions/answers/left-out.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { singleLabels } from './single-labels.ts';

type Single = ReturnType<typeof singleLabels>;

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
export const nobodyLeftOut: CheckPerson = () => null;

/** A table in a folder of its own. */
export function file(text: string, name = 'table.csv') {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return { path, name };
}

/** What a table of single labels seems to be. */
export const preview = (text: string, mapping: PeopleMapping | null = null, about: Partial<About> = {}) =>
  previewPeople(file(text), { set, checkPerson: nobodyLeftOut, ...about }, { kind: 'single', mapping });

export const who = { labeler: 'who', label: 'what' };
export const mapped = { zero: 0, one: 1, two: 2 };

/** The labels of a table, by row of each person. */
export async function rows(text: string, change: Partial<Single> = {}, about: Partial<About> = {}) {
  const mapping: Single = { ...singleLabels(mapped, who), ...change };
  const { rows: people, ...read } = await readPeople(
    file(text),
    { set, checkPerson: nobodyLeftOut, ...about },
    mapping,
  );
  const labels = people.flatMap(({ pseudonym, answers }) =>
    (JSON.parse(answers) as [number, number | null][]).map(([imageId, label]) => ({ imageId, pseudonym, label })),
  );
  return { ...read, rows: labels };
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
