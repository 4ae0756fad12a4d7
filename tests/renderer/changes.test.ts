import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import type { ChangeEvent, Topic } from '../../main/contract/api/changes.ts';
import { Changes } from '../../renderer/client/changes.ts';
import type { WorkbenchClient } from '../../renderer/client/client.ts';

const calls = ['table', 'types', 'pictures', 'picture'] as const;

/** Tells queries of changes of these topics. */
async function change(queries: QueryClient, ...topics: Topic[]): Promise<void> {
  const ended = new AbortController();
  async function* events(): AsyncGenerator<ChangeEvent> {
    yield { type: 'hello', life: 'one', seq: 0, missed: false };
    yield { type: 'changes', changes: topics.map((topic, at) => ({ seq: at + 1, topic, ids: null })) };
    ended.abort();
  }
  const client = { changes: { listen: () => Promise.resolve(events()) } } as unknown as WorkbenchClient;
  await new Changes(client, queries).listen(ended.signal);
}

/** Which calls of Results are asked again after changes of these topics. */
async function askedAgain(...topics: Topic[]): Promise<string[]> {
  const queries = new QueryClient();
  for (const call of calls) queries.setQueryData([['results', call], {}], {});
  await change(queries, ...topics);
  return calls.filter((call) => queries.getQueryState([['results', call], {}])?.isInvalidated);
}

test('pictures of stimuli are asked again when stimuli change, not when networks or people answer', async () => {
  expect(await askedAgain('predictions', 'labeling')).toEqual(['table', 'types']);
  expect(await askedAgain('labeling', 'stimuli')).toEqual([...calls]);
});

test('queries of contributions are asked again after the topics that they name, and no others', async () => {
  const queries = new QueryClient();
  const states = async (...topics: Topic[]) => {
    for (const live of [undefined, 'self', 'never']) {
      const queryKey = [['offline', String(live)]];
      await queries.fetchQuery({ queryKey, queryFn: () => live ?? 'followed', meta: { follows: ['labeling'], live } });
    }
    await change(queries, ...topics);
    const isOld = (call: string) => queries.getQueryState([['offline', call]])?.isInvalidated;
    return [isOld('undefined'), isOld('self'), isOld('never')];
  };
  expect(await states('jobs', 'runs')).toEqual([false, true, false]);
  expect(await states('jobs', 'labeling')).toEqual([true, true, false]);
});

test('an answer that its screen keeps fresh is old after any change, and asked again when it is shown next', async () => {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 30_000 } } });
  const asked: string[] = [];
  const show = (live: 'self' | 'never') => {
    const queryFn = () => {
      asked.push(live);
      return live;
    };
    const observer = new QueryObserver(queries, { queryKey: [['overview', live]], queryFn, meta: { live } });
    return observer.subscribe(() => undefined);
  };
  for (const live of ['self', 'never'] as const) {
    const hide = show(live);
    await expect.poll(() => queries.getQueryData([['overview', live]])).toBe(live);
    hide();
  }
  const shown = show('self');
  await change(queries, 'jobs');
  expect(asked).toEqual(['self', 'never']);
  shown();
  show('self');
  show('never');
  await expect.poll(() => asked).toEqual(['self', 'never', 'self']);
});
