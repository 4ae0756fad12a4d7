import { enableCompileCache, flushCompileCache } from 'node:module';
import type { InspectorMessage } from '../../contract/preview.ts';
import { codeCacheFolder } from '../../files/places.ts';

/** Entry of the inspector's process: see preview-loop.ts. What Ctrl-C means is the parent's to decide. */
process.on('SIGINT', () => undefined);

enableCompileCache(codeCacheFolder());
setTimeout(flushCompileCache, 3000).unref();
const { InspectorLoop } = await import('./preview-loop.ts');
const { parentPort } = await import('./port.ts');

const port = parentPort<InspectorMessage>();
new InspectorLoop(port).start();
port.onClose(() => process.exit());
