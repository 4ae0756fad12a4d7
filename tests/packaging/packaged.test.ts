import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { FuseState } from '@electron/fuses/dist/constants.js';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ensurePage } from '../../scripts/setup/page.mjs';
import { runToEnd } from '../../scripts/setup/run-to-end.mjs';
import { repository } from '../architecture/tools.ts';
import { runWithElectron } from '../hosts/electron/program.ts';
import { ElectronStandIn } from '../hosts/electron/stand-in.ts';
import { writeElectronStandIn } from './stand-in-electron.ts';

const { extractAll } = createRequire(import.meta.url)('@electron/asar') as {
  extractAll(archive: string, folder: string): void;
};

/** electron-builder itself, with electron-builder.yml, on a stand-in for Electron's program. */
describe.skipIf(process.platform !== 'linux')('the packaged program', () => {
  let folder: string;
  let packed: string;
  /** The archive, unpacked where no other packages are in reach. */
  let app: string;

  beforeAll(async () => {
    await ensurePage(repository, process.execPath);
    folder = mkdtempSync(join(tmpdir(), 'packaged-'));
    const electron = join(folder, 'electron');
    writeElectronStandIn(electron);
    const output = join(folder, 'dist');
    vi.stubEnv('PATH', `${dirname(process.execPath)}${delimiter}${process.env.PATH}`);
    const words = [
      join(repository, 'node_modules', 'electron-builder', 'cli.js'),
      ...['--dir', '--linux', '--publish', 'never'],
      `-c.electronDist=${relative(repository, electron)}`,
      `-c.directories.output=${output}`,
    ];
    const built = await runToEnd(process.execPath, words, repository);
    if (built.code !== 0) throw new Error(built.output.slice(-3000));
    packed = join(output, 'linux-unpacked');
    app = join(folder, 'app');
    extractAll(join(packed, 'resources', 'app.asar'), app);
  }, 400_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    vi.unstubAllEnvs();
  });

  test('has the fuses set: no Node by variable or word, code from the archive only', async () => {
    const wire = await getCurrentFuseWire(join(packed, 'boundary-workbench'));
    const on = [
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
    ];
    for (let fuse = 0; fuse <= FuseV1Options.GrantFileProtocolExtraPrivileges; fuse++) {
      const state = on.includes(fuse) ? FuseState.ENABLE : FuseState.DISABLE;
      expect([FuseV1Options[fuse], wire[fuse as FuseV1Options]]).toEqual([FuseV1Options[fuse], state]);
    }
  });

  test('holds what runs and nothing of the workshop', () => {
    expect(readdirSync(app).sort()).toEqual(['main', 'node_modules', 'out', 'package.json', 'resources']);
    expect(readdirSync(join(app, 'out')).sort()).toEqual(['kernels', 'main', 'preload', 'renderer']);
    const native = join('main', 'training', 'engines', 'tensorflow', 'native');
    expect(filesBelow(join(app, 'main')).every((path) => path.startsWith(join(app, native)))).toBe(true);
    const { main } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as { main: string };
    for (const file of [
      main,
      'out/preload/index.cjs',
      'out/renderer/index.html',
      'out/main/training/worker/worker.js',
    ]) {
      expect([file, existsSync(join(app, file))]).toEqual([file, true]);
    }
    for (const unwanted of ['electron', 'vite', 'vitest', 'typescript', 'playwright', 'react', '@mantine']) {
      expect([unwanted, existsSync(join(app, 'node_modules', unwanted))]).toEqual([unwanted, false]);
    }
    expect(filesBelow(app).filter((path) => /\.map$|[\\/](\.env|\.git|\.npmrc)/.test(path))).toEqual([]);
  });

  test('has its license beside it, and those of its packages in the page', () => {
    expect(readFileSync(join(packed, 'LICENSE.txt'), 'utf8')).toMatch(/^MIT License/);
    const packages = readFileSync(join(app, 'out', 'renderer', 'licenses.txt'), 'utf8');
    for (const name of ['react', 'recharts', '@mantine/core', 'onnxruntime-node'])
      expect([name, packages.includes(`\n${name} `)]).toEqual([name, true]);
  });

  test('has its libraries, of this platform only, and what a compiler reads outside of the archive', () => {
    const outside = join(packed, 'resources', 'app.asar.unpacked');
    const libraries = filesBelow(outside).filter((path) => path.endsWith('.node'));
    const sharpVersion: unknown = JSON.parse(
      readFileSync(join(app, 'node_modules/sharp/package.json'), 'utf8'),
    ).version;
    expect(libraries.map((path) => relative(join(outside, 'node_modules'), path)).sort()).toEqual([
      `@img/sharp-linux-${process.arch}/lib/sharp-linux-${process.arch}-${sharpVersion}.node`,
      `better-sqlite3/prebuilds/linux-${process.arch}.node`,
      `onnxruntime-node/bin/napi-v6/linux/${process.arch}/onnxruntime_binding.node`,
      `webgpu/dist/linux-${process.arch}/dawn.node`,
    ]);
    expect(filesBelow(outside).some((path) => basename(path).startsWith('libvips-cpp.so'))).toBe(true);
    expect(createRequire(join(app, 'package.json'))('onnxruntime-node')).toHaveProperty('InferenceSession');
    for (const source of [
      'main/training/engines/tensorflow/native/layer-norm.cc',
      'node_modules/node-api-headers/include/node_api.h',
      'node_modules/@tensorflow/tfjs-node-gpu/binding/tfjs_backend.cc',
    ]) {
      expect([source, existsSync(join(outside, source))]).toEqual([source, true]);
    }
  });

  test('trains: its engine computes what it should with the packages that it brings', async () => {
    const entry = join(app, 'out', 'main', 'training', 'self-check', 'check-process.js');
    const child = fork(entry, ['wasm'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
    const outcome = await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    });
    expect(outcome).toMatchObject({ state: 'passed' });
  });

  test('opens its window, whose page is all there', async () => {
    vi.stubEnv('BOUNDARY_DATA', join(folder, 'data'));
    vi.stubEnv('BOUNDARY_CACHE', join(folder, 'cache'));
    const electron = new ElectronStandIn();
    electron.packaged = true;
    runWithElectron(join(app, 'out', 'main', 'hosts', 'electron', 'index.js'), electron);
    await electron.becomeReady();
    expect(electron.errorBoxes).toEqual([]);
    expect(existsSync(electron.window.options.icon ?? '')).toBe(true);
    const get = (path: string) =>
      electron.protocols.call('app', new Request(`app://workbench${path}`)) as Promise<Response>;
    const page = await (await get('/index.html')).text();
    const wanted = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(wanted.length).toBeGreaterThanOrEqual(2);
    for (const path of wanted) {
      const response = await get(new URL(path, 'http://workbench/index.html').pathname);
      expect([path, response.status]).toEqual([path, 200]);
    }
    electron.appEvents.emit('window-all-closed');
    expect(await electron.exited).toBe(0);
  });
});

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
