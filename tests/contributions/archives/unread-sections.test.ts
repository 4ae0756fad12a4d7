import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { offered } from '../../calls.ts';
import { sql } from '../../storage/storage-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { samplePath } from './archive-helper.ts';

/** Without what reads sweeps and experiments of teaching. */
function benchWithout() {
  const places = { root: repository, resources: join(repository, 'resources') };
  const dataFolder = join(temporaryFolder(), 'data');
  const workbench = openWorkbench({ ...places, dataFolder, ...offered, sections: [] });
  onTestFinished(() => workbench.storage.close());
  return workbench;
}

test('sections that nothing here reads go through archives as they stand, with the files that they name', async () => {
  const [from, to] = [benchWithout(), benchWithout()];
  await importArchive(from, samplePath);
  const { spec } = from.storage.studies.byName('sample') ?? expect.fail('no sample');
  const record = from.storage.blobs.put(Buffer.from('{"what": "made the targets"}'));
  const teaching = { made: { record, labels: 'c'.repeat(64) }, later: [null, 2.5] };
  const sweeps = [{ name: 'size', of: 'a later version' }];
  from.storage.studies.put('sample', { ...spec, teaching, sweeps }, from.now());
  const path = join(temporaryFolder(), 'sample.zip');
  await exportArchive(from, { study: 'sample', path, weights: true });
  expect(await importArchive(to, path)).toMatchObject({ name: 'sample', added: 21, missing: 0 });
  expect(to.storage.studies.byName('sample')?.spec).toMatchObject({ teaching, sweeps });
  expect(to.storage.blobs.get(record).toString()).toBe('{"what": "made the targets"}');
  const [a, b] = [from, to].map(({ storage }) => sql(storage.folder, 'SELECT spec FROM study_spec ORDER BY id'));
  expect(b).toEqual(a);
});
