import { Button, Group, Modal, Stack, Box } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { OutsideCalls } from '../../../main/contributions/outside/calls.ts';
import type { ModelFiles } from '../../../main/contributions/outside/schemas.ts';
import type {
  FoundModel,
  FilesOf,
  ModelMapping,
  OutsideCheck,
} from '../../../main/contributions/outside/contract/outside.ts';
import { formatCount } from '../../../main/domain/numbers/index.ts';
import { longestModelName, proposedName } from '../../../main/contributions/outside/contract/files.ts';
import { promptProblem } from '../../../main/contributions/outside/model/prompts.ts';
import { useApiOf, useCallsOf, useReading } from '../../client/index.ts';
import { ErrorNotice, HelpNote, showToast, WorkProgress } from '../../ui/parts/index.ts';
import { CheckField, TextField } from '../../ui/fields/index.ts';
import { CheckResult } from './check-result.tsx';
import { ModelFacts } from './model-facts.tsx';
import { FormSection, ImageTextForm, OnnxForm, outputProblem } from './mapping-forms.tsx';
import { emptyOutput } from './output-form.tsx';

/** A model's files that were looked into, and what they hold. */
export interface OpenModel {
  files: FilesOf<ModelFiles>;
  /** Name of its first file. */
  name: string;
  found: FoundModel;
}

interface ModelDialogProps {
  study: string;
  model: OpenModel;
  /** Names that models of the study have. */
  taken: readonly string[];
  onClose: () => void;
}

/** Shows what a model's files hold, has its mapping confirmed and checked on labeled images, and then adds it. */
export function ModelDialog({ study, model, taken, onClose }: ModelDialogProps) {
  const { found, files } = model;
  const { classes } = found;
  const api = useApiOf<OutsideCalls>('outside');
  const calls = useCallsOf<OutsideCalls>('outside');
  const [mapping, setMapping] = useState(() => firstMapping(found));
  /** Null: the proposed one, which follows the mapping. */
  const [typedName, setTypedName] = useState<string | null>(null);
  const name = typedName ?? proposedName(model.name, mapping, { classes, taken });
  /** What is being checked or was; null: the mapping has changed since. */
  const [asked, setAsked] = useState<{ study: string; files: FilesOf<ModelFiles>; mapping: ModelMapping } | null>(null);
  const [accept, setAccept] = useState(false);
  const checking = useReading(asked, (input, options) => calls.check(input, options));
  const check = checking.result?.check ?? null;
  const isChecking = asked !== null && check === null && checking.error === null;
  const change = (next: ModelMapping): void => {
    setMapping(next);
    setAsked(null);
    setAccept(false);
  };
  const start = (next: ModelMapping): void => {
    setAccept(false);
    setAsked({ study, files, mapping: next });
  };
  const add = useMutation(
    api.add.mutationOptions({
      onSuccess: ({ job }, added) =>
        showToast({
          title: `${added.name} added`,
          ...(job !== null && { message: 'It now answers for the stimuli of this study.' }),
        }),
    }),
  );
  const put = (onSuccess: () => void): void =>
    add.mutate({ study, files, mapping, name: name.trim(), accept }, { onSuccess });
  const again = (): void => {
    setTypedName(null);
    change(mapping);
  };
  const problem = useMemo(() => mappingProblem(mapping, classes), [mapping, classes]);
  const isWrong = (check?.warnings.length ?? 0) > 0;
  const missing = whatIsMissing({ name, problem, check, isChecking, isWrong, accept });
  return (
    <Modal opened onClose={onClose} title={`Add ${model.name}`} size={920} closeOnClickOutside={false}>
      <Stack gap="lg">
        <ModelFacts found={found.files} />
        {mapping.kind === 'onnx' && found.proposal.kind === 'onnx' && (
          <OnnxForm mapping={mapping} classes={classes} proposal={found.proposal} onChange={change} />
        )}
        {mapping.kind === 'image-text' && found.proposal.kind === 'image-text' && (
          <ImageTextForm mapping={mapping} classes={classes} proposal={found.proposal} onChange={change} />
        )}
        <FormSection id="model-check" title="Check on labeled images">
          <HelpNote>
            The model classifies up to 1,000 test images of this study’s data set, in a process of its own. Mappings
            that differ in one thing are tried on some of them.
          </HelpNote>
          <Box my="sm">
            {isChecking ? (
              <WorkProgress
                of="Check on labeled images"
                note={checking.progress?.note ?? 'Starting'}
                share={checking.progress?.share ?? 0}
              >
                <Button onClick={() => setAsked(null)}>Cancel the check</Button>
              </WorkProgress>
            ) : (
              <Button variant={check ? 'default' : 'filled'} disabled={problem !== null} onClick={() => start(mapping)}>
                {check ? 'Check again' : 'Check the model'}
              </Button>
            )}
          </Box>
          {checking.error !== null && <ErrorNotice error={checking.error} safe="Nothing was stored." />}
          {check && (
            <CheckResult
              check={check}
              classes={classes}
              onTake={(next) => {
                setMapping(next);
                start(next);
              }}
            />
          )}
        </FormSection>
        <Stack gap="sm" pt="md" style={{ borderTop: '1px solid var(--line)' }}>
          <TextField label="Name of the model" value={name} maxLength={longestModelName} onChange={setTypedName} />
          {check && isWrong && (
            <CheckField
              label="The mapping is right as it is: add the model anyway"
              checked={accept}
              onChange={setAccept}
            />
          )}
          <p className="soft" role="status">
            {missing ?? ''}
          </p>
          {add.isError && <ErrorNotice error={add.error} safe="Nothing was stored." />}
          <Group justify="end">
            <Button onClick={onClose}>Cancel</Button>
            {/* Uploads are gone once a model is added. */}
            {mapping.kind === 'image-text' && files.model.kind === 'path' && (
              <Button disabled={missing !== null || add.isPending} onClick={() => put(again)}>
                Add, and try other prompts
              </Button>
            )}
            <Button variant="filled" disabled={missing !== null} loading={add.isPending} onClick={() => put(onClose)}>
              Add model
            </Button>
          </Group>
        </Stack>
      </Stack>
    </Modal>
  );
}

/** The proposed mapping. Classes may have no outputs yet. */
function firstMapping({ proposal, classes }: FoundModel): ModelMapping {
  const { input } = proposal;
  if (proposal.kind === 'image-text')
    return { kind: proposal.kind, input, imageOutput: proposal.imageOutput, text: proposal.text };
  return { kind: proposal.kind, input, output: proposal.output ?? emptyOutput({ proposal, classes }) };
}

/** Why the model cannot be checked yet; null: it can. */
const mappingProblem = (mapping: ModelMapping, classes: readonly string[]): string | null =>
  mapping.kind === 'onnx'
    ? outputProblem(mapping.output, classes)
    : (promptProblem(mapping.text, classes)?.text ?? null);

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
  if (!check) return 'Check the model as it is set up here; then it can be added.';
  if (name.trim() === '') return 'Name the model.';
  if (isWrong && !accept)
    return `The check found ${formatCount(check.warnings.length, 'problem')}: change the mapping, or say that it is right.`;
  return null;
}
