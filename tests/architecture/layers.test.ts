import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { repository, runTool } from './tools.ts';

const reportSchema = z.object({
  modules: z.array(
    z.object({
      source: z.string(),
      dependencies: z.array(z.object({ resolved: z.string(), dependencyTypes: z.array(z.string()) })),
    }),
  ),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
    totalCruised: z.number(),
    ruleSetUsed: z.object({ forbidden: z.array(z.object({ name: z.string() })) }),
  }),
});

/** What the committed rules say about the sources in a folder. */
function cruise(folder: string) {
  const config = join(repository, '.dependency-cruiser.mjs');
  const args = ['--config', config, '--output-type', 'json', 'main', 'preload', 'renderer'];
  const { stdout, stderr } = runTool('dependency-cruiser/bin/dependency-cruiser.mjs', args, folder);
  expect(stderr).toBe('');
  const { summary, modules } = reportSchema.parse(JSON.parse(stdout));
  return {
    files: summary.totalCruised,
    rules: summary.ruleSetUsed.forbidden.map((rule) => rule.name),
    violations: summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`),
    circles: circlesOfEntries(modules),
    decoders: decodersInHosts(modules),
    hashes: hashesInPage(modules),
  };
}

/** What reads files of others, most of it with libraries: docs/security.md says which process does. */
const decoders = [
  'main/contributions/archives/read-archive.ts',
  'main/contributions/offline/kit-file.ts',
  'main/contributions/formats/inspect.ts',
  'main/contributions/formats/sources/decode-image.ts',
  'main/contributions/formats/sources/image-files.ts',
  'main/contributions/formats/sources/npy.ts',
  'main/contributions/formats/sources/readers.ts',
  'main/contributions/sets/reading/decode-png.ts',
  'main/contributions/sets/reading/import-stimuli.ts',
  'main/contributions/answers/parquet/parquet-reader.ts',
  'main/contributions/answers/models/model-answers.ts',
  'main/contributions/answers/tables/readers.ts',
  'main/contributions/answers/toolbox/answers.ts',
  'main/training/data/sources/idx/idx.ts',
];
const decoderPackages = /(^|\/)node_modules\/(sharp|hyparquet|csv-parse|onnxruntime-[^/]+)\//;

type Modules = z.infer<typeof reportSchema>['modules'];

/** Decoders that a host of pages would load. */
const decodersInHosts = (modules: Modules): string[] =>
  loadedBy(
    modules,
    /^main\/hosts\/(browser|electron)\//,
    (path) => decoders.includes(path) || decoderPackages.test(path),
  );

/** A page has no node:crypto, so nothing that it loads may lead to the hashes of the domain. */
const hashesInPage = (modules: Modules): string[] =>
  loadedBy(modules, /^renderer\//, (path) => /^(node:)?crypto$/.test(path));

/** What only the command line loads of contributions. */
const ofCommandLine = /^main\/contributions\/[^/]+\/commands\.ts$/;

/** What some modules would load of what they must not, at once or later, and what imports it. Types are not loaded. */
function loadedBy(modules: Modules, places: RegExp, isForbidden: (path: string) => boolean): string[] {
  const imports = new Map(modules.map(({ source, dependencies }) => [source, dependencies]));
  const from = modules.map(({ source }) => source).filter((source) => places.test(source));
  const [seen, next, found] = [new Set(from), [...from], [] as string[]];
  for (let source = next.pop(); source !== undefined; source = next.pop()) {
    for (const { resolved, dependencyTypes } of imports.get(source) ?? []) {
      if (dependencyTypes.includes('type-only') || ofCommandLine.test(resolved)) continue;
      if (isForbidden(resolved)) found.push(`${source} -> ${resolved}`);
      else if (!seen.has(resolved)) next.push(resolved);
      seen.add(resolved);
    }
  }
  return found.sort();
}

/** In each folder, which of its entries (files, and folders taken as one) import each other in a circle. */
function circlesOfEntries(modules: Modules): string[] {
  const imports = new Map<string, Map<string, Set<string>>>();
  for (const { source, dependencies } of modules) {
    for (const { resolved } of dependencies) {
      const [from, to] = [source.split('/'), resolved.split('/')];
      const depth = from.findIndex((part, index) => part !== to[index]);
      // What leaves the folder of the source at its top is a layer's business.
      if (depth < 1 || depth >= to.length) continue;
      const folder = from.slice(0, depth).join('/');
      const entries = imports.get(folder) ?? new Map<string, Set<string>>();
      const [entry, other] = [from[depth] ?? '', to[depth] ?? ''];
      imports.set(folder, entries.set(entry, (entries.get(entry) ?? new Set()).add(other)));
    }
  }
  return [...imports].flatMap(([folder, entries]) => {
    const reached = (start: string): Set<string> => {
      const found = new Set<string>();
      const next = [...(entries.get(start) ?? [])];
      for (let entry = next.pop(); entry !== undefined; entry = next.pop()) {
        if (found.has(entry)) continue;
        found.add(entry);
        next.push(...(entries.get(entry) ?? []));
      }
      return found;
    };
    const inCircle = [...entries.keys()].filter((entry) => reached(entry).has(entry)).sort();
    return inCircle.length === 0 ? [] : [`${folder}: ${inCircle.join(', ')}`];
  });
}

/** Files that each break one rule: rule, file, its text. Some import a type only, some at run time. */
const planted: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['layer:main/contract', 'main/contract/bad.ts', "import '../domain/good.ts';"],
  ['layer:main/domain', 'main/domain/bad.ts', "import type { x } from '../storage/good.ts'; export type Y = x;"],
  ['layer:main/analysis', 'main/analysis/bad.ts', "export { x } from '../files/good.ts';"],
  ['layer:main/exhibits', 'main/exhibits/bad.ts', "import '../files/good.ts';"],
  ['layer:main/processes', 'main/processes/bad.ts', "import '../files/good.ts';"],
  ['layer:main/files', 'main/files/bad.ts', "import '../training/good.ts';"],
  ['layer:main/storage', 'main/storage/bad.ts', "import '../training/good.ts';"],
  ['layer:main/executors', 'main/executors/bad.ts', "import '../storage/good.ts';"],
  ['layer:main/training', 'main/training/bad.ts', "export const late = () => import('../storage/good.ts');"],
  ['layer:main/reports', 'main/reports/bad.ts', "import type { x } from '../storage/good.ts'; export type Y = x;"],
  ['layer:main/services', 'main/services/bad.ts', "import '../hosts/cli/good.ts';"],
  ['layer:main/terminal', 'main/terminal/bad.ts', "import '../hosts/cli/good.ts';"],
  ['layer:main/contributions', 'main/contributions/one/bad.ts', "import '../../hosts/cli/good.ts';"],
  ['core-knows-no-contribution', 'main/services/knows.ts', "import '../contributions/one/good.ts';"],
  [
    'core-knows-no-contribution',
    'renderer/features/knows.ts',
    "import type { x } from '../contributions/one/good.ts'; export type Y = x;",
  ],
  ['lists-of-contributions-only', 'main/hosts/cli/knows.ts', "import '../../contributions/one/good.ts';"],
  ['lists-of-contributions-only', 'renderer/main.tsx', "import './contributions/one/good.ts';"],
  ['contributions-are-apart', 'main/contributions/two/knows.ts', "import '../one/good.ts';"],
  [
    'contributions-are-apart',
    'renderer/contributions/two/knows.ts',
    "import type { x } from '../../../main/contributions/one/good.ts'; export type Y = x;",
  ],
  ['contributions-are-apart', 'main/contributions/needing/knows.ts', "import '../two/calls.ts';"],
  ['contributions-are-apart', 'main/contributions/one/back.ts', "import '../needing/good.ts';"],
  ['pure-in-contributions', 'main/contributions/one/analysis/bad.ts', "import '../../../files/good.ts';"],
  [
    'pure-in-contributions',
    'main/contributions/one/contract.ts',
    "import type { x } from './good.ts'; export type Y = x;",
  ],
  ['contributions-use-faces', 'main/contributions/one/deep.ts', "import '../../files/good.ts';"],
  [
    'contributions-use-faces',
    'renderer/contributions/one/deep.ts',
    "import type { x } from '../../ui/good.ts'; export type Y = x;",
  ],
  ['contributions-use-no-screens', 'renderer/contributions/one/bad.ts', "import '../../features/good.ts';"],
  ['layer:main/hosts/cli', 'main/hosts/cli/bad.ts', "import '../../storage/good.ts';"],
  ['layer:main/hosts/page', 'main/hosts/page/bad.ts', "import '../calls/good.ts';"],
  ['layer:main/hosts/calls', 'main/hosts/calls/bad.ts', "import '../browser/good.ts';"],
  ['layer:main/hosts/browser', 'main/hosts/browser/bad.ts', "import '../electron/good.ts';"],
  ['layer:main/hosts/electron', 'main/hosts/electron/bad.ts', "import '../cli/good.ts';"],
  ['layer:preload', 'preload/bad.ts', "import '../main/services/good.ts';"],
  ['layer:renderer', 'renderer/bad.tsx', "import type { x } from '../main/files/good.ts'; export type Y = x;"],
  ['only:better-sqlite3', 'main/services/sqlite.ts', "import Database from 'better-sqlite3'; export { Database };"],
  [
    'only:tfjs',
    'main/services/tfjs.ts',
    "import type { Tensor } from '@tensorflow/tfjs-core'; export type T = Tensor;",
  ],
  ['only:onnx', 'main/services/onnx.ts', "import type { Tensor } from 'onnxruntime-node'; export type T = Tensor;"],
  ['only:electron', 'main/services/electron.ts', "import { app } from 'electron'; export { app };"],
  ['only:ws', 'main/services/ws.ts', "import { WebSocket } from 'ws'; export { WebSocket };"],
  ['only:react', 'main/services/react.ts', "import { useState } from 'react'; export { useState };"],
  ['contract-knows-zod-only', 'main/contract/node.ts', "import 'node:fs';"],
  ['pure', 'main/domain/io.ts', "import { readFileSync } from 'node:fs'; export { readFileSync };"],
  ['pure', 'main/contributions/one/exhibits/io.ts', "import 'node:fs';"],
  ['pure', 'main/analysis/io.ts', "import 'node:child_process';"],
  ['no-node-in-renderer', 'renderer/node.ts', "import 'node:os';"],
  ['no-cycles', 'main/files/cycle-a.ts', "import './cycle-b.ts';"],
  ['no-folder-cycles', 'main/storage/room-a/forth.ts', "import '../room-b/there.ts';"],
  ['resolvable', 'main/files/lost.ts', "import './nowhere.ts';"],
  ['declared-packages', 'main/files/undeclared.ts', "import 'seedrandom';"],
  ['declared-packages', 'main/training/undeclared.ts', "import type Long from 'long'; export type L = Long;"],
  ['no-development-packages', 'main/files/development.ts', "import { test } from 'vitest'; export { test };"],
];

/** Files that break no rule, and use what their layers allow. */
const allowed: Record<string, string> = {
  'main/contract/good.ts': "import { z } from 'zod'; export const x = z.int();",
  'main/domain/good.ts': "import 'node:crypto'; import '../contract/good.ts'; export const x = 1;",
  'main/files/good.ts': "import 'node:fs'; import '../domain/good.ts'; export const x = 1;",
  'main/storage/good.ts':
    "import Database from 'better-sqlite3'; import '../files/good.ts'; export const x = Database;",
  'main/training/good.ts': "import '@tensorflow/tfjs'; import '../files/good.ts'; export const x = 1;",
  'main/services/good.ts': "import '../storage/good.ts'; import '../training/good.ts'; export const x = 1;",
  'main/hosts/cli/good.ts': "import '../../services/good.ts'; export const x = 1;",
  'main/terminal/good.ts': "import '../services/good.ts'; export const x = 1;",
  'main/contributions/define.ts': "import '../services/good.ts'; export const x = 1;",
  'main/contributions/all.ts': "import './one/good.ts'; export const x = 1;",
  'main/contributions/one/good.ts':
    "import '../define.ts'; import '../../terminal/index.ts'; import '../../storage/index.ts'; export const x = 1;",
  'main/contributions/one/analysis/good.ts':
    "import '../../../analysis/index.ts'; import '../contract/own.ts'; export const x = 1;",
  'main/contributions/one/contract/own.ts': "import '../../../contract/index.ts'; export const x = 1;",
  'main/analysis/index.ts': 'export const x = 1;',
  'main/contract/index.ts': "export { x } from './good.ts';",
  'main/storage/index.ts': "export { x } from './good.ts';",
  'main/terminal/index.ts': "export { x } from './good.ts';",
  'main/contributions/two/calls.ts': 'export const x = 1;',
  'main/contributions/needing/index.ts': "export const needing = { name: 'needing', needs: ['one'] };",
  'main/contributions/needing/good.ts':
    "import '../define.ts'; import './index.ts'; import '../one/good.ts'; export const x = 1;",
  'renderer/contributions/needing/good.ts': "import '../one/good.ts'; import '../../ui/index.ts'; export const x = 1;",
  'main/hosts/browser/lists-good.ts': "import '../../contributions/all.ts'; export const x = 1;",
  'renderer/features/good.ts': 'export const x = 1;',
  'renderer/ui/good.ts': 'export const x = 1;',
  'renderer/ui/index.ts': "export { x } from './good.ts';",
  // The type leads to a hash, and is not loaded.
  'renderer/contributions/one/good.ts':
    "import type { x } from '../../../main/contributions/one/good.ts'; import '../../ui/index.ts'; export type Y = x;",
  'renderer/hash.ts': "import '../main/domain/good.ts';",
  'main/hosts/page/good.ts': "import '../../services/good.ts'; export const x = 1;",
  'main/hosts/calls/good.ts': "import '../../services/good.ts'; export const x = 1;",
  'main/hosts/browser/good.ts': "import 'ws'; import '../page/good.ts'; import '../calls/good.ts'; export const x = 1;",
  'main/hosts/electron/good.ts':
    "import 'electron'; import '../page/good.ts'; import '../../services/good.ts'; export const x = 1;",
  'preload/good.ts': "import 'electron'; import '../main/contract/good.ts'; export const x = 1;",
  'renderer/good.tsx': "import 'react'; import '../main/contract/good.ts'; export const x = 1;",
  // No layer forbids these, but a host of pages decodes no image.
  'main/hosts/browser/decodes.ts': "import '../../contributions/sets/indirect.ts';",
  'main/contributions/sets/indirect.ts': "import './reading/decode-png.ts'; import './late.ts';",
  'main/contributions/sets/reading/decode-png.ts': 'export const decodePng = 1;',
  'main/contributions/sets/late.ts': "export const late = () => import('sharp');",
  'main/hosts/electron/knows.ts':
    "import type { decodePng } from '../../contributions/sets/reading/decode-png.ts'; export type D = typeof decodePng;",
  // The command line answers no page.
  'main/hosts/cli/decodes.ts': "import '../../files/decode-image.ts';",
  'main/files/decode-image.ts': "import 'sharp'; export const decodeImage = 1;",
  'main/files/cycle-b.ts': "import './cycle-a.ts';",
  'main/storage/room-a/back.ts': 'export const x = 1;',
  'main/storage/room-b/there.ts': "import '../room-a/back.ts';",
  // No file imports itself in a circle here, but the file `entry.ts` and the folder `inner` do.
  'main/training/circle/entry.ts': "import './inner/one.ts';",
  'main/training/circle/inner/one.ts': 'export const x = 1;',
  'main/training/circle/inner/two.ts': "import '../entry.ts';",
};

describe('the layers', () => {
  let folder: string;
  let found: ReturnType<typeof cruise>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'layers-'));
    cpSync(join(repository, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const files = [...Object.entries(allowed), ...planted.map(([, file, text]) => [file, text] as const)];
    for (const [file, text] of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    found = cruise(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('are kept by every source of this repository', () => {
    const { files, violations, circles, decoders: inHosts, hashes } = cruise(repository);
    expect(files).toBeGreaterThan(10);
    expect(violations).toEqual([]);
    expect(circles).toEqual([]);
    expect(inHosts).toEqual([]);
    expect(hashes).toEqual([]);
    for (const file of decoders) expect(existsSync(join(repository, file)), file).toBe(true);
  });

  test.each(planted)('%s catches %s', (rule, file) => {
    const from = rule === 'no-folder-cycles' ? dirname(file) : file;
    expect(found.violations.filter((line) => line.startsWith(`${rule}: ${from} -> `))).toHaveLength(1);
  });

  test('catch folders, and a file beside a folder, that import each other', () => {
    expect(found.circles).toContain('main/storage: room-a, room-b');
    expect(found.circles).toContain('main/training/circle: entry.ts, inner');
  });

  test('catch a decoder that a host loads through other modules, also later; a type of it is allowed', () => {
    expect(found.decoders).toEqual([
      'main/contributions/sets/indirect.ts -> main/contributions/sets/reading/decode-png.ts',
      expect.stringMatching(/^main\/contributions\/sets\/late.ts -> .*node_modules\/sharp\//),
    ]);
  });

  test('catch a hash that the page loads through other modules', () => {
    expect(found.hashes).toEqual(['main/domain/good.ts -> crypto']);
  });

  test('let through what is allowed', () => {
    expect(found.violations.filter((line) => /good\.tsx? ->/.test(line))).toEqual([]);
  });

  test('have a planted violation for each rule', () => {
    expect(new Set(planted.map(([rule]) => rule))).toEqual(new Set(found.rules));
  });

  test('name every folder of main', () => {
    const foldersIn = (path: string) =>
      readdirSync(join(repository, path), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const folders = foldersIn('main').filter(({ name }) => name !== 'hosts');
    const hosts = foldersIn('main/hosts');
    for (const { name } of folders) expect(found.rules).toContain(`layer:main/${name}`);
    for (const { name } of hosts) expect(found.rules).toContain(`layer:main/hosts/${name}`);
  });
});
