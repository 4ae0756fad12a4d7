import { Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RunDetails } from '../../../../main/contract/api/run-details.ts';
import type { SnapshotEvaluation } from '../../../../main/contract/evaluation.ts';
import { useApi } from '../../../client/context.tsx';
import { ExportMenu } from '../../../ui/export/export-menu.tsx';
import { percentText } from '../../../ui/format.ts';
import { PixelImage } from '../../../ui/pixel-image.tsx';
import { HelpNote, Loading, Refused } from '../../../ui/states.tsx';
import { Share } from '../../../ui/values.tsx';
import { ConfusionMatrix, confusionTable } from './confusion-matrix.tsx';

/** How a snapshot does on the test images: which classes it takes for which, and its most confident mistakes. */
export function TestImages({ details: { row, snapshots } }: { details: RunDetails }) {
  const [target, setTarget] = useState<number | null>(null);
  const chosen = target ?? snapshots.at(-1)?.target ?? null;
  if (chosen === null) {
    return <HelpNote>There is no snapshot yet. One is taken at each target accuracy on the way up.</HelpNote>;
  }
  return (
    <Stack gap="md">
      {snapshots.length > 1 && (
        <SegmentedControl
          aria-label="Snapshot"
          data={snapshots.map((each) => ({ value: String(each.target), label: `At ${each.target} %` }))}
          value={String(chosen)}
          onChange={(value) => setTarget(Number(value))}
        />
      )}
      <Evaluated key={chosen} id={row.id} name={row.name} target={chosen} />
    </Stack>
  );
}

function Evaluated({ id, name, target }: { id: number; name: string; target: number }) {
  const api = useApi();
  const evaluated = useQuery(
    api.runs.evaluate.queryOptions({
      input: { id, target },
      meta: { live: 'self' },
      ...{ staleTime: Number.POSITIVE_INFINITY, retry: false },
    }),
  );
  if (evaluated.isError) return <Refused error={evaluated.error} onRetry={() => void evaluated.refetch()} />;
  if (!evaluated.data) return <Loading label="The snapshot looks at the test images" lines={8} />;
  const { evaluation, errorsInTraining } = evaluated.data;
  const title = `Confusion matrix of ${name} at ${target} %`;
  return (
    <>
      <section>
        <Group gap="xs">
          <h3>What it takes for what</h3>
          <ExportMenu title={title} table={() => confusionTable(evaluation)} />
        </Group>
        <Text size="sm">
          Wrong: <Share k={evaluation.errors} n={evaluation.testCount} of="test images" decimals={2} interval />
          {evaluation.errors !== errorsInTraining && ` (${errorsInTraining} counted in training, on another engine)`}
        </Text>
        <ConfusionMatrix evaluation={evaluation} title={title} />
      </section>
      <section>
        <h3>Most confident mistakes</h3>
        {evaluation.mistakes.length === 0 ? <Text size="sm">It made none.</Text> : <Mistakes {...evaluation} />}
      </section>
    </>
  );
}

function Mistakes({ mistakes, classes, width, height }: SnapshotEvaluation) {
  return (
    <ul className="picture-list">
      {mistakes.map(({ image, actual, predicted, confidence, pixels }) => (
        <li key={image} title={`Test image ${image}`}>
          <PixelImage
            {...{ pixels, width, height, size: 56 }}
            label={`Test image ${image}: a ${classes[actual]}, taken for ${classes[predicted]}`}
          />
          <span>
            {classes[actual]} as <strong>{classes[predicted]}</strong>
          </span>
          <span className="soft">{percentText(confidence, 1)}</span>
        </li>
      ))}
    </ul>
  );
}
