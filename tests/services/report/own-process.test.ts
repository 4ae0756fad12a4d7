import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { analyze } from '../../../main/analysis/groups/analyze.ts';
import { writeStudyReport } from '../../../main/services/report/write.ts';
import { childrenOf } from '../../soak/host.ts';
import { addSmallStudy, jobEnded, openLab } from '../lab/lab-helper.ts';
import { smallStudy } from '../study/small-study.ts';

// A host answers pages and stores what volunteers say, so it leaves analyses to a process of its own. Mocked in this
// process only: whoever else runs the analysis is not counted.
vi.mock('../../../main/analysis/groups/analyze.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../main/analysis/groups/analyze.ts')>();
  return { ...original, analyze: vi.fn(original.analyze) };
});

afterEach(() => void vi.mocked(analyze).mockClear());

const reportOf = (dataFolder: string, study: string): string =>
  join(dataFolder, 'studies', study, 'report', 'index.html');

test('running a study to its report analyzes nothing in the process of the host', async () => {
  const it = openLab();
  const { models } = smallStudy() as { models: object[] };
  // Without a generator, which would have to be trained.
  const short = { generator: null, reference: null, stimuli: { source: 'blended', alphas: 7 } };
  const study = addSmallStudy(it, { ...short, models: models.slice(0, 1) });
  // The process takes it from its host: asking git would take longer than most of the report.
  Object.assign(it.lab.workbench.environment.product, { commit: 'of-the-host' });
  const job = await jobEnded(it, (await it.client.work.start({ study, goal: 'report' })).job);
  expect(job).toMatchObject({ state: 'done', messages: [] });
  expect(readFileSync(reportOf(it.dataFolder, study), 'utf8')).toMatch(/<p class="meta">.* \(of-the-host\)<\/p>/);
  expect(analyze).not.toHaveBeenCalled();
});

test('opening the sample study analyzes nothing in the process of the host', async () => {
  const it = openLab();
  const { name, job } = await it.client.archives.openSample({});
  expect(await jobEnded(it, job ?? '')).toMatchObject({ state: 'done' });
  expect(existsSync(reportOf(it.dataFolder, name))).toBe(true);
  expect(analyze).not.toHaveBeenCalled();
  // One that this process writes is counted.
  await writeStudyReport(it.lab.workbench, name, join(it.dataFolder, 'written-here'));
  expect(analyze).toHaveBeenCalled();
});

test.skipIf(process.platform !== 'linux')(
  'a process that dies while it makes a report is refused in words',
  async () => {
    const it = openLab();
    const study = addSmallStudy(it);
    const { choice } = await it.client.report.state({ study });
    const preview = expect(it.client.report.preview({ study, choice })).rejects.toMatchObject({
      code: 'REFUSED',
      data: { code: 'report.died', what: expect.stringContaining('ended by SIGKILL'), where: study },
    });
    const { pid } = await vi.waitUntil(() => childrenOf(process.pid).find(({ entry }) => /report-child/.test(entry)), {
      timeout: 60_000,
    });
    process.kill(pid, 'SIGKILL');
    await preview;
    expect(it.defects).toEqual([]);
  },
);
