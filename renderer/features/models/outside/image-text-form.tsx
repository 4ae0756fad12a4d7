import { Select } from '@mantine/core';
import type { ImageTextProposal, ModelMapping } from '../../../../main/contract/outside.ts';
import { FormSection } from './form-section.tsx';
import { InputForm } from './input-form.tsx';
import { PromptForm } from './prompt-form.tsx';

type ImageTextMapping = Extract<ModelMapping, { kind: 'image-text' }>;

interface ImageTextFormProps {
  proposal: ImageTextProposal;
  classes: readonly string[];
  mapping: ImageTextMapping;
  onChange: (mapping: ImageTextMapping) => void;
}

/** How an image-text model is used. */
export function ImageTextForm({ proposal, classes, mapping, onChange }: ImageTextFormProps) {
  const { reasons, outputs } = proposal;
  return (
    <>
      <FormSection
        id="model-input"
        title="How images become the image encoder’s input"
        reasons={reasons.filter(({ about }) => about === 'input')}
      >
        <InputForm input={mapping.input} onChange={(input) => onChange({ ...mapping, input })} />
        <Select
          mt={12}
          w={200}
          label="Output for images"
          allowDeselect={false}
          value={mapping.imageOutput}
          data={outputs.image}
          onChange={(imageOutput) => imageOutput !== null && onChange({ ...mapping, imageOutput })}
        />
      </FormSection>
      <FormSection
        id="model-prompts"
        title="Which prompts name the classes"
        reasons={reasons.filter(({ about }) => about === 'text')}
      >
        <PromptForm
          classes={classes}
          outputs={outputs.text}
          text={mapping.text}
          onChange={(text) => onChange({ ...mapping, text })}
        />
      </FormSection>
    </>
  );
}
