import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import type { ChangeEvent, Topic } from '../../main/contract/api/changes.ts';
import { Changes } from '../../renderer/client/changes.ts';
import type { WorkbenchClient } from '../../renderer/client/client.ts';

const calls = ['table', 'types', 'pictures', 'picture'] as const;

/** Which calls of Results are asked again after changes of these topics. */
async function askedAgain(...topics: Topic[]): Promise<string[]> {
  const queries = new QueryClient();
  for (const call of calls) queries.setQueryData([['results', call], {}], {});
  const ended = new AbortController();
  async function* events(): AsyncGenerator<ChangeEvent> {
    yield { type: 'hello', life: 'one', seq: 0, missed: false };
    yield { type: 'changes', changes: topics.map((topic, at) => ({ seq: at + 1, topic, ids: null })) };
    ended.abort();
  }
  const client = { changes: { listen: () => Promise.resolve(events()) } } as unknown as WorkbenchClient;
  await new Changes(client, queries).listen(ended.signal);
  return calls.filter((call) => queries.getQueryState([['results', call], {}])?.isInvalidated);
}

test('pictures of stimuli are asked again when stimuli change, not when networks or people answer', async () => {
  expect(await askedAgain('predictions', 'labeling')).toEqual(['table', 'types']);
  expect(await askedAgain('labeling', 'stimuli')).toEqual([...calls]);
});
