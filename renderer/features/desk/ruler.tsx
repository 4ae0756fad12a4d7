import { useState } from 'react';
import { pixelsPerMm, setPixelsPerMm } from './screen-measure.ts';
import './ruler.css';

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
