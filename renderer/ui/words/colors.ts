/** A color as computed beside an element, with variables and theme resolved. */
export function resolveColor(css: string, beside: Element): string {
  const probe = document.createElement('span');
  probe.style.color = css;
  (beside.parentElement ?? document.body).append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return plainColor(color);
}

/** Converts computed colors like `color(srgb 0.5 0.2 0 / 0.5)`, which few SVG programs support, to rgb(). */
export const plainColor = (value: string): string =>
  value.replaceAll(/color\(srgb ([^)]*)\)/g, (_found, parts: string) => {
    const [channels = '', alpha] = parts.split(' / ');
    const rgb = channels.split(' ').map((part) => Math.round(255 * Math.min(1, Math.max(0, Number(part) || 0))));
    return alpha === undefined ? `rgb(${rgb.join(', ')})` : `rgba(${rgb.join(', ')}, ${alpha})`;
  });
