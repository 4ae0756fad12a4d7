import type { Screen } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import { useState } from 'react';
import { handedIn } from '../../../../main/contract/wire/index.ts';
import './ruler.css';

/** Frames timed to measure the refresh rate. */
const timedFrames = 30;
/** Milliseconds after which measuring stops, e.g. in a hidden window. */
const measureTimeout = 1500;

const ruler = 'boundary-pixels-per-mm';

export async function measureScreen(): Promise<Screen> {
  return {
    refreshHz: await measureRefresh(),
    width: window.innerWidth,
    height: window.innerHeight,
    pixelRatio: window.devicePixelRatio,
    pixelsPerMm: pixelsPerMm(),
  };
}

/** Keeps what was measured on the page that opened this window. An address that is typed later does not name it. */
export function keepHandedSize(): void {
  const measured = handedIn(window.location.search);
  if (measured !== '') localStorage.setItem(ruler, measured);
}

/** CSS pixels per millimeter on this screen, as measured with `Ruler`; null: not measured. */
export function pixelsPerMm(): number | null {
  const value = Number(localStorage.getItem(ruler));
  return value >= 0.1 && value <= 200 ? value : null;
}

function measureRefresh(): Promise<number | null> {
  const frames: number[] = [];
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), measureTimeout);
    const frame = (at: number): void => {
      frames.push(at);
      if (frames.length <= timedFrames) {
        requestAnimationFrame(frame);
        return;
      }
      clearTimeout(timer);
      resolve(refreshRate(frames));
    };
    requestAnimationFrame(frame);
  });
}

/** Frames per second from the median gap, which a single late frame does not change. */
export function refreshRate(frames: readonly number[]): number | null {
  const gaps = frames.slice(1).map((at, index) => at - (frames[index] ?? 0));
  const median = gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
  return median > 1 ? Math.round(10_000 / median) / 10 : null;
}

/** Resolves after the next frame is painted. A callback runs before its frame, so this waits for the one after it. */
export function afterPaint(): Promise<number> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame((at) => resolve(at)));
  });
}

/** Width of a bank card in millimeters (ISO 7810). */
const card = 85.6;
/** CSS pixels per millimeter if nobody measured the screen. */
export const defaultPixelsPerMm = 96 / 25.4;

/** Measures how long a millimeter is on this screen: the person matches a frame to a bank card. */
export function Ruler() {
  const [perMm, setPerMm] = useState(pixelsPerMm());
  const change = (value: number): void => {
    localStorage.setItem(ruler, String(value));
    setPerMm(value);
  };
  const width = Math.round(card * (perMm ?? defaultPixelsPerMm));
  return (
    <div className="ruler">
      <label>
        Hold a bank card into the frame. Make the frame as wide as the card.
        <input
          type="range"
          min={150}
          max={900}
          value={width}
          onChange={(event) => change(Number(event.currentTarget.value) / card)}
        />
      </label>
      <div className="ruler-bar" style={{ width }} aria-hidden>
        Bank card
      </div>
      <p role="status">{perMm === null ? 'Not set on this screen yet' : `${perMm.toFixed(2)} pixels per millimeter`}</p>
    </div>
  );
}
