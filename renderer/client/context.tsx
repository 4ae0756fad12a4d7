import { isDefinedError, ORPCError } from '@orpc/client';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import type { RouterUtils } from '@orpc/tanstack-query';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { type Refusal, refusalSchema } from '../../main/contract/base.ts';
import { Changes } from './changes.ts';
import type { ChangeListener } from './changes.ts';
import type { Connection, WorkbenchClient } from './client.ts';
import type { LinkState } from './socket-link.ts';

export type Api = RouterUtils<WorkbenchClient>;

interface ClientParts {
  connection: Connection;
  api: Api;
  changes: Changes;
}

const Parts = createContext<ClientParts | null>(null);

/** Refused calls stay refused; those that never reached the program are tried again. */
const isWorthRetrying = (count: number, error: unknown): boolean =>
  count < 2 && !(error instanceof ORPCError && error.code !== 'DISCONNECTED');

/** Gives every screen below it the calls and the changes of one connection. */
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
    void parts.changes.listen(controller.signal);
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

/** Every call, as react-query takes it: `useQuery(api.jobs.list.queryOptions({ input: {} }))`. */
export const useApi = (): Api => useParts().api;

/** The calls themselves, for what is no query: streams, and work in event handlers. */
export const useClient = (): WorkbenchClient => useParts().connection.client;

/** Hears of each change; for screens that look at ids. The listener must be stable. */
export function useChanges(listener: ChangeListener): void {
  const { changes } = useParts();
  useEffect(() => changes.onChanges(listener), [changes, listener]);
}

/** Whether the program answers. */
export function useLinkState(): LinkState {
  const { connection } = useParts();
  return useSyncExternalStore(
    (listener) => connection.onState(listener),
    () => connection.state,
  );
}

/** What to say of an error: the refusal that the program sent, or that something is broken. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof ORPCError && isDefinedError(error)) {
    const refusal = refusalSchema.safeParse(error.data);
    if (refusal.success) return refusal.data;
  }
  if (error instanceof ORPCError && error.code === 'DISCONNECTED') return lost;
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') return badRequest(error.message);
  return defect(error instanceof Error ? error.message : String(error));
}

const lost: Refusal = {
  code: 'client.lost',
  what: 'The program does not answer',
  where: 'the connection to the program',
  remedy: 'What is stored is safe. Start the program again, and open the address that it prints.',
};

const badRequest = (message: string): Refusal => ({
  code: 'client.bad-input',
  what: `The program did not accept this (${message})`,
  where: 'this screen',
  remedy: 'Check what you typed; if it stays, load the page again.',
});

const defect = (message: string): Refusal => ({
  code: 'client.defect',
  what: message || 'Something went wrong in the program',
  where: 'the program',
  remedy: 'Try again. If it stays, start the program again and report what its terminal says; what is stored is safe.',
});
