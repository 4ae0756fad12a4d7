import type { Screen } from '../../../main/contract/labeling/volunteer.ts';
import { useState } from 'react';
import './ruler.css';

/** Frames that are timed to learn how often the screen is drawn. */
const timedFrames = 30;
/** Milliseconds after which the measuring is given up, e.g. in a window that is not drawn. */
const patience = 1500;

const ruler = 'boundary-pixels-per-mm';

/** What the images are shown on. */
export async function measureScreen(): Promise<Screen> {
  return {
    refreshHz: await measureRefresh(),
    width: window.innerWidth,
    height: window.innerHeight,
    pixelRatio: window.devicePixelRatio,
    pixelsPerMm: pixelsPerMm(),
  };
}

/** CSS pixels of a millimetre on this screen, as somebody set it with a ruler; null: nobody did. */
export function pixelsPerMm(): number | null {
  const value = Number(localStorage.getItem(ruler));
  return value >= 0.1 && value <= 200 ? value : null;
}

export const setPixelsPerMm = (value: number): void => localStorage.setItem(ruler, String(value));

function measureRefresh(): Promise<number | null> {
  const frames: number[] = [];
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), patience);
    const frame = (at: number): void => {
      frames.push(at);
      if (frames.length <= timedFrames) return void requestAnimationFrame(frame);
      clearTimeout(timer);
      resolve(rateOf(frames));
    };
    requestAnimationFrame(frame);
  });
}

/** Median frame, as a single late one says nothing. */
function rateOf(frames: readonly number[]): number | null {
  const gaps = frames.slice(1).map((at, index) => at - (frames[index] ?? 0));
  const median = gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
  return median > 1 ? Math.round(10_000 / median) / 10 : null;
}

/** When the next frame has been painted: a callback runs before its frame, so the one after it is waited for. */
export function afterPaint(): Promise<number> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame((at) => resolve(at)));
  });
}

/** Millimetres of a bank card's long side (ISO 7810). */
const card = 85.6;
/** CSS pixels of a millimetre where nothing is set. */
const usual = 96 / 25.4;

/** Learns how long a millimetre is on this screen: a bar is drawn as long as a bank card. */
export function Ruler() {
  const [perMm, setPerMm] = useState(pixelsPerMm());
  const change = (value: number): void => {
    setPixelsPerMm(value);
    setPerMm(value);
  };
  const width = Math.round(card * (perMm ?? usual));
  return (
    <div className="ruler">
      <label>
        Make the bar as long as a bank card, so that millimetres are true on this screen
        <input
          type="range"
          min={150}
          max={900}
          value={width}
          onChange={(event) => change(Number(event.currentTarget.value) / card)}
        />
      </label>
      <div className="ruler-bar" style={{ width }} aria-hidden />
      <p role="status">{perMm === null ? 'Not set on this screen' : `${perMm.toFixed(2)} pixels a millimetre`}</p>
    </div>
  );
}
