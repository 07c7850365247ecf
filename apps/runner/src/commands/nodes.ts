import {
  describeNodeType,
  listAccepted,
  type NodeType,
  type Ports,
  RadiographError,
} from '@radiograph/graph';
import { z } from 'zod';
import { registry } from '../registry.ts';

/** `radiograph nodes [TYPE]`: the installed node types, or the manual of one. */
export function nodesCommand(name: string | undefined, flags: { readonly json: boolean }): number {
  const types = name === undefined ? registry.list() : [findType(name)];
  if (flags.json) console.log(JSON.stringify(types.map(describeNodeType), null, 2));
  else if (name === undefined) for (const type of types) console.log(printSummary(type));
  else console.log(printManual(types[0]!));
  return 0;
}

function findType(name: string): NodeType {
  const type = registry.get(name);
  if (type !== undefined) return type;
  const names = registry.list().map(({ type: known }) => known);
  throw new RadiographError('usage', {
    path: name,
    message: `expected ${listAccepted(name, names)}`,
  });
}

function printSummary({ type, manual }: NodeType): string {
  return `${type.padEnd(26)} ${manual.split('\n')[0]}`;
}

/** A JSON Schema property, as far as the manual prints it. */
const Property = z.looseObject({
  description: z.string().optional(),
  default: z.unknown().optional(),
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
});
type Property = z.infer<typeof Property>;

function printManual(nodeType: NodeType): string {
  const { title, type, version, manual, inputs, outputs, params } = describeNodeType(nodeType);
  const properties = Object.entries(params.properties ?? {}).map(([name, schema]) =>
    printParameter(name, Property.parse(schema)),
  );
  return [
    `${title}  (${type}, version ${version})`,
    '',
    manual,
    '',
    'Inputs',
    ...printPorts(inputs),
    '',
    'Outputs',
    ...printPorts(outputs),
    '',
    'Parameters',
    ...(properties.length === 0 ? ['  none'] : properties),
  ].join('\n');
}

function printPorts(ports: Ports): string[] {
  const lines = Object.entries(ports).map(([name, { kind, arity, role, doc }]) => {
    const notes = [kind, role, arity === 'one' ? undefined : arity].filter(
      (note) => note !== undefined,
    );
    return `  ${name} (${notes.join(', ')}): ${doc}`;
  });
  return lines.length === 0 ? ['  none'] : lines;
}

function printParameter(name: string, property: Property): string {
  const range = printRange(property);
  const accepted =
    property.enum?.map((value) => JSON.stringify(value)).join(' | ') ?? property.type ?? 'value';
  const initial = JSON.stringify(property.default);
  return `  ${name} = ${initial}  (${accepted}${range}): ${property.description ?? ''}`;
}

function printRange({ minimum, maximum, exclusiveMinimum }: Property): string {
  const low = exclusiveMinimum === undefined ? minimum : `>${exclusiveMinimum}`;
  const unbounded = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER;
  if (low === undefined && unbounded) return '';
  return `, ${low ?? ''}..${unbounded ? '' : maximum}`;
}
