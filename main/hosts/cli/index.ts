import { enableCompileCache } from 'node:module';
import { codeCacheFolder } from '../../files/places.ts';
import { prepareCache } from '../../files/private.ts';

prepareCache();
enableCompileCache(codeCacheFolder());
// The reader may close the pipe early (`| head`). That is not an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(1);
  });
}
const { runCommandLine } = await import('./program.ts');
process.exitCode = await runCommandLine(process.argv.slice(2));
