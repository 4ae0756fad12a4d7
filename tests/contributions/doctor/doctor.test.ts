import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EngineName } from '../../../main/contract/runs/run.ts';
import { formatDoctor } from '../../../main/contributions/doctor/format.ts';
import { inspectInstallation } from '../../../main/contributions/doctor/doctor.ts';
import { openStorage } from '../../../main/storage/open.ts';
import type { EngineCheck } from '../../../main/training/engines/choice/choice.ts';
import { chooseEngine } from '../../../main/training/engines/choice/choose.ts';
import { tfjsVersion } from '../../../main/training/engines/tensorflow/install/compile.ts';
import { writeManifest } from '../../../main/training/engines/tensorflow/install/manifest.ts';

const root = join(import.meta.dirname, '..', '..', '..');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'boundary doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inspect = (environment: NodeJS.ProcessEnv = {}, dataFolder = join(folder, 'data')) =>
  inspectInstallation({
    root,
    dataFolder,
    environment: { PATH: '', BOUNDARY_CACHE: join(folder, 'cache'), ...environment },
  });

/** A folder that looks like an installed TensorFlow. */
async function pretendInstalled(): Promise<string> {
  const home = join(folder, 'cache', 'tensorflow', '2.21.0-cpu');
  const files = ['tfjs_binding.node', 'lib/libtensorflow_cc.so.2', 'lib/libtensorflow_framework.so.2'];
  mkdirSync(join(home, 'lib'), { recursive: true });
  for (const name of files) writeFileSync(join(home, name), name);
  const about = { id: '2.21.0-cpu', tensorflow: '2.21.0', variant: 'cpu', tfjs: tfjsVersion() } as const;
  await writeManifest(home, files, { ...about, createdAt: '2026-01-01T00:00:00.000Z' });
  return home;
}

test('a machine without an installation: versions, and why TensorFlow is not available', async () => {
  const report = await inspect();
  expect(report.product.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(report.machine.node).toBe(process.versions.node);
  expect(report.engines.map(({ name, works }) => [name, works])).toEqual([
    ['tensorflow', false],
    ['webgpu', null],
    ['wasm', true],
  ]);
  expect(report.engines.map(({ trial }) => trial)).toEqual([null, null, null]);
  expect(report.dataFolder).toMatchObject({ exists: false, writable: true });
  expect(report.dataFolder.freeBytes).toBeGreaterThan(0);
  expect(report.database).toEqual({ state: 'none' });
});

test.runIf(process.platform === 'linux')(
  'missing tools, a switched-off engine and a damaged one are distinguished',
  async () => {
    const note = async (environment?: NodeJS.ProcessEnv) => (await inspect(environment)).engines[0]?.note;
    expect(await note()).toContain('It cannot be installed: python3 with pip and the C++ compiler g++ are missing');
    const home = await pretendInstalled();
    expect((await inspect()).engines[0]).toEqual({
      name: 'tensorflow',
      works: true,
      note: 'TensorFlow 2.21.0, cpu; 3 files, all as they were installed; without our own kernels: not compiled for this processor yet',
      folder: home,
      trial: null,
    });
    expect(await note({ BOUNDARY_ENGINE: 'wasm' })).toContain('BOUNDARY_ENGINE');
    writeFileSync(join(home, 'tfjs_binding.node'), 'TFJS_binding.node');
    expect((await inspect()).engines[0]).toMatchObject({
      works: false,
      note: expect.stringMatching(/damaged \(tfjs_binding/),
    });
    writeFileSync(join(home, 'manifest.json'), '{"id":"2.21.0-cpu","tensorflow":"2.21.0","variant":"cpu"}');
    expect(await note()).toContain('its manifest cannot be read');
  },
);

test('the outcome of the last check of the engines, as long as nothing has changed since', async () => {
  const environment = { PATH: '', BOUNDARY_CACHE: join(folder, 'cache') };
  const checks: Record<string, Omit<EngineCheck, 'name'>> = {
    webgpu: { state: 'failed', note: 'tanh is off by \u001b[31m3 %', speed: null },
    wasm: { state: 'passed', note: 'a processor', speed: 12 },
  };
  const check = async (name: EngineName): Promise<EngineCheck> => ({
    name,
    ...(checks[name] ?? { state: 'absent', note: 'not installed', speed: null }),
  });
  await chooseEngine({ environment, check, now: () => Date.UTC(2026, 0, 2) });
  const report = await inspect();
  expect(report.engines.map(({ name, works, trial }) => ({ name, works, ...trial }))).toMatchObject([
    { name: 'tensorflow', works: false, selfCheck: 'absent', chosenSince: null },
    { name: 'webgpu', works: false, selfCheck: 'failed', reason: 'tanh is off by \u001b[31m3 %', speedOverWasm: null },
    { name: 'wasm', works: true, selfCheck: 'passed', speedOverWasm: 1, chosenSince: '2026-01-02T00:00:00.000Z' },
  ]);
  const text = formatDoctor(report);
  expect(text).toContain('NOT USED: its self-check failed: tanh is off by 3 %');
  expect(text).toContain('self-check passed, 1.0x the speed of wasm; chosen, since 2026-01-02');
  expect((await inspect({ CUDA_VISIBLE_DEVICES: '1' })).engines.map(({ trial }) => trial)).toEqual([null, null, null]);
});

test('all of the database is read, even while somebody writes it; a file that is no database is reported', async () => {
  const data = join(folder, 'data');
  const storage = openStorage(data);
  expect((await inspect()).database).toMatchObject({ state: 'read', health: { problems: [] } });
  expect(formatDoctor(await inspect())).toMatch(/health +good/);
  storage.close();
  writeFileSync(join(data, 'workbench.sqlite'), 'not a database'.repeat(1000));
  const { database } = await inspect();
  expect(database.state).toBe('unreadable');
});

test('a data folder below a file cannot be written', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const report = await inspect({}, join(file, 'data'));
  expect(report.dataFolder.writable).toBe(false);
  expect(formatDoctor(report)).toContain('CANNOT BE WRITTEN');
});

test('the report for a terminal has each part, without blanks at line ends', async () => {
  const text = formatDoctor(await inspect());
  for (const part of ['Boundary Workbench', 'Node', 'Engines', 'GPU', 'Folders', 'Database'])
    expect(text).toContain(part);
  expect(text).toMatch(/\n {2}wasm +works: embedded; (relaxed )?SIMD/);
  expect(text).not.toMatch(/[ \t]\n/);
  expect(text.endsWith('\n')).toBe(true);
});
