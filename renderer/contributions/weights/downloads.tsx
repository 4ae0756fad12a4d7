import type { WeightsCalls } from '../../../main/contributions/weights/calls.ts';
import { networkFormats, weightFormats } from '../../../main/contributions/weights/formats.ts';
import type { Target } from '../../../main/contract/recipes/index.ts';
import { targetTitle } from '../../../main/domain/numbers/index.ts';
import { useCallsOf } from '../../client/index.ts';
import { Bytes } from '../../ui/words/index.ts';
import { WeightsMenu } from './weights-menu.tsx';

/** Downloads a snapshot's weights. */
export function SnapshotWeights({
  id,
  name,
  target,
  bytes,
}: {
  id: number;
  name: string;
  target: Target;
  bytes: number;
}) {
  const weights = useCallsOf<WeightsCalls>('weights');
  return (
    <WeightsMenu
      label={`Download the weights of ${name} at ${targetTitle(target)}`}
      formats={weightFormats}
      offer={(format) => weights.ofRun({ id, target, format })}
    >
      Download (<Bytes bytes={bytes} />)
    </WeightsMenu>
  );
}

/** Downloads a generator. */
export function GeneratorWeights({ study, step, label }: { study: string; step: number | null; label: string }) {
  const weights = useCallsOf<WeightsCalls>('weights');
  return (
    <WeightsMenu
      label={label}
      formats={networkFormats}
      offer={(format) => weights.ofGenerator({ study, step, format })}
    >
      Download
    </WeightsMenu>
  );
}
