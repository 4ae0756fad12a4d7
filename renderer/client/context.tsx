import { isDefinedError, ORPCError } from '@orpc/client';
import type { AnyRouter, RouterClient } from '@orpc/server';
import { createTanstackQueryUtils, type RouterUtils } from '@orpc/tanstack-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type Refusal, refusalSchema } from '../../main/contract/wire/base.ts';
import { messageOf, UserError } from '../../main/contract/wire/errors.ts';
import { type ChangeListener, Changes } from './changes.ts';
import { callsOf, type Connection, type WorkbenchClient } from './client.ts';
import type { LinkState } from './socket-link.ts';
import { detach } from '../../main/contract/wire/detach.ts';

type Api = RouterUtils<WorkbenchClient>;

interface ClientParts {
  connection: Connection;
  api: Api;
  changes: Changes;
}

const Parts = createContext<ClientParts | null>(null);

/** Refused calls are final; calls that never reached the program are retried. */
const isWorthRetrying = (count: number, error: unknown): boolean =>
  count < 2 && !(error instanceof ORPCError && error.code !== 'DISCONNECTED');

/** Provides the calls and changes of one connection to every screen below. */
export function ClientProvider({ connection, children }: { connection: Connection; children: ReactNode }) {
  const [queries] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: { retry: isWorthRetrying, refetchOnWindowFocus: false, staleTime: 30_000, networkMode: 'always' },
          mutations: { retry: false, networkMode: 'always' },
        },
      }),
  );
  const [parts] = useState<ClientParts>(() => ({
    connection,
    api: createTanstackQueryUtils(connection.client),
    changes: new Changes(connection.client, queries),
  }));
  useEffect(() => {
    const controller = new AbortController();
    detach(parts.changes.listen(controller.signal));
    return () => controller.abort();
  }, [parts]);
  return (
    <Parts.Provider value={parts}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </Parts.Provider>
  );
}

function useParts(): ClientParts {
  const parts = useContext(Parts);
  if (!parts) throw new Error('a screen is outside of ClientProvider');
  return parts;
}

/** All calls for react-query: `useQuery(api.jobs.list.queryOptions({ input: {} }))`. */
export const useApi = (): Api => useParts().api;

/** The plain calls, for streams and event handlers. */
export const useClient = (): WorkbenchClient => useParts().connection.client;

/** The plain calls of a contribution, by its name and the type of its calls. */
export const useCallsOf = <Calls extends AnyRouter>(name: string): RouterClient<Calls> =>
  callsOf<Calls>(useClient(), name);

/** The calls of a contribution for react-query. Queries name what changes their answers: `meta: { follows: ['labeling'] }`. */
export function useApiOf<Calls extends AnyRouter>(name: string): RouterUtils<RouterClient<Calls>> {
  const client = useClient();
  return useMemo(() => createTanstackQueryUtils(callsOf<Calls>(client, name), { path: [name] }), [client, name]);
}

/** Subscribes to changes, for screens that filter by id. The listener must be stable. */
export function useChanges(listener: ChangeListener): void {
  const { changes } = useParts();
  useEffect(() => changes.onChanges(listener), [changes, listener]);
}

export function useLinkState(): LinkState {
  const { connection } = useParts();
  return useSyncExternalStore(
    (listener) => connection.onState(listener),
    () => connection.state,
  );
}

/** The refusal that the program sent, or that the page made itself; for other errors one that describes a lost connection, bad input or a defect. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof UserError)
    return { code: error.code, what: error.message, where: error.where, remedy: error.remedy };
  if (error instanceof ORPCError && isDefinedError(error)) {
    const refusal = refusalSchema.safeParse(error.data);
    if (refusal.success) return refusal.data;
  }
  if (error instanceof ORPCError && error.code === 'DISCONNECTED') return lost;
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') return badRequest(error.message);
  return defect(messageOf(error));
}

const lost: Refusal = {
  code: 'client.lost',
  what: 'The program is not responding',
  where: 'the connection to the program',
  remedy:
    'Stored data are safe. Start the program if it has ended, press Enter in its terminal, and open the address that it prints.',
};

const badRequest = (message: string): Refusal => ({
  code: 'client.bad-input',
  what: `The program did not accept this (${message})`,
  where: 'this screen',
  remedy: 'Check your input. If the error stays, reload the page.',
});

const defect = (message: string): Refusal => ({
  code: 'client.defect',
  what: message || 'Something went wrong in the program',
  where: 'the program',
  remedy:
    'Try again. If it fails again, restart the program and report the messages in its terminal. Stored data are safe.',
});
