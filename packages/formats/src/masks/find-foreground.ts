/** What is foreground in the masks of a class: decided from the values of all of them, or said by a parameter. */
import type { Problem } from '@radiograph/graph';
import type { MaskImage } from './read-mask.ts';

/** What a mask's levels are. */
export type MaskForm =
  | { readonly kind: 'empty' }
  /** 0 and one other level, or that alone. */
  | {
      readonly kind: 'single';
      readonly name: string;
      readonly isWhite: boolean;
      /** More than half of white, as a smooth mask whose edges happen to be sharp. */
      readonly isBright: boolean;
    }
  /** 0, white, and a smooth edge between them. */
  | { readonly kind: 'smooth'; readonly isWhite: true; readonly isBright: true }
  /** Nothing that says what is foreground. `names` are the most frequent levels. */
  | { readonly kind: 'several'; readonly names: readonly string[] };

/** A mask with what it says. */
export type ReadForm = { readonly path: string; readonly form: MaskForm };

const mostLevels = 4096; // distinct levels that are counted
const shownLevels = 6;

/** Looks at the levels of one mask. */
export function describeLevels(mask: MaskImage): MaskForm {
  const counts = new Map<number, number>();
  for (const level of mask.levels) {
    const count = counts.get(level);
    if (count !== undefined) counts.set(level, count + 1);
    else if (counts.size < mostLevels) counts.set(level, 1);
  }
  const others = [...counts.keys()].filter((level) => level !== 0);
  const [only] = others;
  if (only === undefined) return { kind: 'empty' };
  if (others.length === 1) {
    const isGrey = mask.kind === 'grey';
    return {
      kind: 'single',
      name: nameLevel(mask, only),
      isWhite: isGrey && only === mask.white,
      isBright: isGrey && only > mask.white / 2,
    };
  }
  if (mask.kind === 'grey' && isSmooth(mask))
    return { kind: 'smooth', isWhite: true, isBright: true };
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).slice(0, shownLevels);
  const names = frequent.map(([level]) => level).sort((a, b) => a - b);
  return {
    kind: 'several',
    names: [
      ...names.map((level) => nameLevel(mask, level)),
      ...(counts.size > shownLevels ? ['...'] : []),
    ],
  };
}

const nameLevel = ({ kind }: MaskImage, level: number): string =>
  kind === 'color' ? `#${level.toString(16).padStart(6, '0')}` : String(level);

const mostPlateau = 0.02;

/**
 * Whether levels between dark and white are an edge: something is brighter than half, and hardly a pixel of such a level lies among its
 * equals. In a map of several labels each label is such a plateau.
 */
function isSmooth({ levels, white, size: [, width] }: MaskImage): boolean {
  let [between, plateau, bright] = [0, 0, 0];
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i]!;
    if (level > white / 2) bright++;
    if (level <= 0.1 * white || level >= 0.9 * white) continue;
    between++;
    if (isAmongEquals(levels, i, width)) plateau++;
  }
  return bright > 0 && plateau <= mostPlateau * between;
}

/** Whether the pixels left, right, above and below have the same level, where there are any. */
function isAmongEquals(levels: MaskImage['levels'], i: number, width: number): boolean {
  const isEqual = (neighbor: number, isThere: boolean) =>
    !isThere || levels[neighbor] === levels[i];
  const x = i % width;
  return (
    isEqual(i - 1, x > 0) &&
    isEqual(i + 1, x < width - 1) &&
    isEqual(i - width, i >= width) &&
    isEqual(i + width, i + width < levels.length)
  );
}

/** A rule of the parameter: `nonzero`, `> 10`, or levels such as `1, 2` or `#ff0000`. */
export type ForegroundRule = (level: number) => boolean;

export const foregroundPattern =
  /^(auto|nonzero|> *\d+|(#[0-9a-f]{6}|\d+)(, *(#[0-9a-f]{6}|\d+))*)$/i;

/** undefined for "auto". The text must match `foregroundPattern`. */
export function parseForeground(text: string): ForegroundRule | undefined {
  if (text === 'auto') return undefined;
  if (text === 'nonzero') return (level) => level !== 0;
  if (text.startsWith('>')) {
    const limit = Number(text.slice(1));
    return (level) => level > limit;
  }
  const numberOf = (part: string) =>
    part.startsWith('#') ? Number.parseInt(part.slice(1), 16) : Number(part);
  const wanted = new Set(text.split(',').map((part) => numberOf(part.trim())));
  return (level) => wanted.has(level);
}

/** The foreground of a mask, 1 per pixel; by `rule`, else what its form says. A form of several levels has none. */
export function takeForeground(
  { levels, white }: MaskImage,
  form: MaskForm,
  rule: ForegroundRule | undefined,
): Uint8Array {
  const byForm: ForegroundRule =
    form.kind === 'smooth' ? (level) => level > white / 2 : (level) => level !== 0;
  const isForeground = rule ?? byForm;
  return Uint8Array.from(levels, (level) => (isForeground(level) ? 1 : 0));
}

type ClearForm = Extract<MaskForm, { readonly kind: 'single' | 'smooth' }>;
type Group = { readonly says: string; readonly isSmooth: boolean; readonly paths: string[] };

/** What the masks of a class hold in common, for the log, and each mask that does not fit the others. */
export function agreeOnForeground(
  name: string,
  masks: readonly ReadForm[],
): { readonly note: string; readonly problems: readonly Problem[] } {
  const unclear = masks.flatMap(({ path, form }): Problem[] => {
    if (form.kind !== 'several') return [];
    const expected = 'expected a mask of 0 and one other value, or with smooth edges';
    const got = form.names.join(', ');
    return [{ path, message: `${expected}, got ${got}: maskForeground says which are foreground` }];
  });
  const groups = groupForms(masks);
  const [largest, second] = groups;
  if (largest === undefined) return { note: `${name}: all masks are empty`, problems: unclear };
  const total = groups.reduce((sum, { paths }) => sum + paths.length, 0);
  const isTied = second?.paths.length === largest.paths.length;
  const odd = (isTied ? groups : groups.slice(1)).flatMap(({ says, paths }) => {
    const expected = isTied
      ? `expected masks of ${name} that hold the same values`
      : `expected ${largest.says}, as ${largest.paths.length} of ${total} masks of ${name} hold`;
    return paths.map((path) => ({ path, message: `${expected}, got ${says}` }));
  });
  const empty = masks.filter(({ form }) => form.kind === 'empty').length;
  const foreground = largest.isSmooth ? 'above half of white' : 'what is not 0';
  const rest = empty === 0 ? '' : `, ${empty} are empty`;
  return {
    note: `${name}: foreground is ${foreground} (${total} masks hold ${largest.says}${rest})`,
    problems: [...unclear, ...odd],
  };
}

/** Masks that say the same, most of them first. White has one meaning in 8 and 16 bits, with and without smooth edges. */
function groupForms(masks: readonly ReadForm[]): Group[] {
  const clear = masks.flatMap(({ path, form }): { path: string; form: ClearForm }[] =>
    form.kind === 'single' || form.kind === 'smooth' ? [{ path, form }] : [],
  );
  const hasSmooth = clear.some(({ form }) => form.kind === 'smooth');
  const groups = new Map<string, Group>();
  for (const { path, form } of clear) {
    const isSmooth = form.kind === 'smooth' || (hasSmooth && form.isBright);
    const says = isSmooth ? 'values from 0 to white' : `values 0 and ${nameOf(form)}`;
    const key = isSmooth ? 'smooth' : form.isWhite ? 'white' : says;
    const group = groups.get(key) ?? { says, isSmooth, paths: [] };
    groups.set(key, group);
    group.paths.push(path);
  }
  return [...groups.values()].sort((a, b) => b.paths.length - a.paths.length);
}

const nameOf = (form: ClearForm) => (form.kind === 'single' ? form.name : 'white');
