import { Box, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import {
  type ImageTextProposal,
  type ModelMapping,
  type OnnxProposal,
  type OutputMapping,
  outputMappingSchema,
  type Proposal,
} from '../../../main/contributions/outside/contract/outside.ts';
import { formatNames } from '../../../main/domain/numbers/index.ts';
import { ChoiceField } from '../../ui/fields/index.ts';
import { InputForm } from './input-form.tsx';
import { OutputForm } from './output-form.tsx';
import { PromptForm } from './prompt-form.tsx';

interface FormSectionProps {
  id: string;
  title: string;
  /** What each proposed part rests on; guesses are named as such. */
  reasons?: readonly Proposal['reasons'][number][];
  children: ReactNode;
}

/** A part of the dialog of a model, under its heading. */
export function FormSection({ id, title, reasons = [], children }: FormSectionProps) {
  return (
    <section aria-labelledby={id}>
      <Title id={id} order={3} mb="sm" fz={15}>
        {title}
      </Title>
      {reasons.length > 0 && (
        <Box component="ul" mb="md" pl="lg" c="dimmed" fz="sm">
          {reasons.map(({ text, isGuess }) => (
            <li key={text}>
              {isGuess && <strong className="outside-guess">Guess</strong>}
              {text}
            </li>
          ))}
        </Box>
      )}
      {children}
    </section>
  );
}

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
        <ChoiceField
          mt={12}
          w={200}
          label="Output for images"
          value={mapping.imageOutput}
          options={outputs.image}
          onChange={(imageOutput) => onChange({ ...mapping, imageOutput })}
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
