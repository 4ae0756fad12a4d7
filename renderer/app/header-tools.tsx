import { ActionIcon, Button, Group, Kbd, useMantineColorScheme } from '@mantine/core';
import { IconBrightnessAuto, IconKeyboard, IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { PartsAt } from '../ui/places/place.tsx';
import { leaveToasts } from '../ui/parts/toasts.tsx';
import { CommandPalette, openPalette } from './command-palette.tsx';
import { JobsMenu, JobToasts } from './jobs.tsx';
import { openShortcuts, Shortcuts } from './shortcuts.tsx';

/** Refusals belong to the screen where they were shown. */
function ScreenToasts() {
  const [path] = useLocation();
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current !== path) leaveToasts();
    shown.current = path;
  }, [path]);
  return null;
}

/** The right end of the header, and what every screen has: palette, shortcuts, toasts of jobs. */
export function HeaderTools() {
  return (
    <Group ml="auto" gap="xs" wrap="nowrap">
      <Button
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
      <PartsAt place="header.tools" />
      <ThemeSwitch />
      <ActionIcon aria-label="Keyboard shortcuts" title="Keyboard shortcuts ( ? )" onClick={openShortcuts}>
        <IconKeyboard size={16} stroke={1.5} />
      </ActionIcon>
      <CommandPalette />
      <Shortcuts />
      <JobToasts />
      <ScreenToasts />
    </Group>
  );
}

const nextTheme = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const themeNames = { auto: 'system', light: 'light', dark: 'dark' } as const;
const themeIcons = { auto: IconBrightnessAuto, light: IconSun, dark: IconMoon } as const;

/** Light, dark or the system's theme; remembered by this browser. */
function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = themeIcons[colorScheme];
  const label = `Theme: ${themeNames[colorScheme]}. Switch to ${themeNames[nextTheme[colorScheme]]}`;
  return (
    <ActionIcon aria-label={label} title={label} onClick={() => setColorScheme(nextTheme[colorScheme])}>
      <Icon size={16} stroke={1.5} />
    </ActionIcon>
  );
}
