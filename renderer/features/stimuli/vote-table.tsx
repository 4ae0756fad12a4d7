import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { OutsideVoter, Voter, Vote } from '../../../main/contract/api/stimuli.ts';
import { ArchitectureMark } from '../../ui/badges.tsx';
import { className, formatFixed, formatPercent } from '../../../main/domain/format.ts';
import { outsideKindNames } from '../../../main/domain/outside-models.ts';
import { ClassName } from '../../ui/class-name.tsx';
import { LoadingLine } from '../../ui/states.tsx';
import { decodeFloats } from './latent.ts';

interface VoteTableProps {
  voters: readonly Voter[];
  votes: readonly DecodedVote[];
  /** Index of the image in the votes. */
  image: number;
  names: readonly string[];
  /** Classes with their own softmax column. */
  shown: readonly number[];
  /** Votes are still to come: every voter has a row before. */
  loading?: boolean;
  /** Models that were not trained here. */
  outside?: readonly OutsideRow[];
}

/** Each model's label and softmax for one image. */
export function VoteTable({ voters, votes, image, names, shown, loading = false, outside = [] }: VoteTableProps) {
  const waits = loading && votes.length === 0;
  if (votes.length === 0 && outside.length === 0 && (!waits || voters.length === 0))
    return <Text c="dimmed">There are no trained models yet.</Text>;
  return (
    <table className="plain-table">
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col">Label</th>
          {shown.map((k) => (
            <th key={k} scope="col" data-numeric>
              softmax <ClassName name={className(names, k)} width={70} />
            </th>
          ))}
          {hasOthers(names, shown) && (
            <th scope="col" data-numeric>
              others
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {waits &&
          voters.map(({ weights, name, architecture }) => (
            <tr key={weights}>
              <th scope="row">
                <ArchitectureMark kind={architecture}>{name}</ArchitectureMark>
              </th>
              <td colSpan={1 + shown.length + (hasOthers(names, shown) ? 1 : 0)}>
                <LoadingLine width="100%" />
              </td>
            </tr>
          ))}
        {votes.map((vote) => (
          <VoteRow key={vote.weights} vote={vote} image={image} names={names} shown={shown}>
            <VoterName voter={voters.find(({ weights }) => weights === vote.weights)} />
          </VoteRow>
        ))}
        {outside.map(({ voter, answer }) =>
          answer !== null && 'labels' in answer ? (
            <VoteRow key={`outside ${voter.id}`} vote={answer} image={image} names={names} shown={shown}>
              <OutsideName voter={voter} />
            </VoteRow>
          ) : (
            <tr key={`outside ${voter.id}`}>
              <th scope="row">
                <OutsideName voter={voter} />
              </th>
              <td colSpan={1 + shown.length + (hasOthers(names, shown) ? 1 : 0)} className="soft">
                {answer === null ? <LoadingLine label={`${voter.name} predicts`} width="100%" /> : answer.why}
              </td>
            </tr>
          ),
        )}
      </tbody>
    </table>
  );
}

/** Whether there are classes beside those that have a column. */
const hasOthers = (names: readonly string[], shown: readonly number[]): boolean => names.length > shown.length;

interface VoteRowProps extends Pick<VoteTableProps, 'image' | 'names' | 'shown'> {
  vote: Pick<DecodedVote, 'labels'> & { softmax: Float32Array | null };
  /** The name of the model. */
  children: ReactNode;
}

function VoteRow({ vote: { labels, softmax }, image, names, shown, children }: VoteRowProps) {
  const label = labels[image] ?? 0;
  const shares = softmax && shown.map((k) => softmax[image * names.length + k] ?? 0);
  const others = shares && Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0));
  const all = shares && others !== null ? [...shares, ...(hasOthers(names, shown) ? [others] : [])] : null;
  return (
    <tr>
      <th scope="row">{children}</th>
      <td>
        <Text component="span" c="var(--networks)" fw={600}>
          <ClassName name={className(names, label)} width={96} />
        </Text>
      </td>
      {all === null && (
        <td colSpan={shown.length + (hasOthers(names, shown) ? 1 : 0)} className="soft">
          Only labels are known
        </td>
      )}
      {all?.map((share, k) => (
        <td key={shown[k] ?? 'others'} data-numeric>
          <span className="stimuli-bar" style={{ '--share': share } as React.CSSProperties}>
            {formatPercent(share)}
          </span>
        </td>
      ))}
    </tr>
  );
}

function VoterName({ voter }: { voter: Voter | undefined }) {
  if (!voter) return 'Reference';
  return (
    <ArchitectureMark kind={voter.architecture}>
      <span title={`${formatFixed(voter.accuracy, 2)} % test accuracy`}>{voter.name}</span>
    </ArchitectureMark>
  );
}

function OutsideName({ voter: { name, kind, accuracy } }: Pick<OutsideRow, 'voter'>) {
  const right = accuracy === null ? '' : `, ${formatFixed(accuracy, 2)} % of the labeled images it was tried on`;
  return (
    <ArchitectureMark kind="outside">
      <bdi className="class-name" title={`${name} (outside model: ${outsideKindNames[kind]}${right})`}>
        {name}
      </bdi>
    </ArchitectureMark>
  );
}

/** How many models gave each label, for each image: [image][class]. */
export function labelCounts(votes: readonly Vote[], classes: number, images: number): number[][] | null {
  if (votes.length === 0) return null;
  const counts = Array.from({ length: images }, () => new Array<number>(classes).fill(0));
  for (const { labels } of votes) {
    labels.forEach((label, image) => {
      const row = counts[image];
      if (row) row[label] = (row[label] ?? 0) + 1;
    });
  }
  return counts;
}

/** An outside model, and what it says: null until it answers. */
export interface OutsideRow {
  voter: OutsideVoter;
  answer: (Omit<DecodedVote, 'weights' | 'softmax'> & { softmax: Float32Array | null }) | { why: string } | null;
}

interface DecodedVote {
  weights: string;
  labels: readonly number[];
  /** [images, classes]. */
  softmax: Float32Array;
}

export const decodeVote = ({ weights, labels, softmax }: Vote): DecodedVote => ({
  weights,
  labels,
  softmax: decodeFloats(softmax),
});

export const softmaxAt = ({ softmax }: DecodedVote, image: number, classIndex: number, classes: number): number =>
  softmax[image * classes + classIndex] ?? 0;
