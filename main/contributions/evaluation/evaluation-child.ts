import { codeCacheFolder } from '../../files/index.ts';
import { prepareChild } from '../../processes/index.ts';

/** Entry of the evaluation process. Arguments: the engine and the folder of the blob store. */
prepareChild(codeCacheFolder());
const { serveEvaluations } = await import('./serve-evaluations.ts');
serveEvaluations(process.argv[2] ?? '', process.argv[3] ?? '');
