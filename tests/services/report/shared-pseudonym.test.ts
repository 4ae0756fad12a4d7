import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { analyze } from '../../../main/analysis/groups/analyze.ts';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { readHumansCsv } from '../../../main/contributions/folders/tables/humans-csv-reader.ts';
import { readStudyData } from '../../../main/services/analysis-input.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { labelerNames } from '../../../main/services/labels/people.ts';
import { writeStudyReport } from '../../../main/services/report/write.ts';
import { Sources } from '../../../main/services/analysis-input.ts';
import { exportResponses } from '../../../main/contributions/answers/study-tables.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openSample, sampleFolder } from './sample-lab.ts';
import { labelersOf } from '../../../main/analysis/labels/answers.ts';

it('two labelers of one pseudonym are told apart everywhere, by the same names', async () => {
  const folder = temporaryFolder();
  const workbench = openSample(await sampleFolder(folder));
  try {
    const { storage } = workbench;
    const study = findStudy(workbench, 'sample');
    const setHash = storage.studies.stimuli(study.id)!;
    const table = (source: string, label: number) => ({
      setHash,
      source,
      simulated: false,
      rows: ['P1', 'P2'].flatMap((pseudonym) =>
        storage.stimulusSets.ids(setHash).map((imageId) => ({ imageId, pseudonym, label })),
      ),
    });
    const ids = [table('csv:first', 3), table('csv:second', 4)].flatMap((each) =>
      storage.responses.importTable(each, 1),
    );
    storage.studies.useLabelers(study.id, ids, 1);

    const { input } = readStudyData(workbench, study.id)!;
    const names = labelersOf(input.people);
    expect(new Set(names).size).toBe(4);
    expect(analyze(input).humans.disagree_pct).toBe(100);
    expect(new Sources(storage).read(study)!.labelers.map(({ name }) => name)).toEqual(names);

    await writeStudyReport(workbench, 'sample', join(folder, 'report'), wholeReport);
    exportResponses(workbench, 'sample', join(folder, 'exported.csv'));
    for (const path of [join(folder, 'report', 'humans.csv'), join(folder, 'exported.csv')]) {
      const { labelers, labels } = await readHumansCsv(path);
      expect([...labelers].sort()).toEqual([...names].sort());
      expect(labels.values).toHaveLength(4 * 165);
    }
    expect(readFileSync(join(folder, 'report', 'humans.csv'), 'utf8')).toContain(`,${names[0]},`);
  } finally {
    workbench.storage.close();
  }
});

it('names are the pseudonyms where these differ, and never twice the same', () => {
  const named = (...labelers: [number, string][]): string[] =>
    labelerNames(labelers.map(([id, pseudonym]) => ({ id, pseudonym })));
  expect(named([1, 'a'], [2, 'b'])).toEqual(['a', 'b']);
  expect(named([1, 'a'], [2, 'a'], [3, 'b'])).toEqual(['a (1)', 'a (2)', 'b']);
  expect(new Set(named([1, 'a'], [2, 'a'], [3, 'a (2)'])).size).toBe(3);
});
