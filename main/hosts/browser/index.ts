/**
 * `node main/hosts/browser/index.ts [--data FOLDER] [--port N] [--no-open]`: serves the workbench until Ctrl-C. Each printed
 * address lets one browser in; Enter prints another.
 */
import { execFile } from 'node:child_process';
import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '../../contract/wire/errors.ts';
import { codeCacheFolder, dataFolder } from '../../files/places.ts';
import { prepareCache } from '../../files/private.ts';
import { endsWithin, watchUncaught } from '../../processes/uncaught.ts';

prepareCache();
enableCompileCache(codeCacheFolder());
// Whoever reads what is printed may end before, such as a closed terminal; pages still need the host.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const root = resolve(import.meta.dirname, '..', '..', '..');

interface Options {
  data: string;
  port: number;
  open: boolean;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, port: { type: 'string', default: '0' }, 'no-open': { type: 'boolean' } },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UserError(
      'option.not-a-port',
      `"${values.port}" is not a port`,
      '--port',
      'Give a number from 1 to 65535, or omit the option.',
    );
  }
  return { data: resolve(values.data || dataFolder()), port, open: values['no-open'] !== true };
}

async function start({ data, port, open }: Options): Promise<void> {
  const { startWorkbench } = await import('./start.ts');
  const host = await startWorkbench({ root, dataFolder: data, port });
  const print = (): void => {
    process.stdout.write(
      `Boundary Workbench: ${host.newAddress()}\nIt works once, for 15 minutes. Press Enter for another address.\n`,
    );
  };
  print();
  onEnter(print);
  if (open) {
    const { openInBrowser } = await import('./open-in-browser.ts');
    openInBrowser(host.inviteBrowser);
  }
  let stopping = false;
  const stop = (code: number): void => {
    if (stopping) return;
    stopping = true;
    process.stderr.write(host.busy ? 'Stopping; every run writes a checkpoint ...\n' : 'Stopping ...\n');
    host.close().then(
      () => process.exit(code),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));
  watchUncaught({
    onRejection: host.noteDefect,
    onException: (error) => {
      console.error(error);
      console.error('The program ends because of this error. Stored data are safe. Start it again.');
      setTimeout(() => process.exit(1), endsWithin).unref();
      stop(1);
    },
  });
}

/** Milliseconds between looks whether the program was brought to the foreground. */
const foregroundInterval = 2_000;

/**
 * Calls `action` for each line that the terminal (or a pipe) sends. A program in the background that reads from the
 * terminal is stopped by the system, so it reads only in the foreground.
 */
function onEnter(action: () => void): void {
  const { stdin } = process;
  stdin
    .on('data', action)
    .on('error', () => undefined)
    .pause();
  if (!stdin.isTTY || process.platform === 'win32') {
    stdin.resume();
    return;
  }
  const readInForeground = (): void => {
    stdin.pause();
    execFile('ps', ['-o', 'stat=', '-p', String(process.pid)], (_error, state) => {
      // Without `ps`, the program is most likely in the foreground.
      if (state.trim() === '' || state.includes('+')) stdin.resume();
      else setTimeout(readInForeground, foregroundInterval).unref();
    });
  };
  readInForeground();
  process.on('SIGCONT', readInForeground);
}

try {
  await start(readOptions());
} catch (error) {
  if (error instanceof UserError) process.stderr.write(`${error.format()}\n`);
  else console.error(error);
  process.exitCode = error instanceof UserError ? 2 : 1;
}
