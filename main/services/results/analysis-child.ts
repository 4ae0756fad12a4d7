import { enableCompileCache, flushCompileCache } from 'node:module';
import type { AnalystMessage } from './result-calls.ts';
import { analysisCacheFolder, codeCacheFolder } from '../../files/places.ts';

/**
 * Entry of the analyst's process: answers questions about results, so that the host's loop stays free. Looks at the data
 * folder (its first argument) without writing in it. What Ctrl-C means is the parent's to decide.
 */
process.on('SIGINT', () => undefined);

enableCompileCache(codeCacheFolder());
setTimeout(flushCompileCache, 3000).unref();
const { join } = await import('node:path');
const { openStorage } = await import('../../storage/index.ts');
const { parentPort } = await import('../../training/worker/port.ts');
const { AnswerCache } = await import('./answer-cache.ts');
const { answerCommand } = await import('./answer.ts');
const { Desk } = await import('./desk.ts');

const [dataFolder = '', resources = ''] = process.argv.slice(2);
const desk = new Desk(openStorage(dataFolder, { readOnly: true }), resources);
const code = [import.meta.dirname, join(import.meta.dirname, '..', '..', 'analysis'), join(resources, 'paper')];
const cache = new AnswerCache(analysisCacheFolder(), code);
const port = parentPort<AnalystMessage>();
port.onMessage((message) => {
  const answer = answerCommand(desk, cache, message);
  if (answer) port.send(answer);
});
port.onClose(() => process.exit());
