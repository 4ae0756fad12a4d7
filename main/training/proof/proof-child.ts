import { engineNames } from '../../contract/run.ts';
import { codeCacheFolder } from '../../files/places.ts';
import { prepareChild } from '../../processes/parent-port.ts';

/** Entry of the process that proves one engine, or is measured beside it. Argument: the engine. */
prepareChild(codeCacheFolder());
const [{ openEngine }, { serveProof }] = await Promise.all([import('../engines/open.ts'), import('./serve.ts')]);
const name = engineNames.find((known) => known === process.argv[2]);
serveProof(name ? openEngine(name) : Promise.reject(new Error(`there is no engine ${process.argv[2]}`)));
