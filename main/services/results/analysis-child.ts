import { analysisCacheFolder, codeCacheFolder, productFolder } from '../../files/places.ts';
import type { AnsweredCall } from './answers.ts';
import { parentPort, prepareChild } from '../../processes/parent-port.ts';

/** Entry of the analysis process. It reads the data folder (its first argument) and never writes there. */
prepareChild(codeCacheFolder());
const { join } = await import('node:path');
const { serve } = await import('../../processes/serve.ts');
const { openStorage } = await import('../../storage/open.ts');
const { AnswerCache, codeVersion } = await import('./answers.ts');
const { ResultsService, answer } = await import('./service.ts');

const { loadResults } = await import('./contributed-results.ts');

const { loadParts, readersOf } = await import('../workbench/contributed-parts.ts');

const [dataFolder = '', resources = '', modules = ''] = process.argv.slice(2);
const { resultModules, ...parts } = JSON.parse(modules);
const contributed = await loadResults(resultModules);
const readers = readersOf(await loadParts(parts));
const results = new ResultsService(openStorage(dataFolder, { readOnly: true, ...readers }), resources, contributed);
const code = join(import.meta.dirname, '..', '..');
const cache = new AnswerCache(analysisCacheFolder(), () =>
  codeVersion(code, productFolder(), join(resources, 'paper')),
);
const handlers = {
  /** `input` was checked by the call's own schema where it came in. */
  result: ({ call, input }: { call: AnsweredCall; input: unknown }) => answer(results, cache, call, input),
};
export type AnalysisHandlers = typeof handlers;
serve(handlers, parentPort());
