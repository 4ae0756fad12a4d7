import { writeFile } from 'node:fs/promises';
import { BrowserWindow } from 'electron';
import type { Printer } from '../../services/tools/printer.ts';

/** Prints a report in a hidden window without scripts or preload, in a session that is never written to disk. */
export const windowPrinter: Printer = {
  missing: null,
  print: async (page, pdf, size, signal) => {
    const window = new BrowserWindow({
      show: false,
      webPreferences: { javascript: false, sandbox: true, contextIsolation: true, partition: 'report' },
    });
    const stop = (): void => window.destroy();
    signal.addEventListener('abort', stop);
    try {
      await window.loadFile(page);
      const bytes = await window.webContents.printToPDF({
        preferCSSPageSize: true,
        printBackground: true,
        pageSize: size,
      });
      await writeFile(pdf, bytes);
    } finally {
      signal.removeEventListener('abort', stop);
      if (!window.isDestroyed()) window.destroy();
    }
  },
};
