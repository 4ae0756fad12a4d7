import { ActionIcon, useMantineColorScheme } from '@mantine/core';
import { IconBrightnessAuto, IconMoon, IconSun } from '@tabler/icons-react';

const next = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const names = { auto: 'as the system', light: 'light', dark: 'dark' } as const;
const icons = { auto: IconBrightnessAuto, light: IconSun, dark: IconMoon } as const;

/** Light, dark, or as the system is; remembered by this browser. */
export function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = icons[colorScheme];
  const label = `Theme: ${names[colorScheme]}. Change to ${names[next[colorScheme]]}`;
  return (
    <ActionIcon aria-label={label} title={label} onClick={() => setColorScheme(next[colorScheme])}>
      <Icon size={16} stroke={1.5} />
    </ActionIcon>
  );
}
