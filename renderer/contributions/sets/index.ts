import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const sets = definePageParts({
  name: 'sets',
  parts: {
    'stimuli.cards': later(async () => (await import('./set-exchange.tsx')).SetCards),
    'stimuli.replaced': later(async () => (await import('./set-exchange.tsx')).ReplacedSet),
  },
});
