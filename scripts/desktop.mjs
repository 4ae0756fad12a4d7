/** Opens the desktop window, or says why that is not possible. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './setup/program.mjs';

/** Why no window can be opened on this machine, in one line; undefined if one can be. @param {string} root */
export function windowObstacle(root, environment = process.env, platform = process.platform) {
  if (!electronBinary(root, environment, platform)) {
    return 'Electron is not installed (`node node_modules/electron/install.js` downloads about 120 MB)';
  }
  if (platform === 'linux' && !environment.DISPLAY && !environment.WAYLAND_DISPLAY) {
    return 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)';
  }
  return undefined;
}

/** Runs the built desktop program; gives its exit code. @param {string} root @param {string} [dataFolder] */
export async function openWindow(root, dataFolder) {
  const binary = electronBinary(root);
  if (!binary) throw new Error('call windowObstacle first');
  const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env;
  const env = dataFolder === undefined ? environment : { ...environment, BOUNDARY_DATA: dataFolder };
  return run(binary, [root], { cwd: root, env });
}

/** Path of Electron's binary; importing the package would download it. @param {string} root */
export function electronBinary(root, environment = process.env, platform = process.platform) {
  const folder = join(root, 'node_modules', 'electron');
  const named = join(folder, 'path.txt');
  const program = existsSync(named) ? readFileSync(named, 'utf8') : platform === 'win32' ? 'electron.exe' : 'electron';
  const path = join(environment.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), program);
  return existsSync(path) ? path : undefined;
}
