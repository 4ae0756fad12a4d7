import { Text } from '@mantine/core';
import { useState } from 'react';
import type { StimuliState } from '../../../main/contract/api/index.ts';
import type { AnchorSpec } from '../../../main/contract/stimuli/index.ts';
import { formatPercent } from '../../../main/domain/numbers/index.ts';
import { type AnchorDoubt, CheckFailed, doubtNote, useReferenceCheck } from '../../stimuli/index.ts';
import { Confirm, HelpNote } from '../../ui/parts/index.ts';
import type { Places } from '../../ui/places/index.ts';

type SetAnchor = Places['stimuli.anchors']['setAnchor'];

interface AskedAnchor {
  classIndex: number;
  anchor: AnchorSpec;
  /** What the reference classifier says, or why it could not be asked. */
  answer: { doubt: AnchorDoubt } | { failure: unknown };
}

/** Chooses anchors, and asks first where the reference classifier takes the point for another class or cannot be asked. */
export function useAnchorChoice(study: string, state: StimuliState, setAnchor: SetAnchor) {
  const check = useReferenceCheck(study, state);
  const [asked, ask] = useState<AskedAnchor | null>(null);
  const choose = async (classIndex: number, anchor: AnchorSpec, z: string): Promise<void> => {
    try {
      const [doubt] = await check([{ classIndex, index: 0, z }]);
      if (doubt) ask({ classIndex, anchor, answer: { doubt } });
      else setAnchor(classIndex, anchor);
    } catch (failure) {
      ask({ classIndex, anchor, answer: { failure } });
    }
  };
  const own = state.classes[asked?.classIndex ?? 0];
  const question = (
    <Confirm
      opened={asked !== null}
      title={`Use this point as the anchor of ${own}?`}
      action={`Use as anchor of ${own}`}
      onClose={() => ask(null)}
      onConfirm={() => asked && setAnchor(asked.classIndex, asked.anchor)}
    >
      {asked && 'failure' in asked.answer && <CheckFailed error={asked.answer.failure} />}
      {asked && 'doubt' in asked.answer && (
        <>
          <Text>
            The reference classifier of this study calls it {state.classes[asked.answer.doubt.called]} (
            {formatPercent(asked.answer.doubt.share)}), not {own}.
          </Text>
          <HelpNote>{doubtNote}</HelpNote>
        </>
      )}
    </Confirm>
  );
  return { choose, question };
}
