import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Invitation } from './access.ts';
import { detach } from '../../contract/wire/detach.ts';

/** The program that opens a file in the default browser, by platform. */
const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  linux: ['xdg-open'],
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Opens an address in the default browser if possible. Every user of the machine can read the arguments of a program, so
 * the browser gets a file that only this user can read and that leads to the address. It is removed once the address no
 * longer works, and at the latest when the program exits.
 */
export function openInBrowser(invite: () => Invitation): void {
  const opener = openers[process.platform];
  if (!opener || (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)) return;
  const { address, ended } = invite();
  const folder = mkdtempSync(join(folderForBrowsers(), 'boundary-workbench-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  detach(
    ended.then(() => {
      process.off('exit', remove);
      remove();
    }),
  );
  const file = join(folder, 'open.html');
  writeFileSync(file, redirectPage(address), { mode: 0o600 });
  const [program, ...args] = opener;
  const target = process.platform === 'linux' ? pathToFileURL(file).href : file;
  const child = spawn(program, [...args, target], { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}

/** Browsers from snap packages, as Ubuntu's Firefox, read neither the system's temporary folder nor hidden folders. */
function folderForBrowsers(): string {
  return process.platform === 'linux' && existsSync('/snap') ? homedir() : tmpdir();
}

const redirectPage = (address: string): string => `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${address}">
<title>Boundary Workbench</title>
<a href="${address}">Open the workbench</a>
`;
