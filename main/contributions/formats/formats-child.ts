import { codeCacheFolder } from '../../files/index.ts';
import { prepareChild } from '../../processes/index.ts';

/** Entry of the process that reads data sets as others store them. */
prepareChild(codeCacheFolder());
const { serve } = await import('../../processes/index.ts');
const { formatHandlers } = await import('./serve-formats.ts');
serve(formatHandlers);
