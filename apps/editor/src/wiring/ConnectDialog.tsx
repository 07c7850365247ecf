import { Alert, SegmentedControl, Text } from '@mantine/core';
import { explainMismatch, type GraphDocument, splitReference } from '@radiograph/graph';
import { useState } from 'react';
import { findPort, useCatalog } from '../catalog/catalog.ts';
import { useDocument } from '../document/document-store.ts';
import { useSelection } from '../document/selection-store.ts';
import { PickList } from '../shell/PickList.tsx';
import { addStep, addWire } from './add-step.ts';
import { explainRefusal, fitsAfter } from './wire-rules.ts';

type Target =
  | { readonly type: 'port'; readonly reference: string; readonly taken: boolean }
  | {
      readonly type: 'new';
      readonly nodeType: string;
      readonly title: string;
      readonly port: string;
    };

/** Connecting without a pointer: an output of the selected node, then an input that takes it or a new node. */
export function ConnectDialog({ onDone }: { readonly onDone: () => void }) {
  const document = useDocument((state) => state.document);
  const catalog = useCatalog();
  const selected = useSelection(({ nodes }) => nodes);
  const id = [...selected].find((one) => one in document.nodes);
  const outputs = Object.keys(catalog.get(document.nodes[id ?? '']?.type ?? '')?.outputs ?? {});
  const [output, setOutput] = useState(outputs[0] ?? '');
  if (id === undefined)
    return <Text>Select a node first: Tab moves to one, Enter selects it.</Text>;
  if (outputs.length === 0) return <Text>{id} has no outputs.</Text>;
  const from = `${id}.${output}`;
  const targets = listTargets(document, catalog, from);
  return (
    <>
      {outputs.length > 1 && (
        <SegmentedControl
          fullWidth
          mb="sm"
          aria-label="Output"
          data={outputs}
          value={output}
          onChange={setOutput}
        />
      )}
      {targets.length === 0 && <Alert>Nothing takes {from}.</Alert>}
      <PickList<Target>
        key={from}
        label={`Where ${from} goes`}
        placeholder={`Where does ${from} go?`}
        nothing="No input matches."
        search={(query) =>
          targets.filter((target) => nameOf(target).toLowerCase().includes(query.toLowerCase()))
        }
        keyOf={nameOf}
        draw={(target) => (
          <>
            <span>{nameOf(target)}</span>
            {target.type === 'port' && target.taken && (
              <Text component="span" size="xs" c="var(--soft)">
                replaces its wire
              </Text>
            )}
          </>
        )}
        onPick={(target) => {
          onDone();
          if (target.type === 'port') addWire({ from, to: target.reference });
          else addBeside(document, from, target);
        }}
      />
    </>
  );

  function addBeside(
    graph: GraphDocument,
    reference: string,
    { nodeType, port }: Extract<Target, { type: 'new' }>,
  ) {
    const description = catalog.get(nodeType);
    const [x, y] = graph.layout?.[splitReference(reference).nodeId] ?? [0, 0];
    if (description) addStep(description, [x + 260, y], { type: 'from', reference, port });
  }
}

const nameOf = (target: Target) =>
  target.type === 'port' ? target.reference : `new ${target.title} (${target.port})`;

/** Free inputs first, then taken ones, then new nodes. */
function listTargets(
  document: GraphDocument,
  catalog: ReturnType<typeof useCatalog>,
  from: string,
): Target[] {
  const port = findPort(document.nodes, from, 'outputs');
  if (port === undefined) return [];
  const wired = new Set(document.edges.map(({ to }) => to));
  const ports = Object.entries(document.nodes).flatMap(([id, { type }]) =>
    Object.entries(catalog.get(type)?.inputs ?? {})
      .filter(([, input]) => explainMismatch(port, input) === undefined)
      .map(([name, { arity }]) => ({
        reference: `${id}.${name}`,
        taken: arity !== 'many' && wired.has(`${id}.${name}`),
      }))
      .filter(({ reference }) => explainRefusal(document, { from, to: reference }) === undefined)
      .filter(
        ({ reference }) =>
          !document.edges.some((edge) => edge.from === from && edge.to === reference),
      )
      .map((target): Target => ({ type: 'port', ...target })),
  );
  const fresh = fitsAfter(catalog, port).map(
    ({ type, port: input }): Target => ({
      type: 'new',
      nodeType: type.type,
      title: type.title,
      port: input,
    }),
  );
  const isTaken = (target: Target) => (target.type === 'port' && target.taken ? 1 : 0);
  return [...ports.toSorted((a, b) => isTaken(a) - isTaken(b)), ...fresh];
}
