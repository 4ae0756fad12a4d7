import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '../../../renderer/ui/theme.css';
import { MantineProvider, Stack, Title } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { createRoot } from 'react-dom/client';
import { pageParts } from '../../../renderer/contributions/all.ts';
import { addParts } from '../../../renderer/ui/places/places.ts';
import { cssVariables, theme } from '../../../renderer/ui/words/theme.ts';
import { Charts } from './charts.tsx';
import { Grid } from './grid.tsx';
import { ManyPoints } from './many-points.tsx';
import { Narrow } from './narrow.tsx';
import { Pieces } from './pieces.tsx';
import { Settings } from './settings.tsx';
import { SmallCharts } from './small-charts.tsx';
import { Strip } from './strip.tsx';
import { Table } from './table.tsx';

/** Each piece on a page of its own, by the address behind `#`. */
const pages: Record<string, () => React.ReactNode> = {
  pieces: Pieces,
  settings: Settings,
  strip: Strip,
  grid: Grid,
  table: Table,
  charts: Charts,
  points: ManyPoints,
  small: SmallCharts,
  narrow: Narrow,
};

const name = location.hash.slice(1);
const Page = pages[name] ?? Pieces;
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
for (const { name: contribution, parts = {} } of pageParts) addParts(contribution, parts);
createRoot(root).render(
  <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
    <Notifications />
    <Stack component="main" p="xl" gap="xl">
      <Title order={1}>Gallery: {name}</Title>
      <Page />
    </Stack>
  </MantineProvider>,
);
