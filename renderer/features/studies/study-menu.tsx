import { ActionIcon, Menu } from '@mantine/core';
import {
  IconCopy,
  IconDots,
  IconFileText,
  IconPencil,
  IconPlayerPlay,
  IconPlayerStop,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { StudyCard } from '../../../main/contract/api/studies.ts';
import { useApi, useClient } from '../../client/context.tsx';
import { download } from '../../client/files.ts';
import { studyAddress } from '../../navigation/addresses.ts';
import { PartsAt } from '../../ui/places/place.tsx';
import { showRefusal, showToast, showUndoToast } from '../../ui/parts/toasts.tsx';
import { stopping } from '../../ui/parts/training-words.ts';
import { detach } from '../../../main/contract/wire/detach.ts';

const size = 14;

export function StudyMenu({ study, onRename }: { study: StudyCard; onRename: () => void }) {
  const actions = useStudyActions();
  const { name, title, state } = study;
  const isRunning = state === 'running' || state === 'queued' || state === 'paused';
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={`Actions for ${title}`}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {isRunning ? (
          <Menu.Item
            leftSection={<IconPlayerStop size={size} />}
            title={stopping.study.does}
            onClick={() => actions.stop(name)}
          >
            {stopping.study.label}
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconPlayerPlay size={size} />} onClick={() => actions.start(name)}>
            Run study to the report
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconPencil size={size} />} onClick={onRename}>
          Change title
        </Menu.Item>
        <Menu.Item leftSection={<IconCopy size={size} />} onClick={() => actions.duplicate(name)}>
          Copy study
        </Menu.Item>
        <Menu.Divider />
        <PartsAt place="study.menu" study={name} />
        <Menu.Item leftSection={<IconFileText size={size} />} onClick={() => actions.saveFile(name)}>
          Save study file
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconTrash size={size} />} onClick={() => actions.remove(name, title)}>
          Delete study
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Actions on a study, by its name. Errors show as toasts. */
export function useStudyActions() {
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
          message: 'The copy has the runs and stimuli so far. Labels stay with the original.',
          link: { to: studyAddress(name), label: 'Open copy' },
        }),
    }),
  );
  const restore = (study: string): void => setDeleted.mutate({ study, deleted: false });

  return {
    restore,
    remove: (study: string, title: string) =>
      setDeleted.mutate(
        { study, deleted: true },
        {
          onSuccess: () => {
            navigate('/studies');
            showUndoToast({ message: `Deleted "${title}"`, undo: () => restore(study) });
          },
        },
      ),
    purge: (study: string) => purge.mutate({ study }),
    duplicate: (study: string) => duplicate.mutate({ study, name: null }),
    rename: (study: string, title: string) => rename.mutate({ study, title }),
    saveFile: (study: string) =>
      detach(client.studies.file({ study }).then(({ address }) => download(address), showRefusal)),
    start: (study: string) => start.mutate({ study, goal: 'report' }),
    stop: (study: string) => stop.mutate({ study }),
  };
}
