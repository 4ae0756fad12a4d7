import { Drawer } from '@mantine/core';
import { useMemo, useRef } from 'react';
import { HelpNote } from '../../ui/parts/states.tsx';
import type { Painting } from '../../ui/export/savable.ts';
import { PartsAt } from '../../ui/places/place.tsx';
import { StimulusGrid } from '../../ui/images/stimulus-grid.tsx';
import { useThumbnailSize } from '../../ui/images/thumbnails.ts';
import { parseIds, useOpenImages, useParameters } from '../../results/address.ts';
import { useChoice } from '../../results/choice.tsx';
import { usePictures } from '../../ui/images/use-pictures.ts';

/** The images that a number counts (`?images=3-5,9&of=Type A`). Escape closes the list. */
export function ImagesDrawer() {
  const [parameters, change] = useParameters();
  const text = parameters.get('images');
  const isOver = parameters.get('image') !== null;
  return (
    <Drawer
      opened={text !== null && !isOver}
      onClose={() => change({ images: null, of: null })}
      title={parameters.get('of') ?? 'Images'}
      size={520}
      closeButtonProps={{ 'aria-label': 'Close the list' }}
    >
      {text !== null && <List text={text} title={parameters.get('of') ?? 'Images'} />}
    </Drawer>
  );
}

function List({ text, title }: { text: string; title: string }) {
  const { study, overview } = useChoice();
  const ids = useMemo(() => parseIds(text), [text]);
  const pictures = usePictures(study, overview.images);
  const open = useOpenImages();
  const cell = useThumbnailSize(56);
  const drawing = useRef<() => Painting | null>(null);
  return (
    <>
      <HelpNote>
        {ids.length} {ids.length === 1 ? 'image' : 'images'}. Click one to open it, or press Enter.
      </HelpNote>
      <StimulusGrid
        label={title}
        count={ids.length}
        cell={cell}
        height={600}
        imageSize={pictures.imageSize}
        drawingRef={drawing}
        imageAt={(index) => {
          const id = ids[index];
          return id === undefined ? undefined : { id, pixels: pictures.imagePixels(id), label: `Image ${id}` };
        }}
        overlay={(context, box, index) => {
          context.font = '10px system-ui, sans-serif';
          context.fillStyle = 'rgb(255 255 255 / 80%)';
          const label = String(ids[index] ?? '');
          const wide = context.measureText(label).width + 6;
          context.fillRect(box.x, box.y, wide, 13);
          context.fillStyle = '#000000';
          context.textAlign = 'left';
          context.textBaseline = 'top';
          context.fillText(label, box.x + 3, box.y + 2);
        }}
        onOpen={(index) => {
          const id = ids[index];
          if (id !== undefined) open.image(id);
        }}
      />
      <PartsAt
        place="export.menu"
        title={title}
        picture={() => drawing.current?.() ?? null}
        table={() => ({ columns: ['Image'], rows: ids.map((id) => [id]) })}
      />
    </>
  );
}
