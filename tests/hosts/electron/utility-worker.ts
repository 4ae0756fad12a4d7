/** A worker that tells what it was started with and what it is sent, and leaves with much still on its way. */
import { parentPort } from '../../../main/processes/parent-port.ts';

const port = parentPort<object>();
port.send({ words: process.argv.slice(2), variable: process.env.BOUNDARY_TRIAL, old: process.execArgv });
console.log('said on stdout');
port.onMessage((message) => {
  const { last = false } = message as { last?: boolean };
  if (!last) return port.send({ got: message });
  for (let k = 0; k < 500; k++) port.send({ k, filler: 'x'.repeat(10_000) });
  port.leave(7);
});
