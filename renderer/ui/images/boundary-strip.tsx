import { useMemo } from 'react';
import { className, formatAlpha, peopleWord, shortNames } from '../../../main/domain/numbers/format.ts';
import type { ImageSize } from '../../../main/domain/data/images.ts';
import { stackLabels } from '../../../main/domain/numbers/stack.ts';
import { RehearsalMark } from '../words/badges.tsx';
import { ClassName } from '../words/class-name.tsx';
import { PixelImage, type Pixels } from './pixel-image.tsx';
import { capitalize } from '../words/rehearsal.tsx';
import { shadeStyle } from '../words/shade.ts';
import { findFlips, type Flip, formatVotes, type Votes } from '../words/votes.ts';

interface StripImage {
  /** 0: the pair's first class, 1: its second. */
  alpha: number;
  pixels: Pixels | null;
  /** Counts or shares of each label, by class; null: nobody labeled the image. */
  people: Votes | null;
  networks: Votes | null;
}

interface BoundaryStripProps {
  /** Indices of the pair's classes: i at alpha 0, j at alpha 1. */
  pair: readonly [number, number];
  /** Names of all classes. */
  classes: readonly string[];
  /** Size of an image in its own pixels. */
  imageSize: ImageSize;
  /** By rising alpha. */
  images: readonly StripImage[];
  /** CSS pixels of an image. */
  size?: number;
  /** The labels of people are simulated, and marked so. */
  rehearsal?: boolean;
  /** Opens an image; makes the cells buttons. */
  onOpen?: (index: number) => void;
}

/**
 * The images of one pair along alpha and, under each, the shares of labels by people (red, above) and networks (blue,
 * below): class i at the bottom, class j at the top, others between. Ticks mark where the most frequent label flips.
 */
export function BoundaryStrip(props: BoundaryStripProps) {
  const { pair, classes, imageSize, images, size = 56, rehearsal = false, onOpen } = props;
  const [first, second] = pair.map((index) => className(classes, index));
  const withPeople = images.some(({ people }) => people !== null);
  const withNetworks = images.some(({ networks }) => networks !== null);
  const people = images.map((image) => image.people);
  const networks = images.map((image) => image.networks);
  return (
    <table className="strip">
      <caption className="sr">
        From {first} to {second}: images and the labels given
      </caption>
      <thead>
        <tr>
          <th scope="row">Alpha</th>
          {images.map(({ alpha }) => (
            <th key={alpha} scope="col">
              {formatAlpha(alpha)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row" className="strip-pair">
            <ClassName name={first ?? ''} width={120} /> to <ClassName name={second ?? ''} width={120} />
          </th>
          {images.map((image, index) => (
            <td key={image.alpha}>
              <StripCell onOpen={onOpen && (() => onOpen(index))}>
                <PixelImage
                  pixels={image.pixels}
                  imageSize={imageSize}
                  size={size}
                  mat={3}
                  label={`${first} to ${second}, alpha ${formatAlpha(image.alpha)}`}
                />
              </StripCell>
            </td>
          ))}
        </tr>
        {withPeople && (
          <VoteRow
            voters="people"
            who={capitalize(peopleWord({ rehearsal }))}
            votes={people}
            pair={pair}
            classes={classes}
            images={images}
            size={size}
          >
            {rehearsal ? (
              <>
                <RehearsalMark /> labelers
              </>
            ) : (
              'People'
            )}
          </VoteRow>
        )}
        {withNetworks && (
          <VoteRow
            voters="networks"
            who="Networks"
            votes={networks}
            pair={pair}
            classes={classes}
            images={images}
            size={size}
          >
            Networks
          </VoteRow>
        )}
        {(withPeople || withNetworks) && images.length > 1 && (
          <tr>
            <th scope="row" className="soft">
              Flips
            </th>
            <td colSpan={images.length}>
              <StripFlips
                alphas={images.map(({ alpha }) => alpha)}
                peopleName={capitalize(peopleWord({ rehearsal }))}
                people={withPeople ? findFlips(people) : []}
                networks={withNetworks ? findFlips(networks) : []}
                classes={classes}
              />
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function StripCell({ onOpen, children }: { onOpen: (() => void) | undefined; children: React.ReactNode }) {
  return onOpen ? (
    <button type="button" className="strip-open" onClick={onOpen}>
      {children}
    </button>
  ) : (
    children
  );
}

interface VoteRowProps extends Pick<BoundaryStripProps, 'pair' | 'classes' | 'images'> {
  voters: 'people' | 'networks';
  /** Who labeled, for screen readers: `Simulated labelers`. */
  who: string;
  votes: readonly (Votes | null)[];
  size: number;
  children: React.ReactNode;
}

function VoteRow({ voters, who, votes, pair, classes, images, size, children }: VoteRowProps) {
  const totals = votes.map((vote) => (vote ? vote.reduce((sum, count) => sum + count, 0) : 0));
  const most = Math.max(...totals);
  return (
    <tr>
      <th scope="row" data-raters={voters}>
        {children}
        {most > 1.5 && <span className="share-n"> n = {Math.round(most)}</span>}
      </th>
      {images.map(({ alpha }, index) => (
        <td key={alpha} title={formatVotes(votes[index] ?? null, classes)}>
          <VoteStack
            voters={voters}
            who={who}
            pair={pair}
            classes={classes}
            votes={votes[index] ?? null}
            width={size + 6}
          />
        </td>
      ))}
    </tr>
  );
}

interface VoteStackProps extends Pick<VoteRowProps, 'voters' | 'who' | 'pair' | 'classes'> {
  votes: Votes | null;
  /** CSS pixels. */
  width: number;
}

/** Steps of the color scales of people and networks. */
const strengths = { faint: 2, middle: 3, strong: 5 } as const;

/** Smallest share that shows its class name. */
const namedShare = 0.2;
const lettersShown = 4;

/** Stacked shares of the labels of one image, with their class names. */
function VoteStack({ voters, who, votes, pair, classes, width }: VoteStackProps) {
  const short = useMemo(() => shortNames(classes, lettersShown), [classes]);
  const total = votes?.reduce((sum, count) => sum + count, 0) ?? 0;
  const text = `${who}: ${formatVotes(votes, classes)}`;
  if (!votes || total === 0) {
    return (
      <div className="strip-votes" data-voters={voters} data-empty style={{ width }} role="img" aria-label={text}>
        –
      </div>
    );
  }
  return (
    <div className="strip-votes" data-voters={voters} style={{ width }} role="img" aria-label={text}>
      {stackLabels(votes.entries(), pair).map(({ label, count, place, shade }) => (
        <span key={label} data-place={place} style={{ flex: count, ...shadeStyle(voters, strengths[shade]) }}>
          {count / total >= namedShare && className(short, label)}
        </span>
      ))}
    </div>
  );
}

interface StripFlipsProps {
  alphas: readonly number[];
  /** Who labeled: `People`. */
  peopleName: string;
  people: readonly Flip[];
  networks: readonly Flip[];
  classes: readonly string[];
}

const height = 18;
const middle = height / 2;

/** Ticks where the most frequent label flips: people's above the line, networks' below. */
function StripFlips({ alphas, peopleName, people, networks, classes }: StripFlipsProps) {
  const x = (at: number): string => `${((at + 0.5) / alphas.length) * 100}%`;
  const name = (label: number): string => className(classes, label);
  const describe = (who: string, flips: readonly Flip[]): string =>
    flips.length === 0
      ? ''
      : `${who} flip ${flips.map(({ at, from, to }) => `from ${name(from)} to ${name(to)} at alpha ${alphaAt(alphas, at).toFixed(2)}`).join(', ')}.`;
  const text =
    [describe(peopleName, people), describe('Networks', networks)].filter(Boolean).join(' ') || 'No label flips.';
  return (
    <svg className="strip-flips" role="img" aria-label={text}>
      <title>{text}</title>
      <line x1={x(0)} x2={x(alphas.length - 1)} y1={middle} y2={middle} stroke="var(--line-strong)" />
      {people.map(({ at }) => (
        <line key={`p${at}`} x1={x(at)} x2={x(at)} y1={0} y2={middle} stroke="var(--people)" strokeWidth="3" />
      ))}
      {networks.map(({ at }) => (
        <line key={`n${at}`} x1={x(at)} x2={x(at)} y1={middle} y2={height} stroke="var(--networks)" strokeWidth="3" />
      ))}
    </svg>
  );
}

/** The alpha at a position between images. */
function alphaAt(alphas: readonly number[], at: number): number {
  const before = alphas[Math.floor(at)] ?? 0;
  const after = alphas[Math.ceil(at)] ?? before;
  return before + (after - before) * (at - Math.floor(at));
}
