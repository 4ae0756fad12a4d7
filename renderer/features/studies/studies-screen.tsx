import type { Workbench } from '../../../main/contract/calls.ts';
import { StudiesView } from './studies-view.tsx';
import { useOverview } from './use-overview.ts';

export function StudiesScreen({ workbench }: { workbench: Workbench }) {
  return <StudiesView overview={useOverview(workbench)} now={Date.now()} />;
}
