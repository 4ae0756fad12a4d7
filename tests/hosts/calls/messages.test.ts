import { MessageChannel } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { isMessage } from '../../../main/hosts/calls/messages.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { handlersOf } from '../../calls.ts';

const accepted = [
  '{"i":"1","p":{"u":"/jobs/list","b":{"json":{}}}}',
  '{"i":"1","p":{"u":"/changes/listen","h":{"last-event-id":"3"},"b":{"json":{"after":null}}}}',
  '{"i":"1","t":4}',
];

/** Found by fuzzing: each of them made the decoder behind throw, and its stack went to the terminal. */
const refused = [
  '{"i":"1"}',
  '{"i":"1","p":5}',
  '{"i":"1","p":{"u":"jobs/list"}}',
  '{"i":"1","p":{"u":"::"}}',
  '{"i":"1","p":{"u":"http://[","b":{"json":{}}}}',
  '{"i":"1","t":99,"p":{}}',
  '{"i":"1","t":3}',
  '{"i":"1","t":2,"p":{"u":"/jobs/list"}}',
  '{"i":"1","p":{"u":"/jobs/list","h":{"content-type":"multipart/form-data"},"b":"x"}}',
  '{"i":"1","p":{"u":"/jobs/list","h":{"Content-Type":"multipart/form-data"},"b":"x"}}',
  '{"i":"1","p":{"u":"/jobs/list","h":[1]}}',
];

test.each(accepted)('%s is a message', (text) => expect(isMessage(text)).toBe(true));
test.each(refused)('%s is none', (text) => expect(isMessage(text)).toBe(false));

test('what is no message ends its port, and writes no stack', async () => {
  const error = vi.spyOn(console, 'error').mockReturnValue();
  const { lab } = openLab();
  const calls = handlersOf({ lab, log: () => undefined });
  for (const message of refused) {
    const { port1, port2 } = new MessageChannel();
    calls.port(port2, null);
    port2.start();
    const closed = new Promise<void>((resolve) => port1.once('close', resolve));
    port1.postMessage(message);
    await closed;
  }
  expect(error).not.toHaveBeenCalled();
});
