/** What a node or native code prints, as lines of a log: its events must stay readable whatever it prints. */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const longestLine = 2000;
const mostLines = 1000;
/** Control characters would move the cursor, ring the bell or hide text; a tab is harmless. */
const isControl = (character: string): boolean => {
  const code = character.charCodeAt(0);
  return (code < 32 && character !== '\t') || (code >= 127 && code < 160);
};
const readable = (line: string): string =>
  Array.from(line, (character) => (isControl(character) ? '\ufffd' : character)).join('');

/** What a worker prints to both streams when a job has ended: no text of a log has this character. */
export const endOfJob = '\u0004 end of job';

/** Calls `onLine` for each line of a stream; long lines are cut, after a thousand lines of a job the rest is dropped. */
export function forwardLines(
  stream: Readable | null,
  onLine: (line: string) => void,
): {
  /** When the mark of the next end of a job has been read. */
  readonly nextMark: () => Promise<void>;
} {
  const decoder = new StringDecoder('utf8'); // bytes that are not UTF-8 become the replacement character
  let rest = '';
  let count = 0;
  let pass = () => {};
  const forward = (line: string) => {
    if (line === '') return;
    if (line === endOfJob) {
      count = 0;
      pass();
      return;
    }
    count++;
    if (count <= mostLines) onLine(readable(line.slice(0, longestLine)));
    if (count === mostLines) onLine(`${mostLines} lines were printed; the rest is dropped`);
  };
  stream?.on('data', (data: Buffer) => {
    const lines = (rest + decoder.write(data)).split(/\r?\n|\r/);
    rest = lines.pop()!.slice(0, longestLine);
    for (const line of lines) forward(line);
  });
  stream?.on('end', () => forward(rest + decoder.end()));
  const nextMark = () =>
    new Promise<void>((done) => {
      pass = done;
    });
  return { nextMark };
}
