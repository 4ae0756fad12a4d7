import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const effects = definePageParts({
  name: 'effects',
  parts: {
    'models.screens': [
      {
        path: '/sweeps',
        title: 'Sweeps',
        load: async () => (await import('./sweeps/sweeps-screen.tsx')).SweepsScreen,
      },
    ],
    'models.ways': later(async () => (await import('./sweeps/plan-sweep.tsx')).PlanSweep),
    'results.views': [
      {
        id: 'effects',
        name: 'Effects',
        question: 'cause',
        View: later(async () => (await import('./results/effects-view.tsx')).EffectsView),
        shows: 'It shows what architecture, optimizer and training do.',
        isOffered: () => true,
        chooses: ['networks'],
        parameters: ['outcome', 'factor', 'reference', 'second', 'target', 'of-images', 'people', 'm'],
      },
    ],
    'report.sections': [{ section: 'effects', title: 'Effects of what networks differ in' }],
    'report.choice': later(async () => (await import('./results/report-choice.tsx')).OverStudiesChoice),
  },
});
