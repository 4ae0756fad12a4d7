import { codeCacheFolder } from '../../files/places.ts';
import { prepareChild } from '../../processes/parent-port.ts';

/** Entry of the process that checks an uploaded stimulus set. */
prepareChild(codeCacheFolder());
const { serve } = await import('../../processes/serve.ts');
const { setHandlers } = await import('./serve-sets.ts');
serve(setHandlers);
