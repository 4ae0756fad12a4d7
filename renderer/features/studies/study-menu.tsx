import { ActionIcon, Menu } from '@mantine/core';
import {
  IconCopy,
  IconDots,
  IconFileText,
  IconPackageExport,
  IconPencil,
  IconPlayerPlay,
  IconPlayerStop,
  IconTrash,
} from '@tabler/icons-react';
import type { StudyCard } from '../../../main/contract/api/studies.ts';
import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { studyAddress } from '../../navigation/addresses.ts';
import { useApi, useClient } from '../../client/context.tsx';
import { download } from '../../client/files.ts';
import { showRefusal, showToast, showUndoToast } from '../../ui/toasts.tsx';

const size = 14;

/** Everything that can be done with a study, behind three dots. */
export function StudyMenu({ study, onRename }: { study: StudyCard; onRename: () => void }) {
  const actions = useStudyActions();
  const { name, title, state } = study;
  const works = state === 'working' || state === 'waiting';
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={`More of ${title}`}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {works ? (
          <Menu.Item leftSection={<IconPlayerStop size={size} />} onClick={() => actions.stop(name)}>
            Stop
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconPlayerPlay size={size} />} onClick={() => actions.start(name)}>
            Run to the report
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconPencil size={size} />} onClick={onRename}>
          Change the title
        </Menu.Item>
        <Menu.Item leftSection={<IconCopy size={size} />} onClick={() => actions.duplicate(name)}>
          Duplicate
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconPackageExport size={size} />} onClick={() => actions.pack(name, true)}>
          Export everything
        </Menu.Item>
        <Menu.Item leftSection={<IconPackageExport size={size} />} onClick={() => actions.pack(name, false)}>
          Export without weights
        </Menu.Item>
        <Menu.Item leftSection={<IconFileText size={size} />} onClick={() => actions.saveFile(name)}>
          Save the study file
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconTrash size={size} />} onClick={() => actions.remove(name, title)}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

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
      if (address !== null) return download(address);
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
    saveFile: (study) => void client.studies.file({ study }).then(({ address }) => download(address), showRefusal),
    start: (study) => start.mutate({ study, goal: 'report' }),
    stop: (study) => stop.mutate({ study }),
  };
}
