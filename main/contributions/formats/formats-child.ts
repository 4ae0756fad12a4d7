import { codeCacheFolder } from '../../files/places.ts';
import { prepareChild } from '../../processes/parent-port.ts';

/** Entry of the process that reads data sets as others store them. */
prepareChild(codeCacheFolder());
const { serve } = await import('../../processes/serve.ts');
const { formatHandlers } = await import('./serve-formats.ts');
serve(formatHandlers);
