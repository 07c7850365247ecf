/** What the tool writes for other programs, as JSON Schema (draft 2020-12); docs/schemas holds the text of each. */
import { z } from 'zod';
import { RunEvent } from './execute/events.ts';
import { Provenance } from './origin/origin.ts';
import { PlanReport } from './run/plan-report.ts';
import { RunManifest } from './run/run-shapes.ts';

const schemas = {
  'run-event': {
    schema: RunEvent,
    title: 'One line of events.jsonl, `radiograph run --json` and the server’s stream',
  },
  plan: {
    schema: PlanReport,
    title: 'The output of `radiograph plan --json` and plan.json of a run',
  },
  'run-manifest': {
    schema: RunManifest,
    title: 'manifest.json of a run: what it was made of',
  },
  provenance: {
    schema: Provenance,
    title: 'provenance.json beside the files that a run exported: what made each',
  },
} as const;

/** Name and content of every published schema. */
export function printSchemas(): Readonly<Record<string, string>> {
  const entries = Object.entries(schemas).map(([name, { schema, title }]) => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'output' });
    return [`${name}.schema.json`, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`];
  });
  return Object.fromEntries(entries);
}
