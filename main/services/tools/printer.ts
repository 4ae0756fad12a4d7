import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PaperSize } from '../../contract/api/report.ts';

/** Prints a page to PDF: vector drawings, numbered pages, the size that the page itself asks for. */
export interface Printer {
  /** Why it cannot print on this machine; null: it can. */
  readonly missing: string | null;
  /** @param page path of an HTML file that needs nothing else @param pdf path of the file to write */
  print(page: string, pdf: string, size: PaperSize, signal: AbortSignal): Promise<void>;
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const installed: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: [...names.map((name) => `/usr/bin/${name}`), '/snap/bin/chromium'],
  darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
    (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
  ),
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google/Chrome/Application/chrome.exe'),
      join(folder, 'Microsoft/Edge/Application/msedge.exe'),
    ]),
};

const patience = 120_000;

/** A browser of this machine that can print, or null. `BOUNDARY_CHROMIUM` names another. */
function findBrowser(): string | null {
  const named = process.env.BOUNDARY_CHROMIUM;
  if (named !== undefined && named !== '') return existsSync(named) ? named : null;
  return installed[process.platform]?.find((path) => existsSync(path)) ?? null;
}

/** Prints with an installed Chromium, Chrome or Edge, in a process and a profile of its own. */
export function browserPrinter(browser = findBrowser()): Printer {
  return {
    missing: browser === null ? 'no Chromium, Chrome or Edge is installed here (BOUNDARY_CHROMIUM names one)' : null,
    print: async (page, pdf, _size, signal) => {
      if (browser === null) throw new Error('there is no browser to print with');
      const profile = mkdtempSync(join(tmpdir(), 'boundary-print-'));
      try {
        await run(
          browser,
          [...quiet, `--user-data-dir=${profile}`, `--print-to-pdf=${pdf}`, pathToFileURL(page).href],
          signal,
        );
      } finally {
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      }
      if (!existsSync(pdf)) throw new Error('the browser wrote no PDF');
    },
  };
}

/** The page is a file of ours without scripts. For root, Chromium has no sandbox. */
const quiet = [
  ...[
    '--headless',
    '--disable-gpu',
    '--no-pdf-header-footer',
    '--no-first-run',
    '--disable-extensions',
    '--disable-sync',
  ],
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

function run(browser: string, words: readonly string[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(browser, words, {
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
      timeout: patience,
      killSignal: 'SIGKILL',
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the browser ended with ${code ?? 'a signal'}: ${said.trim().split('\n').at(-1) ?? ''}`));
    });
  });
}
