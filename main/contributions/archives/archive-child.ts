import { codeCacheFolder } from '../../files/index.ts';
import { prepareChild } from '../../processes/index.ts';

/** Entry of a process that reads or writes one archive. */
prepareChild(codeCacheFolder());
const { serve } = await import('../../processes/index.ts');
const { archiveHandlers } = await import('./serve-archive.ts');
serve(archiveHandlers);
