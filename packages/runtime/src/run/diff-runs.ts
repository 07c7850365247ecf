/** What differs between two runs: what they were made of, and what came out. */
import { type DocumentChange, diffDocuments, parseDocument } from '@radiograph/graph';
import type { RunDetails, RunManifest } from './run-shapes.ts';

/** One difference. `before` and `after` are undefined where there was or is nothing. */
export type RunChange = {
  readonly part:
    | DocumentChange['part']
    | 'engine'
    | 'version'
    | 'machine'
    | 'code'
    | 'data'
    | 'status'
    | 'output';
  /** `mixer.rho` of a parameter, `miou.scores` of an output, `images: scans/` of data ... */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
};

/** Every difference in meaning, causes before what came out; empty when both made the same of the same. Places on the canvas and times do not count. */
export function diffRuns(before: RunDetails, after: RunDetails): RunChange[] {
  const graph = diffDocuments(parseDocument(before.graphText), parseDocument(after.graphText));
  const [a, b] = [collectFacts(before), collectFacts(after)];
  const names = [...new Set([...a.keys(), ...b.keys()])];
  const facts = names.flatMap((name) => {
    const [was, is] = [a.get(name), b.get(name)];
    if (was?.value === is?.value) return [];
    const { part, path } = (was ?? is)!; // the name is of one of them
    return [{ part, path, before: was?.value, after: is?.value }];
  });
  return [...graph.filter(({ part }) => part !== 'drawing'), ...facts];
}

type Fact = Pick<RunChange, 'part' | 'path'> & { readonly value: string | number };

function collectFacts(run: RunDetails): ReadonlyMap<string, Fact> {
  const { manifest, steps } = run;
  const facts: Fact[] = manifest === null ? [] : listCauses(manifest);
  for (const [id, { status, outputs }] of Object.entries(steps)) {
    // Whether a step ran or was reused is no difference: its outputs are the same.
    facts.push({ part: 'status', path: id, value: status === 'reused' ? 'ran' : status });
    for (const [port, digest] of Object.entries(outputs))
      facts.push({ part: 'output', path: `${id}.${port}`, value: digest });
  }
  return new Map(facts.map((fact) => [`${fact.part} ${fact.path}`, fact]));
}

function listCauses({ engine, versions, machine, nodes }: RunManifest): Fact[] {
  const listed = (part: Fact['part'], values: Readonly<Record<string, string | number>>) =>
    Object.entries(values).map(([path, value]): Fact => ({ part, path, value }));
  return [
    ...listed('engine', engine),
    ...listed('version', versions),
    ...listed('machine', machine),
    ...Object.entries(nodes).flatMap(([id, { implementation, data }]): Fact[] => [
      { part: 'code', path: id, value: implementation },
      ...Object.entries(data).map(
        ([path, value]): Fact => ({ part: 'data', path: `${id}: ${path}`, value }),
      ),
    ]),
  ];
}
