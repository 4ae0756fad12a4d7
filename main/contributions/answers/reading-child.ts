import { codeCacheFolder } from '../../files/index.ts';
import { prepareChild } from '../../processes/index.ts';

/** Entry of the process that reads uploaded tables of labels. */
prepareChild(codeCacheFolder());
const { serve } = await import('../../processes/index.ts');
const { readingHandlers } = await import('./serve-reading.ts');
serve(readingHandlers);
