import { Stack } from '@mantine/core';
import { createElement, Fragment, useState } from 'react';
import type { ClusterCheck, ClusterFinding } from '../../../main/contributions/slurm/profile/cluster-check.ts';
import { formatBytes, formatCount } from '../../../main/domain/numbers/index.ts';
import { Ago, Verdict } from '../../ui/words/index.ts';
import { TextButton } from '../../ui/parts/index.ts';

const marks: Record<ClusterFinding['state'], { word: string; mark: string; as: string }> = {
  ok: { word: 'Passed', mark: '✓', as: 'passed' },
  warning: { word: 'Warning', mark: '!', as: 'untried' },
  fault: { word: 'Fault', mark: '✕', as: 'failed' },
};

/** What the last check of a cluster found: what is wrong at once, the rest on demand. */
export function CheckFindings({ check }: { check: ClusterCheck }) {
  const { cluster, at, state, findings, node } = check;
  const [all, setAll] = useState(false);
  const wrong = findings.filter((finding) => finding.state !== 'ok');
  const shown = all ? findings : wrong;
  return (
    <Stack component="section" className="cluster-check" gap="sm" aria-label={`Check of ${cluster}`}>
      <p>
        <strong>
          {state === 'ok'
            ? `${cluster} is ready.`
            : state === 'warning'
              ? `${cluster} works, with ${formatCount(wrong.length, 'warning')}.`
              : `${cluster} cannot train yet.`}
        </strong>{' '}
        <span className="soft">
          Checked <Ago at={at} />
          {node && `, on node ${node.name}: ${node.machine.cpu}, ${formatBytes(node.machine.memory)}`}.
        </span>{' '}
        {wrong.length < findings.length && (
          <TextButton aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? 'Hide what passed' : `Show all ${formatCount(findings.length, 'finding')}`}
          </TextButton>
        )}
      </p>
      {shown.length > 0 && (
        <ul className="bare-list">
          {shown.map((finding) => (
            <Finding key={`${finding.about} ${finding.what}`} finding={finding} />
          ))}
        </ul>
      )}
    </Stack>
  );
}

function Finding({ finding: { state, what, remedy, detail } }: { finding: ClusterFinding }) {
  const { word, mark, as } = marks[state];
  return (
    <li className="verdict">
      <span aria-hidden="true" data-state={as}>
        {mark}
      </span>
      <span>
        <span className="sr">{word}: </span>
        <Codes text={what} />
        {!/[.!?]$/.test(what) && '.'}
        {remedy !== null && (
          <>
            {' '}
            <Codes text={remedy} />
          </>
        )}
        {detail !== null && state !== 'ok' && <pre className="cluster-detail">{detail}</pre>}
      </span>
    </li>
  );
}

/** A text with names of settings and commands between backticks. */
function Codes({ text }: { text: string }) {
  const parts = text.split('`').map((part, index) => (index % 2 === 0 ? part : createElement('code', {}, part)));
  return createElement(Fragment, {}, ...parts);
}

/** How a cluster is, in a word or two. */
export function ClusterMark({ check, troubles }: { check: ClusterCheck | null; troubles: number }) {
  if (troubles > 0) return <Verdict {...marks.fault} word={`${formatCount(troubles, 'fault')} now`} />;
  if (check === null) return <Verdict as="untried" mark="?" word="Not checked" />;
  return <Verdict {...marks[check.state]} word={check.state === 'fault' ? 'Check failed' : 'Ready'} />;
}
