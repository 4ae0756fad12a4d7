import { useState } from 'react';

/** A grid of images on its mat, pixelated. The one before stays until the next one is there, so that nothing flickers. */
export function SampleImage({ image, label }: { image: string; label: string }) {
  const [shown, setShown] = useState(image);
  return (
    <span className="sample-image">
      <img src={shown} alt={label} draggable={false} />
      {shown !== image && <img src={image} alt="" hidden onLoad={() => setShown(image)} />}
    </span>
  );
}
