import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { People } from '../../../main/analysis/labels/answers.ts';
import type { ResponseKind } from '../../../main/contract/stimuli/responses.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import type { Storage } from '../../../main/storage/open.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { newBench } from '../archives/archive-helper.ts';
import { addStimuli, studyName } from '../../services/labeling/labeling-helper.ts';
import { panelsOf } from '../../../main/contributions/answers/storage/panels.ts';

export function file(text: string, name = 'answers.csv'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

export const answersOf = (storage: Storage, panel: { id: number } | null | undefined) =>
  panel ? panelsOf(storage).readWithPeople(panel.id).answers : null;

/** A bench with a study of 33 images between the classes zero, one and two, and what imports a file into it. */
export function benchWithStimuli() {
  const bench = newBench();
  addStimuli(bench.storage);
  const take = async (text: string, kind: ResponseKind | null = null, total: number | null = null) =>
    (await importResponses(bench, studyName, file(text), { kind, total })).detail;
  const newest = () => answersOf(bench.storage, panelsOf(bench.storage).ofStudy(1)[0]);
  return { bench, take, newest, used: () => inUse(bench.storage) };
}

export function inUse(storage: Storage, name = studyName): People | null {
  return answersOf(storage, panelsOf(storage).inUse(storage.studies.byName(name)?.id ?? 0));
}
