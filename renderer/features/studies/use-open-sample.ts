import { useState } from 'react';
import { useLocation } from 'wouter';
import { studyAddress } from '../../navigation/addresses.ts';
import { useClient } from '../../client/context.tsx';
import { showRefusal, showToast } from '../../ui/toasts.tsx';

const lookEvery = 250;

/** Opens the sample study, which is unpacked first where it is not here, and goes there. */
export function useOpenSample(): { open: () => void; busy: boolean } {
  const client = useClient();
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  async function openIt(): Promise<void> {
    const { name, job } = await client.studies.openSample({});
    for (;;) {
      const found = job === null ? undefined : (await client.jobs.list({})).find(({ id }) => id === job);
      if (found === undefined || found.state === 'done') return navigate(found?.link ?? studyAddress(name));
      if (found.endedAt !== null) {
        return showToast({ title: 'The sample study could not be opened', message: found.messages.at(-1) ?? '' });
      }
      await new Promise((resolve) => setTimeout(resolve, lookEvery));
    }
  }
  return {
    busy,
    open: () => {
      setBusy(true);
      void openIt()
        .catch(showRefusal)
        .finally(() => setBusy(false));
    },
  };
}
