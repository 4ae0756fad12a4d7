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
import { useStudyActions } from './use-study-actions.tsx';

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
