/** A process that another one has its parent launch: writes its arguments, and leaves. */
process.stdout.write(process.argv.slice(2).join('+'), () => process.exit(4));
