import { readFileSync } from 'node:fs';
import { type GraphDocument, parseDocument, printDocument, wireName } from '@radiograph/graph';
import { beforeEach, describe, expect, test } from 'vitest';
import { cutOut, insertFragment } from '../clipboard/fragment.ts';
import { setAxis, setAxisValue } from '../variants/edit-variants.ts';
import { applyEdit, documentStore, openDocument, redo, undo } from './document-store.ts';
import { addGroup, addNote, editGroup, editNote, removeGroups } from './drawing-edits.ts';
import * as edits from './edits.ts';

const quickstart = readFileSync(
  new URL('../../../../examples/quickstart.graph.json', import.meta.url),
  'utf8',
);

type Change = (document: GraphDocument) => GraphDocument;
/** A generator of numbers in [0, 1). */
type Draw = () => number;

/** The mulberry32 generator: enough for picking edits. */
function drawFrom(seed: number): Draw {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const same: Change = (document) => document;

/** Every kind of edit that the editor makes, with random targets. */
const randomEdits: readonly ((document: GraphDocument, draw: Draw) => Change)[] = [
  (document) => edits.addNode(free(document, 'split'), newStep, [40, 60]),
  (document, draw) => {
    const [a, b] = [pickNode(document, draw), pickNode(document, draw)];
    return edits.connect({ from: `${a}.images`, to: `${b}.images` }, draw() < 0.5);
  },
  (document, draw) => edits.remove(new Set([pickNode(document, draw)]), new Set()),
  (document, draw) => {
    const edge = pick(document.edges, draw);
    return edge ? edits.remove(new Set(), new Set([wireName(edge)])) : same;
  },
  (document, draw) =>
    edits.moveTo({ [pickNode(document, draw)]: [round(draw() * 900), round(draw() * 900)] }),
  (document, draw) =>
    edits.setParam(pickNode(document, draw), 'rho', draw() < 0.3 ? undefined : draw()),
  (document, draw) => edits.setDisabled([pickNode(document, draw)], draw() < 0.5),
  (document, draw) =>
    edits.editNode(pickNode(document, draw), { label: draw() < 0.3 ? undefined : 'é "label"' }),
  (document, draw) =>
    edits.editNode(pickNode(document, draw), { note: draw() < 0.3 ? undefined : 'a\nnote' }),
  (document, draw) =>
    edits.exposeParam(`${pickNode(document, draw)}.rho`, draw() < 0.3 ? undefined : 'share'),
  (_, draw) => edits.setDataFolder(draw() < 0.3 ? '' : '/data'),
  (document, draw) => {
    const edge = pick(document.edges, draw);
    return edge ? edits.setVia(wireName(edge), draw() < 0.3 ? [] : [[1, 2]]) : same;
  },
  (document) => addNote({ id: free(document, 'note'), text: '', at: [0, 0] }),
  (document, draw) =>
    editNote(pick(document.notes ?? [], draw)?.id ?? '', { text: 'x', size: [200, 90] }),
  (document, draw) =>
    addGroup({ id: free(document, 'group'), title: 'Group', nodes: [pickNode(document, draw)] }),
  (document, draw) =>
    editGroup(pick(document.groups ?? [], draw)?.id ?? '', {
      collapsed: draw() < 0.5 || undefined,
    }),
  (document, draw) => removeGroups(new Set([pick(document.groups ?? [], draw)?.id ?? ''])),
  () => setAxis('supervision', { both: {} }),
  (_, draw) => setAxisValue('supervision', draw() < 0.5 ? 'weak' : 'both', { disable: ['expert'] }),
  (document, draw) => {
    const fragment = cutOut(
      document,
      new Set([pickNode(document, draw), pickNode(document, draw)]),
    );
    return fragment ? (whole) => insertFragment(whole, fragment, [40, 40]).document : same;
  },
];

const newStep = { type: 'core.split', version: 1, params: {} };
const round = (value: number) => Math.round(value);
const free = (document: GraphDocument, wish: string) => edits.freeId(edits.idsOf(document), wish);
const pick = <T>(items: readonly T[], draw: Draw): T | undefined =>
  items[Math.floor(draw() * items.length)];
const pickNode = (document: GraphDocument, draw: Draw) =>
  pick(Object.keys(document.nodes), draw) ?? 'none';

const text = () => printDocument(documentStore.getState().document);

function editAtRandom(count: number, draw: Draw, after: () => void = () => undefined): void {
  while (documentStore.getState().past.length < count) {
    const { document } = documentStore.getState();
    const make = pick(randomEdits, draw);
    if (make !== undefined) applyEdit({ label: 'random', apply: make(document, draw) });
    after();
  }
}

beforeEach(() => {
  const document = parseDocument(quickstart);
  const file = { path: 'a.graph.json', revision: '1', isTemplate: false, base: document };
  openDocument({ file, document });
});

describe('the document with its history', () => {
  test.each([1, 2, 3, 4])(
    '200 random edits taken back leave the file as it was, byte for byte; done again they are all there (seed %i)',
    (seed) => {
      editAtRandom(200, drawFrom(seed));
      const edited = text();
      expect(edited).not.toBe(quickstart);

      for (let count = 0; count < 200; count++) undo();
      expect(text()).toBe(quickstart);
      expect(undo()).toBeUndefined();

      for (let count = 0; count < 200; count++) redo();
      expect(text()).toBe(edited);
    },
  );

  test('what is saved after any edit is what `radiograph check --format` would write', () => {
    editAtRandom(120, drawFrom(5), () => {
      expect(printDocument(parseDocument(text()))).toBe(text());
    });
  });
});
