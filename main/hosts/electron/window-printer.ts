import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { BrowserWindow, session } from 'electron';
import type { Printer } from '../../services/tools/printer.ts';
import { confinePrinting } from './harden.ts';

const partition = 'report';

/** Addresses of the pages that are printed now. */
const printed = new Set<string>();
let isConfined = false;

/** Prints a report in a hidden window without scripts or preload, in a session that is never written to disk. */
export const windowPrinter: Printer = {
  missing: null,
  print: async (page, pdf, size, signal) => {
    const address = pathToFileURL(page).href;
    if (!isConfined) confinePrinting(session.fromPartition(partition), (url) => printed.has(url));
    isConfined = true;
    printed.add(address);
    const window = new BrowserWindow({
      show: false,
      webPreferences: { javascript: false, sandbox: true, contextIsolation: true, partition },
    });
    const stop = (): void => window.destroy();
    signal.addEventListener('abort', stop);
    try {
      await window.loadURL(address);
      const bytes = await window.webContents.printToPDF({
        preferCSSPageSize: true,
        printBackground: true,
        pageSize: size,
      });
      await writeFile(pdf, bytes);
    } finally {
      printed.delete(address);
      signal.removeEventListener('abort', stop);
      if (!window.isDestroyed()) window.destroy();
    }
  },
};
