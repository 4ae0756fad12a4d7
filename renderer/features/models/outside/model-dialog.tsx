import { Button, Checkbox, Group, Modal, Progress, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { ModelFiles } from '../../../../main/contract/api/outside.ts';
import type { FoundModel } from '../../../../main/contract/outside-models.ts';
import {
  type ModelMapping,
  type OutputMapping,
  type OutsideCheck,
  outputMappingSchema,
} from '../../../../main/contract/outside.ts';
import { formatCount, formatNames } from '../../../../main/domain/format.ts';
import { useApi, useClient } from '../../../client/context.tsx';
import { useReading } from '../../../client/use-reading.ts';
import { ErrorNotice, HelpNote } from '../../../ui/states.tsx';
import { showToast } from '../../../ui/toasts.tsx';
import { CheckResult } from './check-result.tsx';
import { InputForm } from './input-form.tsx';
import { ModelFacts } from './model-facts.tsx';
import { emptyOutput, type FoundOnnx, OutputForm } from './output-form.tsx';

/** A model's files that were looked into, and what they hold. */
export interface OpenModel {
  from: ModelFiles;
  name: string;
  found: FoundModel & FoundOnnx;
}

interface ModelDialogProps {
  study: string;
  model: OpenModel;
  onClose: () => void;
}

type Mapping = Extract<ModelMapping, { kind: 'onnx' }>;

/** Shows what a model's file holds, has its mapping confirmed and checked on labeled images, and then adds it. */
export function ModelDialog({ study, model, onClose }: ModelDialogProps) {
  const { found, from } = model;
  const api = useApi();
  const client = useClient();
  const [name, setName] = useState(model.name.replace(/\.onnx$/i, '').slice(0, 100));
  const [mapping, setMapping] = useState<Mapping>(() => ({
    ...{ kind: 'onnx', input: found.proposal.input },
    output: found.proposal.output ?? emptyOutput(found),
  }));
  /** What is being checked or was; null: the mapping has changed since. */
  const [asked, setAsked] = useState<{ study: string; from: ModelFiles; mapping: Mapping } | null>(null);
  const [accept, setAccept] = useState(false);
  const checking = useReading(asked, (input, options) => client.outside.check(input, options));
  const check = checking.result?.check ?? null;
  const isChecking = asked !== null && check === null && checking.error === null;
  const add = useMutation(
    api.outside.add.mutationOptions({
      onSuccess: ({ job }) => {
        showToast({
          title: `${name.trim()} added`,
          ...(job !== null && { message: 'It now answers for the stimuli of this study.' }),
        });
        onClose();
      },
    }),
  );
  const change = (next: Mapping): void => {
    setMapping(next);
    setAsked(null);
    setAccept(false);
  };
  const start = (next: Mapping): void => {
    setAccept(false);
    setAsked({ study, from, mapping: next });
  };
  const problem = useMemo(() => mappingProblem(mapping.output, found.classes), [mapping.output, found.classes]);
  const isWrong = (check?.warnings.length ?? 0) > 0;
  const missing = whatIsMissing({ name, problem, check, isChecking, isWrong, accept });
  return (
    <Modal opened onClose={onClose} title={`Add ${model.name}`} size={920} closeOnClickOutside={false}>
      <Stack gap="lg">
        <ModelFacts file={found.files} />
        <section aria-labelledby="model-input">
          <h3 id="model-input" className="outside-heading">
            How images become its input
          </h3>
          <Reasons found={found} about="input" />
          <InputForm input={mapping.input} onChange={(input) => change({ ...mapping, input })} />
        </section>
        <section aria-labelledby="model-output">
          <h3 id="model-output" className="outside-heading">
            Which outputs are which classes
          </h3>
          <Reasons found={found} about="output" />
          <OutputForm {...{ found }} output={mapping.output} onChange={(output) => change({ ...mapping, output })} />
        </section>
        <section aria-labelledby="model-check">
          <h3 id="model-check" className="outside-heading">
            Check on labeled images
          </h3>
          <HelpNote>
            The model classifies up to 1,000 test images of this study’s data set, in a process of its own. Mappings
            that differ in one thing are tried on some of them.
          </HelpNote>
          <div className="outside-check-start">
            {isChecking ? (
              <>
                <Button variant="default" onClick={() => setAsked(null)}>
                  Cancel the check
                </Button>
                <Progress
                  w={200}
                  value={100 * (checking.progress?.share ?? 0)}
                  aria-label="Check on labeled images: progress"
                />
                <span className="soft" role="status">
                  {checking.progress?.note ?? 'Starting'}
                </span>
              </>
            ) : (
              <Button variant={check ? 'default' : 'filled'} disabled={problem !== null} onClick={() => start(mapping)}>
                {check ? 'Check again' : 'Check the model'}
              </Button>
            )}
          </div>
          {checking.error !== null && <ErrorNotice error={checking.error} safe="Nothing was stored." />}
          {check && (
            <CheckResult
              {...{ check, classes: found.classes }}
              onTake={(next) => {
                if (next.kind !== 'onnx') return;
                setMapping(next);
                start(next);
              }}
            />
          )}
        </section>
        <div className="outside-foot">
          <TextInput
            label="Name of the model"
            value={name}
            maxLength={100}
            onChange={({ currentTarget: { value } }) => setName(value)}
          />
          {check && isWrong && (
            <Checkbox
              label="The mapping is right as it is: add the model anyway"
              checked={accept}
              onChange={({ currentTarget: { checked } }) => setAccept(checked)}
            />
          )}
          <p className="soft" role="status">
            {missing ?? ''}
          </p>
          {add.isError && <ErrorNotice error={add.error} safe="Nothing was stored." />}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              disabled={missing !== null}
              loading={add.isPending}
              onClick={() => add.mutate({ study, from, mapping, name: name.trim(), accept })}
            >
              Add model
            </Button>
          </Group>
        </div>
      </Stack>
    </Modal>
  );
}

/** What each proposed part rests on; guesses are named as such. */
function Reasons({ found, about }: { found: FoundOnnx; about: 'input' | 'output' }) {
  return (
    <ul className="outside-reasons">
      {found.proposal.reasons
        .filter((reason) => reason.about === about)
        .map(({ text, isGuess }) => (
          <li key={text}>
            {isGuess && <strong className="outside-guess">Guess</strong>}
            {text}
          </li>
        ))}
    </ul>
  );
}

/** Why the model cannot be checked yet; null: it can. */
function mappingProblem(output: OutputMapping, classes: readonly string[]): string | null {
  const without = classes.filter((_, k) => (output.classes[k] ?? []).length === 0);
  if (without.length > 0) return `Choose outputs for ${formatNames(without, 3)}.`;
  return outputMappingSchema.safeParse(output).success ? null : 'Choose outputs that exist, and none for two classes.';
}

interface Progressed {
  name: string;
  problem: string | null;
  check: OutsideCheck | null;
  isChecking: boolean;
  isWrong: boolean;
  accept: boolean;
}

/** Why the model cannot be added yet; null: it can. */
function whatIsMissing({ name, problem, check, isChecking, isWrong, accept }: Progressed): string | null {
  if (problem !== null) return problem;
  if (isChecking) return 'The model can be added once the check has ended.';
  if (!check) return 'Check the model with this mapping; then it can be added.';
  if (name.trim() === '') return 'Name the model.';
  if (isWrong && !accept)
    return `The check found ${formatCount(check.warnings.length, 'problem')}: change the mapping, or say that it is right.`;
  return null;
}
