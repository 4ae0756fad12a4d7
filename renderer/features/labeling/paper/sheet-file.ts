import type { VolunteerView } from '../../../../main/contract/labeling/volunteer.ts';
import { grayToRgba } from '../../../ui/pixels.ts';

/**
 * A person's sheets as a page that is printed from a browser (or kept as PDF there): images in their order at the size
 * of the plan, a line below each for the answer.
 * @param pixels uint8 [trials, height, width]
 */
export function sheetFile(view: VolunteerView, pixels: Uint8Array): Blob {
  const { width, height } = view.image;
  const unit = view.size.unit === 'mm' ? 'mm' : 'px';
  const side = view.size.value / Math.max(width, height);
  const size = `width:${width * side}${unit};height:${height * side}${unit}`;
  const draw = pictures(width, height);
  const cells = Array.from({ length: view.trials }, (_, trial) => {
    const image = draw(pixels.subarray(trial * width * height, (trial + 1) * width * height));
    return `<li><img style="${size}" src="${image}" alt="Image ${trial + 1}"><span>${trial + 1}</span><i></i></li>`;
  });
  const keys = view.options.map(({ name, key }) => `<b>${safe(key)}</b> ${safe(name)}`).join(' &nbsp; ');
  const practice =
    view.practice > 0 ? `<p>The first ${view.practice} images are for practice. They do not count.</p>` : '';
  const consent =
    view.consent === null ? '' : `<p class="consent">${safe(view.consent)}</p><p><i class="tick"></i> I agree.</p>`;
  return new Blob(
    [
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${safe(view.pseudonym)}</title>`,
      `<style>${style(view.interpolation)}</style></head><body><table><thead><tr><td>`,
      `<p class="head"><b>${safe(view.pseudonym)}</b> ${safe(view.question)} ${keys}</p></td></tr></thead>`,
      `<tbody><tr><td>${consent}<p>${safe(view.instructions)}</p>${practice}`,
      `<p>Write one sign below each image.</p><ol>${cells.join('')}</ol></td></tr></tbody></table></body></html>`,
    ],
    { type: 'text/html' },
  );
}

/** Draws gray pixels as PNG addresses. */
function pictures(width: number, height: number): (pixels: Uint8Array) => string {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  return (pixels) => {
    context?.putImageData(grayToRgba(pixels, width, height), 0, 0);
    return canvas.toDataURL('image/png');
  };
}

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const safe = (text: string): string => text.replace(/[&<>"]/g, (sign) => signs[sign] ?? sign);

/** The head is repeated on each page, as a table's is. */
const style = (interpolation: VolunteerView['interpolation']): string => `
@page { size: A4; margin: 12mm; }
body { margin: 0; font: 11pt system-ui, sans-serif; color: #000; background: #fff; }
table { width: 100%; } .head { margin: 0 0 4mm; border-bottom: 0.3mm solid #000; padding-bottom: 2mm; }
ol { display: flex; flex-wrap: wrap; gap: 6mm; margin: 0; padding: 0; list-style: none; }
li { display: grid; justify-items: center; gap: 1mm; padding: 2mm; background: #808080; break-inside: avoid;
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
img { image-rendering: ${interpolation === 'pixelated' ? 'pixelated' : 'auto'}; }
span { font-size: 8pt; } i { width: 10mm; height: 8mm; background: #fff; border: 0.2mm solid #000; }
.consent { white-space: pre-wrap; } i.tick { display: inline-block; width: 5mm; height: 5mm; vertical-align: middle; }`;
