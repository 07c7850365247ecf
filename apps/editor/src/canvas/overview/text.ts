/** Text on a canvas, cut to fit. */

const known = new Map<string, readonly string[]>(); // few titles are different
const knownLimit = 2000;

/** A title on up to two lines of the context's font; what does not fit ends in an ellipsis. */
export function wrap(
  context: CanvasRenderingContext2D,
  title: string,
  width: number,
): readonly string[] {
  const key = `${context.font} ${width} ${title}`;
  const old = known.get(key);
  if (old !== undefined) return old;
  const fits = (text: string) => context.measureText(text).width <= width;
  const words = title.split(' ');
  let first = words.shift() ?? '';
  while (words.length > 0 && fits(`${first} ${words[0]}`)) first += ` ${words.shift()}`;
  const lines = [first, words.join(' ')]
    .filter((line) => line !== '')
    .map((line) => clip(line, fits));
  if (known.size >= knownLimit) known.clear();
  known.set(key, lines);
  return lines;
}

/** A title on one line. */
export function cut(context: CanvasRenderingContext2D, title: string, width: number): string {
  return clip(title, (text) => context.measureText(text).width <= width);
}

function clip(line: string, fits: (text: string) => boolean): string {
  if (fits(line)) return line;
  let length = line.length - 1;
  while (length > 1 && !fits(`${line.slice(0, length)}…`)) length--;
  return `${line.slice(0, length).trimEnd()}…`;
}
