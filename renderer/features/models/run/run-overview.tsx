import { Button, CopyButton, Group, Progress, Stack, TagsInput, Text, Box } from '@mantine/core';
import { useState } from 'react';
import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { RunDetails } from '../../../../main/contract/api/runs.ts';
import { taughtElsewhere } from '../../../../main/domain/networks/taught-note.ts';
import {
  formatCost,
  formatCount,
  formatDuration,
  formatFixed,
  formatInteger,
  formatRemaining,
} from '../../../../main/domain/numbers/format.ts';
import { isRetryable, isRunOver } from '../../../../main/domain/networks/status.ts';
import { useApi } from '../../../client/context.tsx';
import { modelsAddress, studyFromAddress, useParameter } from '../../../navigation/addresses.ts';
import { ArchitectureMark } from '../../../ui/words/badges.tsx';
import { PartsAt } from '../../../ui/places/place.tsx';
import { Fact, HelpNote, useActionError } from '../../../ui/parts/states.tsx';
import { Bytes, Duration, Share, TrendValue, Undefined } from '../../../ui/words/values.tsx';
import { TextArea } from '../../../ui/fields/fields.tsx';
import { LinkButton, TextButton } from '../../../ui/parts/buttons.tsx';
import { PlainTable } from '../../../ui/tables/plain-table.tsx';
import { DeleteRuns } from '../delete-runs.tsx';
import { findLinks } from '../../../../main/domain/numbers/links.ts';
import { formatSpeed } from '../table/columns.tsx';
import { RunOnMenu } from '../places.tsx';
import { useRunActions } from '../use-run-actions.ts';
import { decidingImages } from './run-curves.tsx';
import type { Target } from '../../../../main/contract/recipes/recipes.ts';
import { isAccuracy, targetTitle } from '../../../../main/domain/numbers/targets.ts';

export function RunOverview({ details }: { details: RunDetails }) {
  const { row, failure, cost, places, task } = details;
  return (
    <Stack gap="md">
      <Actions details={details} />
      {failure && (
        <div className="error-notice" role="alert">
          <Text fw={600}>Run failed: {failure.message.split('\n')[0]}</Text>
          <Text size="sm">
            Retry repeats the same recipe and seed, from the last checkpoint. The Log tab has the details.
          </Text>
        </div>
      )}
      {row.state === 'running' && row.progress && (
        <div>
          <Progress
            value={(100 * row.progress.done) / Math.max(1, row.progress.total)}
            aria-label={`Progress of ${row.name}`}
          />
          <Text size="xs" className="soft">
            {formatInteger(row.progress.done)} of about {formatInteger(row.progress.total)} steps
            {row.progress.note && `, ${row.progress.note}`}
            {row.timeLeft !== null && `, ${formatRemaining(row.timeLeft)}`}
          </Text>
        </div>
      )}
      <Targets details={details} />
      <dl className="facts">
        {row.architecture && (
          <>
            <Fact name="Architecture">
              <ArchitectureMark kind={row.architecture} />
            </Fact>
            <Fact name="Recipe">
              {row.recipe}{' '}
              {task.kind === 'classifier' && (
                <CopyText text={JSON.stringify(task.recipe, null, 2)} name="Copy as JSON" />
              )}
            </Fact>
            <Fact name="Parameters">
              {row.parameters === null ? (
                <Undefined reason="The data set is not known yet" />
              ) : (
                formatInteger(row.parameters)
              )}
            </Fact>
          </>
        )}
        <Fact name="Seed">{row.seed ?? <Undefined reason="This run uses no random numbers" />}</Fact>
        <Fact name="Engine">{row.engine ?? <Undefined reason="The run has not started" />}</Fact>
        {row.cluster !== null && <PartsAt place="run.cluster" run={row} />}
        <Fact name="Time spent">
          <Duration ms={row.activeTime} />
          {row.attempts > 1 && ` in ${row.attempts} attempts`}
          {row.stepsPerSecond !== null && `, ${formatSpeed(row.stepsPerSecond)} steps a second, evaluations included`}
        </Fact>
        {cost && (
          <Fact name="Breakdown">
            {formatDuration(cost.trainMs)} training ({formatInteger(cost.steps)} steps),{' '}
            {formatDuration(cost.evaluationMs)} evaluating accuracy ({formatCount(cost.evaluations, 'evaluation')},{' '}
            {formatInteger(cost.imagesEvaluated)} {decidingImages(row.landing)})
          </Fact>
        )}
        <Fact name="In studies">{places.map(({ study, role }) => `${study} (${role})`).join(', ') || 'none'}</Fact>
      </dl>
      <Remarks key={row.id} details={details} />
    </Stack>
  );
}

function Targets({ details: { row, snapshots, missed } }: { details: RunDetails }) {
  if (row.targets.length === 0) return null;
  const onValidation = row.landing === 'validation';
  const [accuracy, beside] = onValidation ? ['Test accuracy', 'Validation accuracy'] : ['Counted', 'Trend'];
  const rows = row.targets.map((each) => ({
    ...each,
    snapshot: snapshots.find(({ target }) => target === each.target),
    miss: missed.find(({ target }) => target === each.target),
  }));
  return (
    <div>
      <PlainTable
        label="Targets"
        rows={rows}
        rowKey={({ target }) => target}
        instead={({ snapshot, miss }) => (snapshot ? undefined : missText(miss, row.landing))}
        columns={[
          { title: 'Target', cell: ({ target }) => targetTitle(target) },
          {
            title: accuracy,
            numeric: true,
            cell: ({ snapshot, otherHalf }) => (
              <>
                {snapshot && `${formatFixed(snapshot.accuracy, 2)} %`}
                {otherHalf !== null && <span className="soft"> (other half {formatFixed(otherHalf, 2)} %)</span>}
              </>
            ),
          },
          {
            title: beside,
            numeric: true,
            cell: ({ trend, validation }) =>
              validation === null ? <TrendValue trend={trend} /> : `${formatFixed(validation, 2)} %`,
          },
          {
            title: 'Errors on test images',
            cell: ({ snapshot }) => snapshot && <Share k={snapshot.errors} n={snapshot.testCount} decimals={2} />,
          },
          { title: 'Step', numeric: true, cell: ({ snapshot }) => snapshot && formatInteger(snapshot.step) },
          {
            title: 'Weights',
            numeric: true,
            cell: ({ target, snapshot }) =>
              snapshot && <Weights id={row.id} name={row.name} target={target} bytes={snapshot.bytes} />,
          },
        ]}
      />
      {row.targets.some(({ state }) => state === 'unused') && (
        <HelpNote>This run did not end well, so that no result uses its snapshots.</HelpNote>
      )}
      {snapshots.length > 0 && <HelpNote>{landingNote(row)}</HelpNote>}
      {row.testedOnTaught && (
        <HelpNote>This network was taught test images: they count in its test accuracy. {taughtElsewhere}</HelpNote>
      )}
    </div>
  );
}

function missText(miss: RunDetails['missed'][number] | undefined, landing: RunDetails['row']['landing']): string {
  if (!miss) return 'Not reached yet';
  const nearest = miss.nearestAccuracy;
  const images = decidingImages(landing);
  return `Missed: ${miss.why}${nearest === null ? '' : ` Nearest: ${formatFixed(nearest, 2)} % of the ${images}.`}`;
}

/** A snapshot's weights. */
const Weights = ({ bytes, ...of }: { id: number; name: string; target: Target; bytes: number | null }) =>
  bytes === null ? (
    <Undefined reason="The weights are not in this data folder" />
  ) : (
    <PartsAt place="run.snapshot" bytes={bytes} {...of} otherwise={<Bytes bytes={bytes} />} />
  );

/** What the accuracies of a run's snapshots are, and what decided that a target was met. */
export function landingNote({ landing, targets }: Pick<RunDetails['row'], 'landing' | 'targets'>): string {
  const byBudget =
    'accuracy on all test images at the snapshot. The number of epochs or the training loss decided when.';
  if (!targets.some(({ target }) => isAccuracy(target)))
    return landing === 'validation' ? `Test accuracy: ${byBudget}` : `Counted: ${byBudget}`;
  const counted = "Counted: the accuracy at the snapshot's own step";
  const trend = 'Trend: the line through the evaluations around that step, without it.';
  const first =
    "the first evaluation inside the band around the target (the paper's rule), so usually above the accuracy around it";
  switch (landing) {
    case 'validation':
      return (
        'Validation accuracy: of training images that were held out. It decided: this run stops at the first evaluation of ' +
        'them inside the band around the target, so usually above the accuracy around it. Test accuracy: of all test images, evaluated at ' +
        'the snapshot only. It decided nothing.'
      );
    case 'trend':
      return `${counted}, which did not decide. ${trend} In this run, the trend decides when the target is met.`;
    case 'half':
      return `${counted}, ${first}. ${trend} In this run, one half of the test images decides when the target is met; the other half does not.`;
    case null:
      return `${counted}, ${first}. ${trend}`;
  }
}

function Actions({ details: { row, places, retryCost } }: { details: RunDetails }) {
  const [address] = useLocation();
  const study = studyFromAddress(address) ?? places[0]?.study;
  const { onError, notice } = useActionError();
  const { act, clone, archive } = useRunActions(study ?? '', onError);
  const [, setRun] = useParameter('run');
  const [deleting, setDeleting] = useState(false);
  if (study === undefined) return null;
  const isOver = isRunOver(row.state);
  const button = (action: Parameters<typeof act>[1], label: string, cost: RunDetails['retryCost'] = null) => (
    <Button
      rightSection={
        cost && (
          <Box component="span" fw={400}>
            ({formatCost(cost)})
          </Box>
        )
      }
      onClick={() => act([row.id], action)}
    >
      {label}
    </Button>
  );
  return (
    <>
      <Group gap="xs">
        {row.kind === 'classifier' && (row.state === 'failed' || row.state === 'missed') && (
          <LinkButton variant="filled" to={modelsAddress(study, `?add=models&like=${row.id}`)}>
            Change the recipe
          </LinkButton>
        )}
        {isRetryable(row.state) && button('retry', 'Retry run', retryCost)}
        {row.held && button('release', 'Resume run')}
        {!isOver && !row.held && button('hold', 'Pause run')}
        {!isOver && row.state !== 'running' && button('first', 'Run first')}
        {!isOver && !row.cancelling && button('cancel', 'Cancel run')}
        {!isOver && <RunOnMenu study={study} onError={onError} ids={[row.id]} />}
        {row.kind === 'classifier' && <Button onClick={() => clone([row.id])}>Clone with next seed</Button>}
        <Button onClick={() => archive([row.id], !row.archived)}>
          {row.archived ? 'Take out of the archive' : 'Archive run'}
        </Button>
        {row.group !== null && <Button onClick={() => setDeleting(true)}>Delete run …</Button>}
      </Group>
      {row.archived && (
        <Text size="sm">Archived: hidden from the table of runs. Results and reports still use its snapshots.</Text>
      )}
      {deleting && (
        <DeleteRuns
          study={study}
          onError={onError}
          ids={[row.id]}
          onClose={() => setDeleting(false)}
          onDeleted={() => setRun(null)}
        />
      )}
      {notice}
    </>
  );
}

/** Links that a note contains, as a text field cannot open them. The desktop window opens no other pages: copy them there. */
function NoteLinks({ note }: { note: string }) {
  const links = findLinks(note);
  const opens = location.protocol.startsWith('http');
  if (links.length === 0) return null;
  return (
    <ul className="plain-list breaks-words" aria-label="Links in the note">
      {links.map((link) => (
        <li key={link}>
          {opens ? (
            <a href={link} target="_blank" rel="noopener noreferrer">
              {link}
            </a>
          ) : (
            link
          )}{' '}
          <CopyText text={link} label={`Copy the link ${link}`} name="Copy" />
        </li>
      ))}
    </ul>
  );
}

function CopyText({ text, name, label }: { text: string; name: string; label?: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <TextButton aria-label={label} onClick={copy}>
          {copied ? 'Copied' : name}
        </TextButton>
      )}
    </CopyButton>
  );
}

/** Tags and a note; saved when the field loses the focus. */
function Remarks({ details: { row } }: { details: RunDetails }) {
  const api = useApi();
  const { onError, notice } = useActionError();
  const tag = useMutation(api.runs.tag.mutationOptions({ onError }));
  const note = useMutation(api.runs.note.mutationOptions({ onError }));
  const [text, setText] = useState(row.note);
  const [tags, setTags] = useState(row.tags);
  const changeTags = (next: string[]): void => {
    const clean = next.map((word) => word.trim().slice(0, 40)).filter(Boolean);
    setTags(clean);
    const add = clean.filter((word) => !row.tags.includes(word));
    const remove = row.tags.filter((word) => !clean.includes(word));
    if (add.length + remove.length > 0) tag.mutate({ ids: [row.id], add, remove });
  };
  return (
    <>
      <TagsInput label="Tags" value={tags} onChange={changeTags} maxTags={20} />
      <TextArea
        label="Note"
        autosize
        minRows={2}
        maxLength={10_000}
        value={text}
        onChange={setText}
        onBlur={() => text !== row.note && note.mutate({ id: row.id, note: text })}
      />
      <NoteLinks note={text} />
      {notice}
    </>
  );
}
