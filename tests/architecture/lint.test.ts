import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { repository, runTool } from './tools.ts';

const floating = 'lint/nursery/noFloatingPromises';
const misused = 'lint/nursery/noMisusedPromises';
const noVoid = 'lint/complexity/noVoid';
/** A rule of the project's own, in scripts/lint. */
const own = 'plugin';

const work = "import { work } from './work.ts';";

/** Files that each break a rule of Biome's settings: promises without an owner, packed properties. */
const planted: readonly (readonly [rule: string, file: string, text: string])[] = [
  [floating, 'main/called.ts', `${work} export const run = () => { work(); };`],
  [
    floating,
    'main/method.ts',
    "import type { Worker } from './work.ts'; export const run = (worker: Worker) => { worker.start(); };",
  ],
  [floating, 'main/finally.ts', `${work} export const run = () => { work().finally(() => 1); };`],
  [floating, 'main/mapped.ts', 'export const run = (all: number[]) => { all.map(async (each) => each); };'],
  [floating, 'renderer/called.tsx', "import { work } from '../main/work.ts'; export const run = () => { work(); };"],
  [floating, 'tests/called.ts', "import { work } from '../main/work.ts'; export const run = () => { work(); };"],
  [
    misused,
    'main/each.ts',
    `${work} export const run = (all: number[]) => all.forEach(async () => { await work(); });`,
  ],
  [misused, 'main/condition.ts', `${work} export const run = () => { if (work()) throw new Error('no'); };`],
  [noVoid, 'main/void.ts', `${work} export const run = () => { void work(); };`],
  [noVoid, 'preload/void.ts', "import { work } from '../main/work.ts'; export const run = () => void work();"],
  [noVoid, 'renderer/void.tsx', "import { work } from '../main/work.ts'; export const run = () => void work();"],
  [own, 'main/packed.ts', 'export const pack = (a: number, b: number) => ({ ...{ a, b }, c: 1 });'],
  [own, 'tests/packed.ts', 'export const pack = (a: number) => ({ ...{ a } });'],
  [own, 'renderer/packed.tsx', "export const Pack = () => <div {...{ id: 'a', title: 'b' }} />;"],
];

/** Files that break none. */
const allowed: Record<string, string> = {
  'main/work.ts':
    'export async function work(): Promise<void> {} export class Worker { async start() { await work(); } }',
  'main/detached.ts': `import { detach } from './contract/detach.ts'; ${work} export const run = () => { detach(work()); };`,
  'main/caught.ts': `${work} export const run = () => { work().catch((error) => console.error(error)); };`,
  'main/given.ts': `${work} export const run = (): Promise<void> => work();`,
  'main/spread.ts': 'export const spread = (a: { b: number }, c: boolean) => ({ ...a, ...(c && { d: 1 }) });',
};

const reportSchema = z.object({
  diagnostics: z.array(z.object({ category: z.string().nullable(), location: z.object({ path: z.string() }) })),
});

describe('lint', () => {
  let folder: string;
  let found: string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lint-'));
    for (const part of ['biome.json', 'scripts/lint'])
      cpSync(join(repository, part), join(folder, part), { recursive: true });
    writeFileSync(join(folder, '.gitignore'), 'node_modules\n');
    mkdirSync(join(folder, 'main', 'contract'), { recursive: true });
    cpSync(join(repository, 'main/contract/wire/detach.ts'), join(folder, 'main/contract/wire/detach.ts'));
    for (const [file, text] of [
      ...Object.entries(allowed),
      ...planted.map(([, file, text]) => [file, text] as const),
    ]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `${text}\n`);
    }
    const args = ['lint', '--reporter=json', '--max-diagnostics=none', 'main', 'preload', 'renderer', 'tests'];
    const { stdout } = runTool('@biomejs/biome/bin/biome', args, folder);
    const { diagnostics } = reportSchema.parse(JSON.parse(stdout));
    found = diagnostics.map(({ category, location }) => `${category}: ${location.path}`);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(planted)('%s catches %s', (rule, file) => {
    expect(found).toContain(`${rule}: ${file}`);
  });

  test('lets other code through', () => {
    expect(found.filter((line) => Object.keys(allowed).some((file) => line.endsWith(`: ${file}`)))).toEqual([]);
  });
});

test('a promise that is detached and rejects reaches what the process has for such errors', async () => {
  const { detach } = await import('../../main/contract/wire/detach.ts');
  const error = new Error('nobody waits for this');
  const others = process.rawListeners('unhandledRejection') as NodeJS.UnhandledRejectionListener[];
  process.removeAllListeners('unhandledRejection');
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other);
  });
  const heard = new Promise((resolve) => process.once('unhandledRejection', resolve));
  detach(undefined);
  detach(Promise.resolve(1));
  detach(Promise.reject(error));
  expect(await heard).toBe(error);
});
