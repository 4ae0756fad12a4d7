import { codeCacheFolder } from '../../files/places.ts';
import { prepareChild } from '../../processes/parent-port.ts';

/** Entry of the process that reads uploaded tables of labels. */
prepareChild(codeCacheFolder());
const { serve } = await import('../../processes/serve.ts');
const { readingHandlers } = await import('./serve-reading.ts');
serve(readingHandlers);
