import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect } from 'react';
import { useLocation, useSearch } from 'wouter';
import { detach } from '../../main/contract/wire/detach.ts';
import { useClient } from '../client/context.tsx';

/** Milliseconds after the last change before an address is kept. */
const keptAfter = 500;

/** Keeps the address within the page, so that it opens there after a restart of the program. */
export function useKeptPlace(): void {
  const client = useClient();
  const [path] = useLocation();
  const search = useSearch();
  // What cannot be kept, as the program has ended, is only convenience.
  const keep = useDebouncedCallback(
    (place: string) => detach(client.app.keepPlace({ place }).catch(() => undefined)),
    keptAfter,
  );
  useEffect(() => keep(`#${path}${search === '' ? '' : `?${search}`}`), [keep, path, search]);
}
