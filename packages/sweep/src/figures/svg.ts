/** Small pieces of SVG that every figure is made of. Figures are plain text: no scripts, no fonts, no network. */

/** Colors by series, told apart also by people who are color-blind (Okabe and Ito, 2008), dark enough on white. */
export const seriesColors = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#6a3d9a',
  '#333333',
] as const;

/** The color of a series by its position. */
export const colorOf = (index: number): string => seriesColors[index % seriesColors.length]!;

/** Text that may stand in markup. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

type Attributes = Readonly<Record<string, string | number>>;

/** An element; numbers are rounded to a hundredth of a pixel. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escapeMarkup(value)}"`,
  );
  return content === ''
    ? `<${name}${written.join('')}/>`
    : `<${name}${written.join('')}>${content}</${name}>`;
}

/** A text element. */
export function textElement(text: string, attributes: Attributes): string {
  return element('text', attributes, escapeMarkup(text));
}

/** A path through points; a gap where a point is null. */
export function pathThrough(points: readonly (readonly [number, number] | null)[]): string {
  let isOpen = false;
  return points
    .map((point) => {
      if (point === null) {
        isOpen = false;
        return '';
      }
      const command = isOpen ? 'L' : 'M';
      isOpen = true;
      return `${command}${round(point[0])} ${round(point[1])}`;
    })
    .join('');
}

/** A whole figure, readable on its own as a file. */
export function svgDocument(
  {
    width,
    height,
    title,
  }: { readonly width: number; readonly height: number; readonly title: string },
  content: string,
): string {
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  const style = 'font-family: Helvetica, Arial, sans-serif; font-size: 12px';
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', ...size, role: 'img', style },
    element('title', {}, escapeMarkup(title)) +
      element('rect', { width, height, fill: '#ffffff' }) +
      content,
  );
}

const round = (value: number): number => Number(value.toFixed(2));
