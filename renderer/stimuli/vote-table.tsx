import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Voter, Vote } from '../../main/contract/api/stimuli.ts';
import { ArchitectureMark } from '../ui/words/badges.tsx';
import { className, formatFixed, formatPercent } from '../../main/domain/numbers/format.ts';
import { ClassName } from '../ui/words/class-name.tsx';
import type { OtherVoter } from '../ui/places/places.ts';
import { PlainTable } from '../ui/tables/plain-table.tsx';
import { LoadingLine } from '../ui/parts/states.tsx';
import { Undefined } from '../ui/words/values.tsx';
import { decodeFloats } from './latent.ts';
import './votes.css';

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
  /** Models of contributions. */
  others?: readonly OtherVoter[];
}

/** Each model's label and softmax for one image. */
export function VoteTable({ voters, votes, image, names, shown, loading = false, others = [] }: VoteTableProps) {
  const waits = loading && votes.length === 0;
  if (votes.length === 0 && others.length === 0 && (!waits || voters.length === 0))
    return <Text c="dimmed">There are no trained models yet.</Text>;
  const rows: VoteRow[] = [
    ...(waits ? voters.map((voter) => ({ key: voter.weights, name: <VoterName voter={voter} />, vote: null })) : []),
    ...votes.map((vote) => ({
      key: vote.weights,
      name: <VoterName voter={voters.find(({ weights }) => weights === vote.weights)} />,
      vote,
    })),
    ...others.map((other) => ({
      key: other.key,
      name: <OtherName voter={other} />,
      loading: `${other.name} predicts`,
      vote: other.answer,
    })),
  ];
  const shareColumn = (title: ReactNode, share: (softmax: readonly number[]) => number) => ({
    title,
    numeric: true,
    cell: ({ vote }: VoteRow) => {
      const softmax = vote && 'softmax' in vote ? softmaxOf(vote, image, names.length) : null;
      if (softmax === null) return <Undefined reason="Only labels are known" />;
      return (
        <span className="stimuli-bar" style={{ '--share': share(softmax) } as React.CSSProperties}>
          {formatPercent(share(softmax))}
        </span>
      );
    },
  });
  const sum = (softmax: readonly number[]): number => shown.reduce((all, k) => all + (softmax[k] ?? 0), 0);
  return (
    <PlainTable
      rows={rows}
      rowKey={({ key }) => key}
      instead={({ vote, loading: label }) =>
        vote === null ? (
          <LoadingLine width="100%" {...(label !== undefined && { label })} />
        ) : 'why' in vote ? (
          <span className="soft">{vote.why}</span>
        ) : undefined
      }
      columns={[
        { title: 'Model', cell: ({ name }) => name },
        {
          title: 'Label',
          cell: ({ vote }) =>
            vote &&
            'labels' in vote && (
              <Text component="span" c="var(--networks)" fw={600}>
                <ClassName name={className(names, vote.labels[image] ?? 0)} width={96} />
              </Text>
            ),
        },
        ...shown.map((k) =>
          shareColumn(
            <>
              softmax <ClassName name={className(names, k)} width={70} />
            </>,
            (softmax) => softmax[k] ?? 0,
          ),
        ),
        names.length > shown.length && shareColumn('others', (softmax) => Math.max(0, 1 - sum(softmax))),
      ]}
    />
  );
}

interface VoteRow {
  key: string;
  /** Of the model. */
  name: ReactNode;
  /** Null: it is still to come. `why`: there is none. */
  vote: OtherVoter['answer'] | DecodedVote;
  /** Read aloud while the vote is to come. */
  loading?: string;
}

const softmaxOf = ({ softmax }: { softmax: Float32Array | null }, image: number, classes: number): number[] | null =>
  softmax && [...softmax.subarray(image * classes, (image + 1) * classes)];

function VoterName({ voter }: { voter: Voter | undefined }) {
  if (!voter) return 'Reference';
  return (
    <ArchitectureMark kind={voter.architecture}>
      <span title={`${formatFixed(voter.accuracy, 2)} % test accuracy`}>{voter.name}</span>
    </ArchitectureMark>
  );
}

function OtherName({ voter: { name, kind, about } }: { voter: OtherVoter }) {
  return (
    <ArchitectureMark kind={kind}>
      <bdi className="class-name" title={`${name} (${about})`}>
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
