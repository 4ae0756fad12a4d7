import { ActionIcon, Button, Group, Kbd, Tooltip, useMantineColorScheme } from '@mantine/core';
import { IconBrightnessAuto, IconKeyboard, IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { useApi } from '../client/context.tsx';
import { engineTitles } from '../../main/contract/run.ts';
import { leaveToasts } from '../ui/toasts.tsx';
import { LinkButton } from '../ui/buttons.tsx';
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
      <EngineIndicator />
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

/** The engine for new trainings and whether it passed its self-check; links to the Machine screen. */
function EngineIndicator() {
  const api = useApi();
  const { data } = useQuery(api.machine.engines.queryOptions({ input: {}, staleTime: Number.POSITIVE_INFINITY }));
  const engine = data?.engines.find(({ chosen }) => chosen);
  if (!engine) return null;
  const { name, state, speedOverWasm } = engine;
  const speed =
    speedOverWasm === null || name === 'wasm' ? '' : `, ${speedOverWasm.toFixed(1)} times as fast as WebAssembly`;
  const words = {
    passed: `passed its self-check on this machine${speed}`,
    untried: 'not checked on this machine yet',
    failed: 'failed its self-check: choose another on the Machine screen',
    absent: 'not available: choose another on the Machine screen',
  };
  const label = `Engine: ${engineTitles[name]}, ${words[state]}`;
  return (
    <Tooltip label={label}>
      <LinkButton
        to="/machine"
        variant="subtle"
        color="gray"
        size="compact-sm"
        c="var(--ink)"
        fw={500}
        aria-label={label}
        leftSection={<span className="engine-dot" data-state={state} aria-hidden="true" />}
      >
        {engineTitles[name]}
      </LinkButton>
    </Tooltip>
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
