import { useEffect, useRef } from 'react';
import { useActiveTooltipLabel, usePlotArea, useXAxisInverseScale } from 'recharts';

export interface PickAreaProps {
  /** What can be picked, by rising value. */
  xs: readonly number[];
  onPick: (x: number) => void;
}

/** Lies over the plot and takes clicks; Enter picks where the arrow keys led to. */
export function PickArea({ xs, onPick }: PickAreaProps) {
  const area = usePlotArea();
  const inverse = useXAxisInverseScale();
  const label = useActiveTooltipLabel();
  const rect = useRef<SVGRectElement>(null);
  const pick = useRef({ onPick, label });
  pick.current = { onPick, label };
  useEffect(() => {
    const drawing = rect.current?.ownerSVGElement;
    const pressed = ({ key }: KeyboardEvent): void => {
      if (key === 'Enter' && pick.current.label !== undefined) pick.current.onPick(Number(pick.current.label));
    };
    drawing?.addEventListener('keydown', pressed);
    return () => drawing?.removeEventListener('keydown', pressed);
  }, []);
  const clicked = (event: React.MouseEvent<SVGRectElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = Number(inverse?.((area?.x ?? 0) + event.clientX - box.left));
    const [first, ...others] = xs;
    if (first === undefined || !Number.isFinite(x)) return;
    onPick(others.reduce((best, each) => (Math.abs(each - x) < Math.abs(best - x) ? each : best), first));
  };
  return (
    <rect
      ref={rect}
      className="pick-area"
      {...{ x: area?.x ?? 0, y: area?.y ?? 0, width: area?.width ?? 0, height: area?.height ?? 0 }}
      fill="transparent"
      style={{ cursor: 'pointer' }}
      onClick={clicked}
    />
  );
}
