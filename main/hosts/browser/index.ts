/** `node main/hosts/browser/index.ts [--data FOLDER] [--port N] [--no-open]`: serves the workbench until Ctrl-C. */
import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '../../contract/errors.ts';
import { codeCacheFolder, dataFolder } from '../../files/places.ts';

enableCompileCache(codeCacheFolder());

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
    throw new UserError({
      code: 'option.not-a-port',
      what: `"${values.port}" is not a port`,
      where: '--port',
      remedy: 'Give a number from 1 to 65535, or omit the option.',
    });
  }
  return { data: resolve(values.data || dataFolder()), port, open: values['no-open'] !== true };
}

async function start({ data, port, open }: Options): Promise<void> {
  const { startWorkbench } = await import('./start.ts');
  const host = await startWorkbench({ root, dataFolder: data, port });
  process.stdout.write(`Boundary Workbench: ${host.address}\n`);
  if (open) {
    const { openInBrowser } = await import('./open-in-browser.ts');
    openInBrowser(host.address);
  }
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      process.stderr.write(host.busy ? 'Stopping; every run writes a checkpoint ...\n' : 'Stopping ...\n');
      host.close().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  }
}

try {
  await start(readOptions());
} catch (error) {
  if (error instanceof UserError) process.stderr.write(`${error.format()}\n`);
  else console.error(error);
  process.exitCode = error instanceof UserError ? 2 : 1;
}
