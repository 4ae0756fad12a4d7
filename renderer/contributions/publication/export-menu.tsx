import { ActionIcon, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { fileName, saveFile, toRefusal } from '../../client/index.ts';
import { type ExportTable, type Savable, toCsv } from '../../ui/export/index.ts';
import { showToast } from '../../ui/parts/index.ts';
import { useRehearsal } from '../../ui/words/index.ts';
import { standaloneSvg, type SvgText, svgToPng } from './picture.ts';
import { svgOf } from './svg-pen.ts';
import { markRehearsal, toTabSeparated } from './tables.ts';

/** Copies or saves a chart, an image grid or a table as PNG, SVG or CSV. Simulated labels are marked in each. */
export function ExportMenu({ title, picture, table, legend, n }: Savable) {
  const rehearsal = useRehearsal();
  const name = fileName(rehearsal ? `rehearsal ${title}` : title);
  const drawing = (): SvgText => {
    const drawn = picture?.();
    if (!drawn) throw new Error('The picture is not ready. Wait until all images are loaded');
    const svg = 'paint' in drawn ? svgOf(drawn) : drawn;
    return standaloneSvg(svg, { title, n, rehearsal, ...(legend && { legend }) });
  };
  const png = async (): Promise<Blob> => svgToPng(drawing());
  const asTable = (): ExportTable => {
    const plain = table?.() ?? { columns: [], rows: [] };
    return rehearsal ? markRehearsal(plain) : plain;
  };
  return (
    <Menu position="bottom-end" keepMounted={false}>
      <Menu.Target>
        <ActionIcon aria-label={`Copy or save: ${title}`} title="Copy or save" size="sm">
          <IconDownload size={16} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {picture && (
          <>
            <Menu.Item onClick={() => attempt(() => copyPng(png()), 'Picture copied')}>Copy picture</Menu.Item>
            <Menu.Item onClick={() => attempt(async () => saveFile(`${name}.png`, await png()))}>Save as PNG</Menu.Item>
            <Menu.Item
              onClick={() =>
                attempt(async () => saveFile(`${name}.svg`, drawing().text, 'image/svg+xml;charset=utf-8'))
              }
            >
              Save as SVG
            </Menu.Item>
          </>
        )}
        {table && (
          <>
            <Menu.Item
              onClick={() => attempt(() => navigator.clipboard.writeText(toTabSeparated(asTable())), 'Table copied')}
            >
              Copy table
            </Menu.Item>
            <Menu.Item
              onClick={() => attempt(async () => saveFile(`${name}.csv`, toCsv(asTable()), 'text/csv;charset=utf-8'))}
            >
              Save as CSV
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The clipboard gets a promise, because its permission is bound to the click and drawing takes longer. */
const copyPng = (png: Promise<Blob>): Promise<void> =>
  navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);

/** @param done toast after a copy; left out for files, which the browser shows itself */
async function attempt(action: () => Promise<void>, done?: string): Promise<void> {
  try {
    await action();
    if (done !== undefined) showToast({ title: done });
  } catch (error) {
    const { what } = toRefusal(error);
    showToast({
      title: done === undefined ? 'Saving failed' : 'Copying failed',
      message: done === undefined ? what : `${what}. Try saving it as a file instead.`,
      failed: true,
    });
  }
}
