import { Button, Group, Stack } from '@mantine/core';
import type { ModelMapping, OutsideCheck } from '../../../main/contributions/outside/contract/outside.ts';
import { formatCount, formatPercent } from '../../../main/domain/numbers/index.ts';
import { Fact } from '../../ui/parts/index.ts';
import { Share } from '../../ui/words/index.ts';
import { ConfusionMatrix, FrequentMistakes } from '../../ui/tables/index.ts';

interface CheckResultProps {
  check: OutsideCheck;
  classes: readonly string[];
  /** Takes the mapping of an alternative that does better. */
  onTake: (mapping: ModelMapping) => void;
}

type Warning = OutsideCheck['warnings'][number];

/** How a model does on labeled images, and which mapping would do better. */
export function CheckResult({ check, classes, onTake }: CheckResultProps) {
  const { images, errors, confusion, other, warnings } = check;
  const evaluation = { classes: [...classes], confusion };
  return (
    <Stack component="section" align="flex-start" aria-label="Result of the check">
      <dl className="facts">
        <Fact name="Accuracy">
          <Share k={images - errors} n={images} of="test images" decimals={2} />
        </Fact>
        {other && (
          <Fact name="Other">
            Outputs of no class get {formatPercent(other.mean)} of the probability on average, and over half for{' '}
            {formatCount(other.mostly, 'image')}. No measure uses this part.
          </Fact>
        )}
      </dl>
      {warnings.map(({ text, mistake, mapping }) => (
        <Group key={text} className="warning-note" w="100%" justify="space-between" wrap="nowrap" role="alert">
          <p>{text}</p>
          {buttons[mistake] !== null && (
            <Button variant="filled" size="compact-sm" flex="none" onClick={() => onTake(mapping)}>
              {buttons[mistake]}
            </Button>
          )}
        </Group>
      ))}
      {warnings.length === 0 && <p className="soft">None of the other mappings tried does better.</p>}
      <FrequentMistakes evaluation={evaluation} />
      <ConfusionMatrix evaluation={evaluation} title="Confusion matrix of the check" />
    </Stack>
  );
}

/** What a click on an alternative does; null: there is none. */
const buttons: Record<Warning['mistake'], string | null> = {
  'channel-order': 'Swap red and blue, and check again',
  range: 'Scale values this way, and check again',
  inverted: 'Swap black and white, and check again',
  layout: 'Use this layout, and check again',
  transposed: 'Exchange rows and columns, and check again',
  'class-order': 'Use this order, and check again',
  values: 'Choose probabilities, and check again',
  'no-better-than-chance': null,
};
