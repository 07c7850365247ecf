/** The node types that are installed, and their descriptions as plain JSON for the editor and the manual. */
import { z } from 'zod';
import type { Dependence, NodeType } from './node-type.ts';
import type { Ports } from './port.ts';

/** The installed node types by name. */
export type Registry = {
  readonly get: (type: string) => NodeType | undefined;
  readonly list: () => readonly NodeType[];
};

/** Collects node types. @throws an internal error if two share a name. */
export function createRegistry(nodeTypes: readonly NodeType[]): Registry {
  const byName = new Map<string, NodeType>();
  for (const nodeType of nodeTypes) {
    if (byName.has(nodeType.type))
      throw new Error(`internal: node type ${nodeType.type} is defined twice`);
    byName.set(nodeType.type, nodeType);
  }
  const sorted = [...byName.values()].sort((a, b) => a.type.localeCompare(b.type));
  return { get: (type) => byName.get(type), list: () => sorted };
}

/** A node type as data: what the editor's palette and inspector are made from. */
export type NodeDescription = {
  readonly type: string;
  readonly version: number;
  readonly title: string;
  readonly manual: string;
  readonly inputs: Ports;
  readonly outputs: Ports;
  readonly uses: readonly Dependence[];
  /** JSON Schema (draft 2020-12) of the parameters, with defaults, ranges and help. */
  readonly params: z.core.JSONSchema.BaseSchema;
};

/** Describes a node type without its code. */
export function describeNodeType(nodeType: NodeType): NodeDescription {
  const { type, version, title, manual, inputs, outputs, uses = [] } = nodeType;
  const params = z.toJSONSchema(nodeType.params, { io: 'input', unrepresentable: 'any' });
  return { type, version, title, manual, inputs, outputs, uses, params };
}
