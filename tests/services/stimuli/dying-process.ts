/** A process that dies of every question. */
process.on('message', () => {
  process.stderr.write('out of everything\n', () => process.exit(3));
});
