import { codeCacheFolder } from '../../../files/index.ts';
import { prepareChild } from '../../../processes/index.ts';

/** Entry of the process of one outside model. Arguments: the folder of the blob store, and bytes of memory. */
prepareChild(codeCacheFolder());
const { serveModel } = await import('./model-server.ts');
await serveModel(process.argv[2] ?? '', Number(process.argv[3]));
