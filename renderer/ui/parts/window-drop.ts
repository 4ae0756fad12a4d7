import { useEffect, useRef, useState } from 'react';

/** Takes what is dropped anywhere on the window, which a browser would open instead. Gives whether something is over it. */
export function useWindowDrop(onDrop: (transfer: DataTransfer) => void): boolean {
  const [over, setOver] = useState(false);
  const taking = useRef(onDrop);
  useEffect(() => {
    taking.current = onDrop;
  });
  useEffect(() => {
    const drag = (event: DragEvent): void => {
      event.preventDefault();
      setOver(event.type === 'dragover');
    };
    const drop = (event: DragEvent): void => {
      drag(event);
      if (event.dataTransfer) taking.current(event.dataTransfer);
    };
    const listeners = { dragover: drag, dragleave: drag, drop };
    for (const [name, listener] of Object.entries(listeners))
      window.addEventListener(name as keyof typeof listeners, listener);
    return () => {
      for (const [name, listener] of Object.entries(listeners))
        window.removeEventListener(name as keyof typeof listeners, listener);
    };
  }, []);
  return over;
}
