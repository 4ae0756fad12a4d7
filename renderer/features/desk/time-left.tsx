/** How much time is left, in minutes: it says so, and does nothing to be looked at. */
export function TimeLeft({ minutes }: { minutes: number }) {
  return (
    <p className="desk-time" role="timer">
      {minutesLeft(minutes)} left
    </p>
  );
}

/** In words, e.g. "About 12 minutes". @param minutes begun ones included */
export function minutesLeft(minutes: number): string {
  return minutes <= 1 ? 'Less than a minute' : `About ${minutes} minutes`;
}
