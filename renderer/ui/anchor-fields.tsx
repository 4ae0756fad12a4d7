import type { AnchorDesign, AnchorRule } from '../../main/contract/study.ts';
import { ChoiceField, NumberField } from './fields.tsx';

const designs = [
  { value: 'one', label: 'One a class (paper)' },
  { value: 'several', label: 'Several a class' },
  { value: 'fresh', label: 'Fresh for every pair' },
] as const;

interface AnchorFieldsProps {
  design: AnchorDesign;
  onDesign: (design: AnchorDesign) => void;
  rule: AnchorRule['kind'];
  onRule: (rule: AnchorRule['kind']) => void;
  /** What the best anchors are here. */
  best: string;
  disabled?: boolean;
}

/** How pairs share anchors, and which rule chooses these. */
export function AnchorFields({ design, onDesign, rule, onRule, best, disabled = false }: AnchorFieldsProps) {
  const rules = [
    { value: 'best', label: best },
    { value: 'clear', label: 'Any clear sample at random' },
    { value: 'candidate', label: 'Any candidate at random' },
  ] as const;
  return (
    <>
      <ChoiceField
        {...{ label: 'Anchors', w: 236, disabled, options: designs, value: design.kind }}
        onChange={(kind) => onDesign(kind === 'several' ? { kind, perClass: 2 } : { kind })}
      />
      {design.kind === 'several' && (
        <NumberField
          {...{ label: 'Anchors of each class', w: 152, min: 2, max: 100, disabled, value: design.perClass }}
          onChange={(perClass) => onDesign({ kind: 'several', perClass })}
        />
      )}
      <ChoiceField {...{ label: 'Chosen by', w: 236, disabled, options: rules, value: rule, onChange: onRule }} />
    </>
  );
}
