import { codeCacheFolder } from '../../files/index.ts';
import { prepareChild } from '../../processes/index.ts';

/** Entry of the process that checks an uploaded stimulus set. */
prepareChild(codeCacheFolder());
const { serve } = await import('../../processes/index.ts');
const { setHandlers } = await import('./serve-sets.ts');
serve(setHandlers);
