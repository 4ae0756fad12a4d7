import { enableCompileCache } from 'node:module';
import { codeCacheFolder } from '../../files/places.ts';
import { prepareCache } from '../../files/private.ts';
import { watchUncaught } from '../../processes/uncaught.ts';

prepareCache();
enableCompileCache(codeCacheFolder());
// The reader may close the pipe early (`| head`). That is not an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(1);
  });
}
const [{ runCommandLine }, { contributions }, { explain }] = await Promise.all([
  import('./program.ts'),
  import('../../contributions/all.ts'),
  import('../../terminal/output.ts'),
]);
const fail = (error: unknown): void => process.exit(explain(error));
// Its lock is released, and the next writer ends the runs that it leaves.
watchUncaught({ onRejection: fail, onException: fail });
process.exitCode = await runCommandLine(process.argv.slice(2), contributions);
