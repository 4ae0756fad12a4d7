/** What cells of a grid are drawn with: a canvas' context, or what writes the same as SVG. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | ('beginPath' | 'rect' | 'moveTo' | 'lineTo' | 'clip' | 'stroke' | 'save' | 'restore')
  | ('fillRect' | 'strokeRect' | 'fillText' | 'measureText' | 'imageSmoothingEnabled')
  | ('fillStyle' | 'strokeStyle' | 'lineWidth' | 'globalAlpha' | 'font' | 'textAlign' | 'textBaseline')
> & {
  drawImage(image: HTMLCanvasElement, x: number, y: number, width: number, height: number): void;
};
