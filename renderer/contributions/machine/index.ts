import { IconCpu } from '@tabler/icons-react';
import type { MachineCalls } from '../../../main/contributions/machine/calls.ts';
import { callsOf } from '../../client/index.ts';
import { definePageParts } from '../define.ts';
import { EngineIndicator } from './engine-indicator.tsx';

export const machine = definePageParts({
  name: 'machine',
  parts: {
    'header.tools': EngineIndicator,
    screens: [
      {
        path: '/machine',
        title: 'Machine',
        command: 'Machine',
        icon: IconCpu,
        load: async () => (await import('./machine-screen.tsx')).MachineScreen,
      },
    ],
    commands: [
      {
        label: 'Check engines again',
        keywords: ['self-check', 'speed'],
        run: (client) => callsOf<MachineCalls>(client, 'machine').check({}),
      },
      {
        label: 'Back up the database',
        keywords: ['save'],
        run: (client) => callsOf<MachineCalls>(client, 'machine').backUp({}),
      },
    ],
  },
});
