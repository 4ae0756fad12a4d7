import { RehearsalMark } from './badges.tsx';
import { capital, peopleWord } from './rehearsal.tsx';
import { PixelImage } from './pixel-image.tsx';
import type { Pixels } from './pixels.ts';
import { StripFlips } from './strip-flips.tsx';
import { flipsOf, type Votes, votesText } from './strip-votes.ts';
import { VoteStack } from './vote-stack.tsx';

export interface StripImage {
  /** 0: the pair's first class, 1: its second. */
  alpha: number;
  pixels: Pixels | null;
  /** How many gave each label, by class; null: nobody was asked. Shares will do as well, see `n`. */
  people: Votes | null;
  networks: Votes | null;
}

export interface BoundaryStripProps {
  /** Indices of the pair's classes: i at alpha 0, j at alpha 1. */
  pair: readonly [number, number];
  /** Names of all classes. */
  classes: readonly string[];
  /** Size of an image in its own pixels. */
  width: number;
  height: number;
  /** By rising alpha. */
  images: readonly StripImage[];
  /** CSS pixels of an image. */
  size?: number;
  /** People are simulated: striped and named. */
  rehearsal?: boolean;
  /** Rows to leave out; people show by themselves only where somebody was asked. */
  show?: 'both' | 'networks' | 'people';
  /** Opens an image: the strip's cells become buttons. */
  onOpen?: (index: number) => void;
}

/**
 * The signature: the images of one pair along alpha; under each, the labels that people (red, above) and networks
 * (blue, below) gave, class i from the bottom, class j from the top, others between. Ticks on the axis stand where
 * the most frequent label flips.
 */
export function BoundaryStrip(props: BoundaryStripProps) {
  const { pair, classes, width, height, images, size = 56, rehearsal = false, show = 'both', onOpen } = props;
  const [first, second] = pair.map((index) => classes[index] ?? String(index));
  const withPeople = show === 'people' || (show === 'both' && images.some(({ people }) => people !== null));
  const withNetworks = show !== 'people' && images.some(({ networks }) => networks !== null);
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
              {alphaText(alpha)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">
            {first} to {second}
          </th>
          {images.map((image, index) => (
            <td key={image.alpha}>
              <StripCell onOpen={onOpen && (() => onOpen(index))}>
                <PixelImage
                  {...{ pixels: image.pixels, width, height, size, mat: 3 }}
                  label={`${first} to ${second}, alpha ${alphaText(image.alpha)}`}
                />
              </StripCell>
            </td>
          ))}
        </tr>
        {withPeople && (
          <VoteRow
            whose="people"
            who={capital(peopleWord(rehearsal))}
            votes={people}
            {...{ pair, classes, images, size }}
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
          <VoteRow whose="networks" who="Networks" votes={networks} {...{ pair, classes, images, size }}>
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
                whose={capital(peopleWord(rehearsal))}
                people={withPeople ? flipsOf(people) : []}
                networks={withNetworks ? flipsOf(networks) : []}
                classes={classes}
              />
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

/** As the report writes it, without the dust of floating point: 0.30000000000000004 is 0.3, 0.125 stays 0.125. */
export const alphaText = (alpha: number): string => String(Number(alpha.toFixed(4)));

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
  whose: 'people' | 'networks';
  who: string;
  votes: readonly (Votes | null)[];
  size: number;
  children: React.ReactNode;
}

function VoteRow({ whose, who, votes, pair, classes, images, size, children }: VoteRowProps) {
  const totals = votes.map((vote) => (vote ? vote.reduce((sum, count) => sum + count, 0) : 0));
  const most = Math.max(...totals);
  return (
    <tr>
      <th scope="row" data-whose={whose}>
        {children}
        {most > 1.5 && <span className="share-n"> n = {Math.round(most)}</span>}
      </th>
      {images.map(({ alpha }, index) => (
        <td key={alpha} title={votesText(votes[index] ?? null, classes)}>
          <VoteStack {...{ whose, who, pair, classes }} votes={votes[index] ?? null} width={size + 6} />
        </td>
      ))}
    </tr>
  );
}
