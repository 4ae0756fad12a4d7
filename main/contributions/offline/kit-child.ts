import { codeCacheFolder } from '../../files/index.ts';
import { prepareChild } from '../../processes/index.ts';

/** Entry of the process that reads uploaded results of kits. */
prepareChild(codeCacheFolder());
const { serve } = await import('../../processes/index.ts');
const { kitHandlers } = await import('./serve-kits.ts');
serve(kitHandlers);
