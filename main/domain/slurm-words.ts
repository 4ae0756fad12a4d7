/** Why a task waits on a cluster. `why`: a clause after "Queued on lab:"; `hint`: a sentence on what to do, or null. */
interface WaitingWords {
  why: string;
  hint: string | null;
}

const held: WaitingWords = {
  why: 'held until it is released',
  hint: 'Release it there: scontrol release with the number of its job. If it failed to start, look for a node that is broken.',
};

const ownLimit: WaitingWords = {
  why: 'your limit on this cluster is reached',
  hint: 'It starts when others of your jobs end.',
};

const accountLimit: WaitingWords = {
  why: "your account's limit is reached",
  hint: 'It starts when others of the account end, or when the limit is renewed. The administrators know the limits.',
};

const mend = 'Compare the profile with what the cluster has, and change it on the Machine screen.';

/** Slurm's reasons, the first that fits: the whole of it, or its beginning. */
const reasons: readonly [RegExp, WaitingWords][] = [
  [/^Priority$/, { why: 'other jobs come first', hint: null }],
  [/^Resources$/, { why: 'waiting for free nodes', hint: null }],
  [
    /^BeginTime$/,
    { why: 'starts again shortly', hint: 'Slurm waits about two minutes before it starts a task again.' },
  ],
  [/^(None|Cleaning|Prolog|SchedDefer)$/, { why: 'about to start', hint: null }],
  [
    /^JobArrayTaskLimit$/,
    { why: 'as many run as the profile allows', hint: 'The line "atOnce" of the profile says how many.' },
  ],
  [/^(JobHeldUser|JobHeldAdmin|launch failed requeued held|job requeued in held state)/i, held],
  [
    /^(ReqNodeNotAvail|Nodes required for job are DOWN|NodeDown|Reserved for maintenance|Reservation)/i,
    { why: 'nodes are down or reserved', hint: 'It starts when they are back. The administrators know when.' },
  ],
  [
    /^Partition(Down|Inactive)$/,
    {
      why: 'the partition is closed',
      hint: 'It starts when the administrators open it, or choose another partition in the profile.',
    },
  ],
  [
    /^Partition(TimeLimit|NodeLimit|Config)$/,
    { why: 'the partition allows less than the profile asks for', hint: mend },
  ],
  [
    /^(BadConstraints|InvalidAccount|InvalidQOS|AccountNotAllowed|QOSNotAllowed)/,
    { why: 'the cluster refuses the profile', hint: mend },
  ],
  [/^(QOS|MaxJobs|MaxSubmit).*(PerUser|PU|User)/, ownLimit],
  [/^(Assoc|QOS)/, accountLimit],
  [/^Licenses$/, { why: 'waiting for licences', hint: null }],
  [/^Dependency/, { why: 'waiting for another job', hint: null }],
];

/** @param reason Slurm's word; null: none is known yet */
export function waitingWords(reason: string | null): WaitingWords {
  if (reason === null) return { why: 'about to be looked at', hint: null };
  const known = reasons.find(([pattern]) => pattern.test(reason));
  return known ? known[1] : { why: `Slurm says “${reason}”`, hint: null };
}

interface There {
  cluster: string;
  state: 'packed' | 'pending' | 'running' | 'lost';
  /** Slurm's word. */
  reason: string | null;
}

/** What a run does on a cluster, as a clause: `on lab: other jobs come first`. */
export function thereWords({ cluster, state, reason }: There): string {
  switch (state) {
    case 'packed':
      return `on ${cluster}: not submitted yet`;
    case 'lost':
      return `on ${cluster}: Slurm does not know it any more`;
    case 'running':
      return `on ${cluster}`;
    case 'pending':
      return `on ${cluster}: ${waitingWords(reason).why}`;
  }
}
