import {
  type ModelMapping,
  type OnnxProposal,
  type OutputMapping,
  outputMappingSchema,
} from '../../../../main/contract/outside.ts';
import { formatNames } from '../../../../main/domain/format.ts';
import { FormSection } from './form-section.tsx';
import { InputForm } from './input-form.tsx';
import { OutputForm } from './output-form.tsx';

type OnnxMapping = Extract<ModelMapping, { kind: 'onnx' }>;

interface OnnxFormProps {
  proposal: OnnxProposal;
  classes: readonly string[];
  mapping: OnnxMapping;
  onChange: (mapping: OnnxMapping) => void;
}

/** How a classifier is used. */
export function OnnxForm({ proposal, classes, mapping, onChange }: OnnxFormProps) {
  const { reasons } = proposal;
  return (
    <>
      <FormSection
        id="model-input"
        title="How images become its input"
        reasons={reasons.filter(({ about }) => about === 'input')}
      >
        <InputForm input={mapping.input} onChange={(input) => onChange({ ...mapping, input })} />
      </FormSection>
      <FormSection
        id="model-output"
        title="Which outputs are which classes"
        reasons={reasons.filter(({ about }) => about === 'output')}
      >
        <OutputForm
          found={{ proposal, classes }}
          output={mapping.output}
          onChange={(output) => onChange({ ...mapping, output })}
        />
      </FormSection>
    </>
  );
}

/** Why outputs cannot be checked yet; null: they can. */
export function outputProblem(output: OutputMapping, classes: readonly string[]): string | null {
  const without = classes.filter((_, k) => (output.classes[k] ?? []).length === 0);
  if (without.length > 0) return `Choose outputs for ${formatNames(without, 3)}.`;
  return outputMappingSchema.safeParse(output).success ? null : 'Choose outputs that exist, and none for two classes.';
}
