import { classColor } from '@radiograph/kinds';

/** A class's color for CSS, by its place in the class list. */
export const cssColor = (index: number): string => `rgb(${classColor(index).join(' ')})`;
