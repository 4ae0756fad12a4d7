import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Printer } from '../../../main/services/tools/printer.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { buildProgram } from './program.ts';
import { ElectronStandIn } from './stand-in.ts';

test('the session that prints loads the page that is printed, and nothing else', async () => {
  const program = await buildProgram();
  onTestFinished(() => program.remove());
  const electron = new ElectronStandIn();
  const { windowPrinter } = program.loadMain('hosts/electron/window-printer', electron) as { windowPrinter: Printer };
  const folder = temporaryFolder();
  const [page, pdf] = [join(folder, 'a page.html'), join(folder, 'page.pdf')];
  writeFileSync(page, '<p>');
  const { handlers, events } = electron.partition('report');
  const isCancelled = (url: string): boolean => {
    const decide = vi.fn();
    handlers.call('beforeRequest', { url }, decide);
    return (decide.mock.calls[0] as [{ cancel: boolean }])[0].cancel;
  };
  const own = pathToFileURL(page).href;
  let during: boolean[] = [];
  const others = [
    'file:///etc/passwd',
    `${own}.js`,
    'https://example.org/',
    'devtools://devtools/a.html',
    'data:text/html,a',
  ];
  const printing = windowPrinter.print(page, pdf, 'A4', new AbortController().signal);
  expect(electron.window.options.webPreferences).toMatchObject({ partition: 'report', javascript: false });
  during = [own, 'data:image/png;base64,AAAA', ...others].map(isCancelled);
  await printing;
  expect(existsSync(pdf)).toBe(true);
  expect(during).toEqual([false, false, ...others.map(() => true)]);
  expect(isCancelled(own)).toBe(true);
  const [permit, preventDefault] = [vi.fn(), vi.fn()];
  handlers.call('permissionRequest', electron.window.webContents, 'clipboard-sanitized-write', permit);
  expect(permit).toHaveBeenCalledWith(false);
  expect(handlers.call('permissionCheck', null, 'clipboard-sanitized-write', own)).toBe(false);
  expect(handlers.call('devicePermission')).toBe(false);
  events.emit('will-download', { preventDefault });
  expect(preventDefault).toHaveBeenCalledOnce();
  // A second page adds no further listeners.
  await windowPrinter.print(page, pdf, 'A4', new AbortController().signal);
  expect(events.listenerCount('will-download')).toBe(1);
});
