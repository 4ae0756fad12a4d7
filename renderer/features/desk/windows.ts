/** What windows with the same session say to each other. */
interface Word {
  from: string;
  says: 'who is there' | 'i am' | 'gone';
}

/** Milliseconds between two looks whether another window is still there, and for its answer: a busy computer takes some. */
const askEvery = 3000;
const answerWithin = 2000;

/**
 * Hears of other windows of this browser that have the same session open, and lets them hear of this one.
 * @param name of the session @param onOthers told whether there are any, whenever that may have changed
 */
export function watchWindows(name: string, onOthers: (hasOthers: boolean) => void): () => void {
  const [channel, own, others] = [new BroadcastChannel(`labeling ${name}`), crypto.randomUUID(), new Set<string>()];
  const say = (says: Word['says']): void => channel.postMessage({ from: own, says } satisfies Word);
  channel.onmessage = ({ data: { from, says } }: MessageEvent<Word>) => {
    if (says === 'gone') others.delete(from);
    else others.add(from);
    if (says === 'who is there') say('i am');
    onOthers(others.size > 0);
  };
  // A window that crashed says nothing.
  const timer = setInterval(() => {
    if (others.size === 0) return;
    others.clear();
    say('who is there');
    setTimeout(() => onOthers(others.size > 0), answerWithin);
  }, askEvery);
  const leave = (): void => say('gone');
  window.addEventListener('pagehide', leave);
  say('who is there');
  return () => {
    clearInterval(timer);
    window.removeEventListener('pagehide', leave);
    leave();
    channel.close();
  };
}
