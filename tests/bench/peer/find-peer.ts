export async function findPeer(_say: (line: string) => void): Promise<string | null> {
  return process.env.BOUNDARY_BENCH_PYTHON ?? null;
}
