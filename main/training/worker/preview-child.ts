import { codeCacheFolder } from '../../files/places.ts';
import { prepareChild } from '../../processes/parent-port.ts';

/** Entry of the preview process. Arguments: the engine and the folder of the blob store. */
prepareChild(codeCacheFolder());
const { servePreviews } = await import('./preview.ts');
servePreviews(process.argv[2] ?? '', process.argv[3] ?? '');
