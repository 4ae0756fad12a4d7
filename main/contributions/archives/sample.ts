/** Name of the finished study that comes with the product. */
export const sampleName = 'sample';
