import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/context.tsx';
import { PixelImage } from '../../ui/pixel-image.tsx';
import { capitalize, usePeople } from '../../ui/rehearsal.tsx';
import { useChoice } from './choice.tsx';
import './image-large.css';
import { usePictures } from './use-pictures.ts';

export interface ImageLargeProps {
  image: number;
  smooth: boolean;
  /** As it is read aloud. */
  label: string;
}

/** CSS pixels: alone, and beside another. */
const [alone, beside] = [280, 240];

/** A stimulus, large: as people see it beside what networks see, where the two are not the same. */
export function ImageLarge({ image, smooth, label }: ImageLargeProps) {
  const api = useApi();
  const { study, overview } = useChoice();
  const pictures = usePictures(study, overview.images);
  const people = usePeople();
  const { data } = useQuery(
    api.results.picture.queryOptions({ input: { study, image }, staleTime: Number.POSITIVE_INFINITY }),
  );
  const seen = data?.seen ?? null;
  const { width, height } = pictures;
  const model = (
    <PixelImage
      pixels={pictures.pixelsOf(image)}
      {...{ width, height, smooth }}
      size={seen ? beside : alone}
      label={seen ? `${label}, as networks see it` : label}
    />
  );
  if (!seen) return model;
  return (
    <div className="image-large">
      <figure>
        <PixelImage
          pixels={seen.pixels}
          width={seen.width}
          height={seen.height}
          size={beside}
          smooth={smooth}
          label={`${label}, as ${people} see it`}
        />
        <figcaption>
          {capitalize(people)}: {seen.width} × {seen.height}
        </figcaption>
      </figure>
      <figure>
        {model}
        <figcaption>
          Networks: {width} × {height}
        </figcaption>
      </figure>
    </div>
  );
}
