import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';
import { repository } from '../../architecture/tools.ts';
import { buildPage } from '../../renderer/build-page.ts';
import { ElectronStandIn } from './stand-in.ts';

/** A copy of what `npm run build` makes, in a folder of its own inside the repository, so that packages resolve. */
export interface BuiltProgram {
  readonly folder: string;
  /** Starts the real main bundle on a new stand-in, as often as wanted. The program then waits for `becomeReady`. */
  startMain(prepare?: (electron: ElectronStandIn) => void): ElectronStandIn;
  /** What a module of the built main exports, e.g. `hosts/electron/utility-launcher`, on a new copy. */
  loadMain(module: string, electron: ElectronStandIn): unknown;
  /** Runs the real preload bundle on a stand-in. */
  runPreload(electron: ElectronStandIn): void;
  remove(): void;
}

export async function buildProgram(): Promise<BuiltProgram> {
  await buildPage();
  const cache = join(repository, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'electron-'));
  for (const part of ['main', 'preload', 'renderer']) {
    cpSync(join(repository, 'out', part), join(folder, part), { recursive: true });
  }
  let loads = 0;
  // Each start listens for signals, and a test starts the program many times in one process.
  process.setMaxListeners(0);

  /** Node loads a file once; a copy beside it is a new one. */
  const loadMain = (module: string, electron: ElectronStandIn): unknown => {
    const copy = join(folder, `main-${++loads}`);
    cpSync(join(folder, 'main'), copy, { recursive: true });
    return runWithElectron(join(copy, `${module}.js`), electron);
  };
  return {
    folder,
    loadMain,
    startMain(prepare = () => undefined) {
      const electron = new ElectronStandIn();
      prepare(electron);
      loadMain('hosts/electron/index', electron);
      return electron;
    },
    runPreload(electron) {
      const copy = join(folder, 'preload', `index-${++loads}.cjs`);
      copyFileSync(join(folder, 'preload', 'index.cjs'), copy);
      runWithElectron(copy, electron);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Loads a file with Node's own loader, with `electron` replaced by the stand-in; gives what it exports. */
export function runWithElectron(path: string, electron: ElectronStandIn): unknown {
  const { module } = electron;
  Object.assign(globalThis, { electronStandIn: module });
  const source = Object.keys(module)
    .map((name) => `exports.${name} = globalThis.electronStandIn.${name};`)
    .join('\n');
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== 'electron') return next(specifier, context);
      return { url: `stand-in:${path}`, format: 'commonjs', shortCircuit: true };
    },
    load(url, context, next) {
      return url.startsWith('stand-in:') ? { format: 'commonjs', source, shortCircuit: true } : next(url, context);
    },
  });
  const require = createRequire(import.meta.url);
  try {
    return require(path);
  } finally {
    hooks.deregister();
    // Or the next file would get this stand-in.
    for (const name of Object.keys(require.cache)) if (name.startsWith('stand-in:')) delete require.cache[name];
  }
}
