/** Stands in for a process that tries an engine, and behaves as BEHAVIOUR says. */
switch (process.env.BEHAVIOUR) {
  case 'crash':
    process.stderr.write('vkCreateDevice: out of luck\n');
    process.kill(process.pid, 'SIGSEGV');
    break;
  case 'leave':
    process.exit(3);
    break;
  case 'hang':
    for (;;);
  case 'nonsense':
    process.send?.({ state: 'passed', note: 7 }, () => process.exit());
    break;
  case 'late crash':
    process.send?.({ state: 'passed', note: 'a card', speed: 2 }, () => process.abort());
    break;
}
