/** Fills background that foreground encloses: what re-filling the outer contours of a mask does (background joins by edges, not corners). */
export function fillHoles(mask: Uint8Array, height: number, width: number): Uint8Array {
  const outside = new Uint8Array(mask.length);
  const stack = new Int32Array(mask.length); // every pixel enters at most once
  let top = 0;
  const visit = (index: number) => {
    if (mask[index] !== 0 || outside[index] !== 0) return;
    outside[index] = 1;
    stack[top++] = index;
  };
  for (let x = 0; x < width; x++) {
    visit(x);
    visit((height - 1) * width + x);
  }
  for (let y = 0; y < height; y++) {
    visit(y * width);
    visit(y * width + width - 1);
  }
  while (top > 0) {
    const index = stack[--top]!;
    const x = index % width;
    if (x > 0) visit(index - 1);
    if (x < width - 1) visit(index + 1);
    if (index >= width) visit(index - width);
    if (index < mask.length - width) visit(index + width);
  }
  return outside.map((isOutside) => 1 - isOutside);
}
