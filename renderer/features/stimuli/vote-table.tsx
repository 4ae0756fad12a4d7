import { Text } from '@mantine/core';
import type { Voter } from '../../../main/contract/api/stimuli.ts';
import { ArchitectureMark } from '../../ui/badges.tsx';
import { fixed, percentText } from '../../ui/format.ts';
import classes from './votes.module.css';
import type { ReadVote } from './votes.ts';

export interface VoteTableProps {
  voters: readonly Voter[];
  votes: readonly ReadVote[];
  /** Which image of the votes. */
  image: number;
  names: readonly string[];
  /** Classes whose softmax has a column of its own. */
  shown: readonly number[];
}

/** Of one image, each model's label and softmax. */
export function VoteTable({ voters, votes, image, names, shown }: VoteTableProps) {
  if (votes.length === 0) return <Text c="dimmed">No trained model votes yet.</Text>;
  return (
    <table className={classes.votes}>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col">Label</th>
          {shown.map((k) => (
            <th key={k} scope="col" className={classes.number}>
              softmax {names[k]}
            </th>
          ))}
          <th scope="col" className={classes.number}>
            others
          </th>
        </tr>
      </thead>
      <tbody>
        {votes.map((vote) => (
          <VoteRow key={vote.weights} vote={vote} {...{ voters, image, names, shown }} />
        ))}
      </tbody>
    </table>
  );
}

function VoteRow({ vote, voters, image, names, shown }: Omit<VoteTableProps, 'votes'> & { vote: ReadVote }) {
  const voter = voters.find(({ weights }) => weights === vote.weights);
  const label = vote.labels[image] ?? 0;
  const shares = shown.map((k) => vote.softmax[image * names.length + k] ?? 0);
  const others = Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0));
  return (
    <tr>
      <th scope="row">
        {voter ? (
          <ArchitectureMark kind={voter.architecture}>
            <span title={`${fixed(voter.accuracy, 2)} % of the test images right`}>{voter.name}</span>
          </ArchitectureMark>
        ) : (
          'Reference'
        )}
      </th>
      <td className={classes.label}>{names[label] ?? label}</td>
      {[...shares, others].map((share, k) => (
        <td key={shown[k] ?? 'others'} className={classes.number}>
          <span className={classes.bar} style={{ '--share': share } as React.CSSProperties}>
            {percentText(share)}
          </span>
        </td>
      ))}
    </tr>
  );
}
