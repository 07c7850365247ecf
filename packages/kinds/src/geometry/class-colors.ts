/** The color of a class by its place in the class list: Okabe and Ito's set, readable with color blindness, then lighter ones. */
const colors = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
  [148, 103, 189],
  [127, 201, 127],
  [255, 127, 152],
] as const;

/** Red, green, blue in 0..255; previews, viewer and charts agree on it. */
export function classColor(index: number): readonly [number, number, number] {
  return colors[index % colors.length]!;
}
