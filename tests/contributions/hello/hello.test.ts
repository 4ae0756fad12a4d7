import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { expect, test, vi } from 'vitest';
import { contributedBy } from '../../../main/contributions/define.ts';
import { runCommandLine } from '../../../main/hosts/cli/program.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { routerWith } from '../../../main/services/api/router.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { ResultsService } from '../../../main/services/results/service.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { hasBrowser, openPage, screenshot, violations } from '../../renderer/harness.ts';
import { addSmallStudy } from '../../services/lab/lab-helper.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { asking } from '../../services/results/section-tables.ts';
import { hello, type HelloCalls } from './index.ts';
import helloResults from './results.ts';
import { servePage } from './serve-page.ts';

const group = { kind: 'diverse', target: 97.5 } as const;

const open = (dataFolder: string, contributions = [hello]) => {
  const places = { root: repository, resources: join(repository, 'resources'), dataFolder };
  const workbench = openWorkbench({ ...places, ...contributedBy(contributions) });
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test', contributions });
  const clientOf = (limits: { isOwn: () => boolean; study: null; release: () => void } | null) => {
    const page = { limits, closed: new AbortController().signal };
    const context = { lab, log: (error: unknown): void => console.error(error), page };
    return createRouterClient(routerWith(contributions), { context }) as unknown as { hello: RouterClient<HelloCalls> };
  };
  return {
    lab,
    client: clientOf(null),
    limited: clientOf({ isOwn: () => true, study: null, release: () => undefined }),
  };
};

/** What its command prints. */
async function printed(dataFolder: string, ...args: string[]): Promise<string> {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const exitCode = await runCommandLine(['--data', dataFolder, ...args], [hello]);
  const text = out.mock.calls.map(([each]) => each).join('');
  out.mockRestore();
  expect(exitCode).toBe(0);
  return text;
}

test('a setting, results, calls, a command, a table of the database and a view take at most 120 lines', () => {
  const lines = (file: string): number => readFileSync(join(import.meta.dirname, file), 'utf8').split('\n').length - 1;
  const all = ['index.ts', 'page.tsx', 'results.ts', 'settings.ts'].map(lines);
  expect(all.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(120);
});

test('its calls answer pages and refuse limited pages, and its command prints what they stored', async () => {
  const dataFolder = join(temporaryFolder(), 'data');
  const { lab, client, limited } = open(dataFolder);
  const study = addSmallStudy({ lab });
  const print = (...args: string[]): Promise<string> => printed(dataFolder, 'study', 'greetings', study, ...args);
  expect(await print()).toBe('');
  expect(lab.workbench.storage.contributors()).toEqual([]);
  await client.hello.greet({ study });
  await client.hello.greet({ study, word: 'Good day' });
  expect(await print()).toBe('Hello\nGood day\n');
  expect(await print('--word', 'Hello')).toBe('Hello\n');
  await expect(limited.hello.table({ study })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(client.hello.greet({ study, word: '' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(client.hello.greet({ study: 'no such study' })).rejects.toMatchObject({
    data: { code: 'study.not-found' },
  });
  await lab.close();
});

test('the process that computes results makes its table, and makes it again when what it read has changed', async () => {
  const { lab, client } = open(join(temporaryFolder(), 'data'));
  const study = addSmallStudy({ lab }, { title: 'Zeros, ones' });
  const rows = async () => (await client.hello.table({ study })).rows;
  expect(await rows()).toEqual([]);
  await client.hello.greet({ study });
  expect(await rows()).toEqual([['Hello, Zeros, ones']]);
  lab.workbench.storage.studies.put(study, { ...findStudy(lab.workbench, study).spec, title: 'Zeros' }, 1);
  expect(await rows()).toEqual([['Hello, Zeros']]);
  await lab.close();
});

test('without it the folder opens and keeps its data, and says so; a deleted study takes them along', async () => {
  const dataFolder = join(temporaryFolder(), 'data');
  const before = open(dataFolder);
  const study = addSmallStudy(before);
  await before.client.hello.greet({ study });
  await before.lab.close();
  const without = open(dataFolder, []);
  expect(without.lab.notices).toEqual(['This version lacks hello. Its data in this folder are kept.']);
  await without.lab.close();
  const again = open(dataFolder);
  expect(again.lab.notices).toEqual([]);
  expect((await again.client.hello.table({ study })).rows).toHaveLength(1);
  const { storage } = again.lab.workbench;
  storage.database.run('DELETE FROM study WHERE name = ?', study);
  expect(storage.tablesOf(hello.tables)?.all('SELECT * FROM hello_greeting')).toEqual([]);
  await again.lab.close();
});

test.skipIf(!hasBrowser)(
  'Results has its view, which greets and shows at once who did; the report has the table',
  async () => {
    const dataFolder = await sampleFolder(temporaryFolder());
    const { lab } = open(dataFolder);
    const host = await servePage(lab);
    const page = await openPage(host, { route: '/studies/sample/results' });
    const views = page.getByRole('navigation', { name: 'Views of the results' });
    await views.getByRole('link', { name: 'Greetings' }).click();
    await page.getByLabel('Word').fill('Welcome');
    await page.getByRole('button', { name: 'Greet', exact: true }).click();
    await page.getByRole('rowheader', { name: /^Welcome, / }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'hello');
    await host.close();
    await lab.close();
    const out = join(temporaryFolder(), 'report');
    await printed(dataFolder, 'report', 'sample', '--sections', 'images', '--out', out);
    expect(readFileSync(join(out, 'index.html'), 'utf8')).toContain('Welcome, ');
  },
);

test('its table of networks stands behind the one that it names: on the page, in a report and in its files', async () => {
  const dataFolder = await sampleFolder(temporaryFolder());
  const workbench = openSample(dataFolder);
  const results = new ResultsService(
    workbench.storage,
    join(repository, 'resources'),
    new Map([['hello', helloResults]]),
  );
  const { order } = results.tables(asking('agreement', { study: 'sample', labelers: null, group }));
  expect(order).toEqual(['agreement', 'greeted-networks']);
  workbench.storage.close();
  const out = join(temporaryFolder(), 'report');
  await printed(dataFolder, 'report', 'sample', '--sections', 'agreement', '--formats', 'latex', '--out', out);
  const [page, files] = ['index.html', 'latex/all.tex'].map((name) => readFileSync(join(out, name), 'utf8'));
  expect(page).toMatch(/<figure id="agreement".*<figure id="greeted-networks"/s);
  expect(files).toMatch(/\\input\{agreement\}\s+\\input\{greeted-networks\}/);
});
