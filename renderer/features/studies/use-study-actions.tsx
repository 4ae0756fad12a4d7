import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { studyAddress } from '../../navigation/addresses.ts';
import { useApi, useClient } from '../../client/context.tsx';
import { saveFrom } from '../../client/files.ts';
import { showRefusal, showToast, showUndoToast } from '../../ui/toasts.tsx';

/** Milliseconds between looks at an export. */
const lookEvery = 300;

export interface StudyActions {
  remove(name: string, title: string): void;
  bringBack(name: string): void;
  purge(name: string): void;
  duplicate(name: string): void;
  rename(name: string, title: string): void;
  /** Packs the study and has the archive saved. */
  pack(name: string, weights: boolean): void;
  saveFile(name: string): void;
  start(name: string): void;
  stop(name: string): void;
}

/** What can be done with a study, wherever it is listed. Refusals show as toasts. */
export function useStudyActions(): StudyActions {
  const api = useApi();
  const client = useClient();
  const [, navigate] = useLocation();
  const onError = showRefusal;
  const setDeleted = useMutation(api.studies.setDeleted.mutationOptions({ onError }));
  const purge = useMutation(api.studies.purge.mutationOptions({ onError }));
  const rename = useMutation(api.studies.rename.mutationOptions({ onError }));
  const start = useMutation(api.work.start.mutationOptions({ onError }));
  const stop = useMutation(api.work.stop.mutationOptions({ onError }));
  const duplicate = useMutation(
    api.studies.duplicate.mutationOptions({
      onError,
      onSuccess: ({ name }) =>
        showToast({
          title: `Copied as "${name}"`,
          message: 'With the runs and stimuli that are there; labels stay with the first one.',
          link: { to: studyAddress(name), label: 'Open it' },
        }),
    }),
  );
  const bringBack = (study: string): void => setDeleted.mutate({ study, deleted: false });

  async function pack(study: string, weights: boolean): Promise<void> {
    const { job } = await client.studies.startExport({ study, weights });
    for (;;) {
      const { address } = await client.studies.exported({ job });
      if (address !== null) return saveFrom(address);
      const state = (await client.jobs.list({})).find(({ id }) => id === job)?.state;
      if (state === undefined || state === 'stopped' || state === 'failed') return;
      await new Promise((resolve) => setTimeout(resolve, lookEvery));
    }
  }

  return {
    bringBack,
    remove: (study, title) =>
      setDeleted.mutate(
        { study, deleted: true },
        {
          onSuccess: () => {
            navigate('/studies');
            showUndoToast({ message: `Deleted "${title}"`, undo: () => bringBack(study) });
          },
        },
      ),
    purge: (study) => purge.mutate({ study }),
    duplicate: (study) => duplicate.mutate({ study, name: null }),
    rename: (study, title) => rename.mutate({ study, title }),
    pack: (study, weights) => void pack(study, weights).catch(showRefusal),
    saveFile: (study) => void client.studies.file({ study }).then(({ address }) => saveFrom(address), showRefusal),
    start: (study) => start.mutate({ study, goal: 'report' }),
    stop: (study) => stop.mutate({ study }),
  };
}
