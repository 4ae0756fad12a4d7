/** The part of jstat that we use; it has no types of its own. */
declare module 'jstat' {
  const jstat: {
    jStat: {
      normal: {
        cdf(x: number, mean: number, std: number): number;
        inv(p: number, mean: number, std: number): number;
      };
      studentt: { inv(p: number, freedom: number): number };
    };
  };
  export default jstat;
}
