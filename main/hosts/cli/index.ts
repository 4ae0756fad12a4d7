import { enableCompileCache } from 'node:module';
import { codeCacheFolder } from '../../files/places.ts';

enableCompileCache(codeCacheFolder());
// Whoever reads the output may have seen enough (`| head`): no defect, and nothing more to say to them.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(1);
  });
}
const { runCommandLine } = await import('./program.ts');
process.exitCode = await runCommandLine(process.argv.slice(2));
