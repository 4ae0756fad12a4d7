import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import {
  formatAgo,
  formatBytes,
  formatDuration,
  formatFixed,
  formatInteger,
  formatPercent,
  formatRoughTime,
} from '../../../main/domain/numbers/format.ts';
import type { Trend } from '../../../main/contract/runs/run.ts';
import { trendText } from '../../../main/domain/numbers/trend.ts';

interface MeanStdProps {
  mean: number;
  /** Null for a single value. */
  std: number | null;
  decimals?: number;
  /** Unit after the numbers, e.g. `%`. */
  unit?: string;
}

/** Mean ± standard deviation, never broken over lines. */
export function MeanStd({ mean, std, decimals = 1, unit }: MeanStdProps) {
  return (
    <span className="mean-std">
      {formatFixed(mean, decimals)}
      {std !== null && ` ± ${formatFixed(std, decimals)}`}
      {unit !== undefined && `\u00a0${unit}`}
    </span>
  );
}

interface ShareProps {
  k: number;
  n: number;
  /** What is counted: `images`, `people`. */
  of?: string;
  decimals?: number;
}

/**
 * `15.2 % (25 of 165)`. Undefined for n = 0. Without an interval: stimuli are not independent, and a snapshot's step was
 * chosen for its accuracy.
 */
export function Share({ k, n, of, decimals = 1 }: ShareProps) {
  if (n === 0) return <Undefined reason={`There are no ${of ?? 'values'} yet`} />;
  return (
    <span className="share">
      {formatPercent(k / n, decimals)}{' '}
      <span className="share-n">
        ({formatInteger(k)} of {formatInteger(n)}
        {of !== undefined && ` ${of}`})
      </span>
    </span>
  );
}

/** A dash for an undefined value; its reason is a tooltip and is read aloud. */
export function Undefined({ reason }: { reason: string }) {
  return (
    <Tooltip label={reason} events={{ hover: true, focus: true, touch: true }}>
      <span className="undefined-value" tabIndex={0}>
        <span aria-hidden="true">–</span>
        <span className="sr">not defined: {reason}</span>
      </span>
    </Tooltip>
  );
}

/** The accuracy that a training had around a snapshot, in percent. */
export function TrendValue({ trend }: { trend: Trend | null }) {
  if (trend?.accuracy == null) return <Undefined reason={trend?.undefined ?? 'There is no snapshot yet'} />;
  return (
    <span title={`Line through ${trendText(trend)}`}>
      {trend.estimates > 0 && '≈ '}
      <MeanStd mean={trend.accuracy} std={trend.error} decimals={2} unit="%" />
    </span>
  );
}

/** The paper's value, in gray after a hollow diamond. `source`: e.g. `Table 2`. */
export function PaperValue({ children, source }: { children: React.ReactNode; source?: string }) {
  return (
    <span className="paper-value" title={source === undefined ? 'The paper' : `The paper, ${source}`}>
      <svg width="9" height="9" viewBox="0 0 9 9" aria-hidden="true">
        <path d="M4.5 0.8 8.2 4.5 4.5 8.2 0.8 4.5Z" fill="none" stroke="currentColor" />
      </svg>
      <span className="sr">paper: </span>
      {children}
    </span>
  );
}

/** The current time in milliseconds since 1970, updated every `everyMs`. */
function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** Time since `at`, with the exact time as tooltip. `at`: ISO 8601 or milliseconds since 1970. */
export function Ago({ at }: { at: string | number }) {
  const now = useNow();
  const moment = new Date(at);
  return (
    <time dateTime={moment.toISOString()} title={moment.toLocaleString()}>
      {formatAgo(moment.getTime(), now)}
    </time>
  );
}

/** A time to come: when, and how long until then. `at`: milliseconds since 1970. */
export function Until({ at }: { at: number }) {
  const now = useNow();
  const moment = new Date(at);
  const left = at - now;
  return (
    <time dateTime={moment.toISOString()} title={moment.toLocaleString()}>
      {moment.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}
      {left > 0 && <span className="soft"> (in {formatRoughTime(left / 1000)})</span>}
    </time>
  );
}

export function Duration({ ms }: { ms: number }) {
  return <span className="duration">{formatDuration(ms)}</span>;
}

/** `1.2 MB`, with the exact number as tooltip. */
export function Bytes({ bytes }: { bytes: number }) {
  return (
    <span className="bytes" title={`${formatInteger(bytes)} bytes`}>
      {formatBytes(bytes)}
    </span>
  );
}
