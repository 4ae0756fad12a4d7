import type { AnchorDesign, AnchorRule, BlendedRule } from '../../main/contract/study.ts';
import { ChoiceField, NumberField } from './fields.tsx';

const designs = [
  { value: 'one', label: 'One a class (paper)' },
  { value: 'several', label: 'Several a class' },
  { value: 'fresh', label: 'Fresh for every pair' },
] as const;

export type RuleKind = (AnchorRule | BlendedRule)['kind'];

interface AnchorFieldsProps {
  design: AnchorDesign;
  onDesign: (design: AnchorDesign) => void;
  rule: RuleKind;
  onRule: (rule: RuleKind) => void;
  /** What the best anchors are here. */
  best: string;
  /** Whether anchors are real images. */
  real?: boolean;
  disabled?: boolean;
}

/** How pairs share anchors, and which rule chooses these. */
export function AnchorFields({
  design,
  onDesign,
  rule,
  onRule,
  best,
  real = false,
  disabled = false,
}: AnchorFieldsProps) {
  const rules: readonly { value: RuleKind; label: string }[] = [
    { value: 'best', label: best },
    { value: 'clear', label: `Any clear ${real ? 'image' : 'sample'} at random` },
    real
      ? { value: 'random', label: 'Any test image at random' }
      : { value: 'candidate', label: 'Any candidate at random' },
  ];
  return (
    <>
      <ChoiceField
        label="Anchors"
        w={236}
        disabled={disabled}
        value={design.kind}
        options={real ? designs.map((each) => ({ ...each, label: each.label.replace(' (paper)', '') })) : designs}
        onChange={(kind) => onDesign(kind === 'several' ? { kind, perClass: 2 } : { kind })}
      />
      {design.kind === 'several' && (
        <NumberField
          label="Anchors of each class"
          w={152}
          min={2}
          max={100}
          disabled={disabled}
          value={design.perClass}
          onChange={(perClass) => onDesign({ kind: 'several', perClass })}
        />
      )}
      <ChoiceField label="Chosen by" w={236} disabled={disabled} options={rules} value={rule} onChange={onRule} />
    </>
  );
}
