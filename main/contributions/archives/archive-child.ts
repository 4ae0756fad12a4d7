import { codeCacheFolder } from '../../files/places.ts';
import { prepareChild } from '../../processes/parent-port.ts';

/** Entry of a process that reads or writes one archive. */
prepareChild(codeCacheFolder());
const { serve } = await import('../../processes/serve.ts');
const { archiveHandlers } = await import('./serve-archive.ts');
serve(archiveHandlers);
