/**
 * Loaded before a worker that plays a utility process of Electron: `process.parentPort` is there, and the channel of
 * `child_process.fork` that carries it is out of the worker's sight.
 */
import { EventEmitter } from 'node:events';

const port = new EventEmitter();
const send = process.send?.bind(process);
Reflect.deleteProperty(process, 'send');
process.on('message', (data) => port.emit('message', { data }));
process.on('disconnect', () => process.exit());
const postMessage = (/** @type {object} */ message) => send?.(message);
Object.assign(process, { parentPort: Object.assign(port, { postMessage }) });
