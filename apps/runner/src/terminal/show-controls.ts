/** Text of others (names of nodes, images, classes, patients) may hold characters that a terminal obeys. */

// C0 without tab and line feed, DEL, C1, and the marks that turn the direction of text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Writes control characters as JSON does (`\u001b`): visible to people, and the same text to programs that read JSON. */
export function showControls(text: string): string {
  return text.replaceAll(
    controls,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

type Printer = Record<'log' | 'error', (...parts: unknown[]) => void>;
const guarded = new WeakSet<object>();

/** Makes the console of this process show control characters; all commands print through it. A second call changes nothing. */
export function guardConsole(printer: Printer): void {
  if (guarded.has(printer)) return;
  guarded.add(printer);
  for (const name of ['log', 'error'] as const) {
    const print = printer[name].bind(printer);
    printer[name] = (...parts) =>
      print(...parts.map((part) => (typeof part === 'string' ? showControls(part) : part)));
  }
}
