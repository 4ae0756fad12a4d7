import type { ComponentProps } from 'react';
import { later } from '../../ui/parts/index.ts';
import type { LabelingPart } from '../../ui/places/index.ts';
import { definePageParts } from '../define.ts';
import { ownPage } from './own-page.tsx';

type Props = ComponentProps<LabelingPart['Part']>;

export const desk = definePageParts({
  name: 'desk',
  ownPage,
  parts: {
    'labeling.labels': later(async () => (await import('./quality-panel.tsx')).QualityPanel),
    'labeling.parts': [
      {
        part: 'plan',
        title: 'Plan',
        isFirst: ({ hasPlan }) => !hasPlan,
        Part: later<Props>(async () => (await import('./plan-part.tsx')).PlanPart),
      },
      {
        part: 'sessions',
        title: 'Sessions',
        isFirst: ({ hasPlan }) => hasPlan,
        Part: later<Props>(async () => (await import('./sessions-part.tsx')).SessionsPart),
      },
    ],
  },
});
