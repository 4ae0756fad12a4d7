import { codeCacheFolder } from '../../files/places.ts';
import { prepareChild } from '../../processes/parent-port.ts';

/** Entry of the process that reads uploaded results of kits. */
prepareChild(codeCacheFolder());
const { serve } = await import('../../processes/serve.ts');
const { kitHandlers } = await import('./serve-kits.ts');
serve(kitHandlers);
