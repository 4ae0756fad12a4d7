import { ActionIcon, Button, Group, Kbd } from '@mantine/core';
import { IconKeyboard, IconSearch } from '@tabler/icons-react';
import { CommandPalette, openPalette } from './everywhere/command-palette.tsx';
import { EngineIndicator } from './everywhere/engine-indicator.tsx';
import './everywhere/everywhere.css';
import { JobToasts } from './everywhere/job-toasts.tsx';
import { JobsMenu } from './everywhere/jobs-menu.tsx';
import { openShortcuts, Shortcuts } from './everywhere/shortcuts.tsx';
import { ThemeSwitch } from './everywhere/theme-switch.tsx';

/** What stands at the right end of the header, on every screen; and what listens on every screen. */
export function HeaderTools() {
  return (
    <Group ml="auto" gap="xs" wrap="nowrap">
      <Button
        variant="default"
        size="compact-sm"
        className="search-button"
        justify="space-between"
        onClick={openPalette}
        leftSection={<IconSearch size={14} stroke={1.5} aria-hidden />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
      >
        Search or command
      </Button>
      <JobsMenu />
      <EngineIndicator />
      <ThemeSwitch />
      <ActionIcon aria-label="Keyboard shortcuts" title="Keyboard shortcuts ( ? )" onClick={openShortcuts}>
        <IconKeyboard size={16} stroke={1.5} />
      </ActionIcon>
      <CommandPalette />
      <Shortcuts />
      <JobToasts />
    </Group>
  );
}
