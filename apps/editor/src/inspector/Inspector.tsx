import { ActionIcon, Group, Switch, Text, Textarea, TextInput, Tooltip } from '@mantine/core';
import type { DocumentNode, NodeDescription } from '@radiograph/graph';
import { IconTrash } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useCatalog } from '../catalog/catalog.ts';
import { applyEdit, useDocument } from '../document/document-store.ts';
import { editNode, remove, setDisabled } from '../document/edits.ts';
import { useSelection } from '../document/selection-store.ts';
import { GraphFields } from './GraphFields.tsx';
import styles from './Inspector.module.css';
import { ParamField } from './ParamField.tsx';
import { readSchema } from './param-schema.ts';
import { SelectionActions } from './SelectionActions.tsx';

/** About what is selected: one node's parameters, what can be done with several, or the graph itself. */
export function Inspector() {
  const nodes = useDocument(({ document }) => document.nodes);
  const selected = useSelection((selection) => selection.nodes);
  const catalog = useCatalog();
  const ids = [...selected].filter((id) => id in nodes);
  const [id] = ids;
  if (ids.length > 1) return <SelectionActions ids={ids} />;
  const node = id === undefined ? undefined : nodes[id];
  if (id === undefined || node === undefined) return <GraphFields />;
  return <NodeForm key={id} id={id} node={node} description={catalog.get(node.type)} />;
}

type NodeFormProps = {
  readonly id: string;
  readonly node: DocumentNode;
  readonly description: NodeDescription | undefined;
};

function NodeForm({ id, node, description }: NodeFormProps) {
  const params = useMemo(
    () => (description === undefined ? [] : readSchema(description.params)),
    [description],
  );
  return (
    <div className={styles.form}>
      <NodeHead id={id} node={node} description={description} />
      {params.map((param) => (
        <ParamField key={param.name} nodeId={id} param={param} value={node.params[param.name]} />
      ))}
      {description === undefined && <Missing node={node} />}
      {description && params.length === 0 && (
        <Text size="sm" c="var(--soft)">
          This node has no parameters.
        </Text>
      )}
      <Textarea
        label="Note"
        placeholder="Why is it here?"
        autosize
        minRows={2}
        value={node.note ?? ''}
        onChange={({ target }) =>
          applyEdit({
            label: 'Write note',
            apply: editNode(id, { note: target.value || undefined }),
            mergeKey: `note ${id}`,
          })
        }
      />
    </div>
  );
}

/** What is kept of a node that nothing installed here can run. */
function Missing({ node: { type, params } }: { readonly node: DocumentNode }) {
  return (
    <div>
      <Text size="sm" c="var(--bad)">
        No installed package has the type {type}. The graph cannot run with it; its parameters and
        wires are kept as they are.
      </Text>
      <pre className={styles.kept}>{JSON.stringify(params, null, 2)}</pre>
    </div>
  );
}

/** Its first sentences; the whole of it on demand. */
function Manual({ text }: { readonly text: string }) {
  const [isOpen, setOpen] = useState(false);
  const [summary = '', ...rest] = text.trim().split('\n');
  return (
    <div className={styles.manual}>
      {isOpen ? text.trim() : summary}
      {rest.length > 0 && (
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Less' : 'Manual'}
        </button>
      )}
    </div>
  );
}

function NodeHead({ id, node, description }: NodeFormProps) {
  return (
    <header className={styles.head}>
      <Group gap="xs" wrap="nowrap" justify="space-between">
        <Text component="h2" fw={650} size="md">
          {description?.title ?? node.type}
        </Text>
        <Tooltip label="Delete the node">
          <ActionIcon
            aria-label={`Delete ${id}`}
            onClick={() => applyEdit({ label: 'Delete', apply: remove(new Set([id]), new Set()) })}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      </Group>
      <Text size="xs" ff="monospace" c="var(--soft)">
        {id} · {node.type}
      </Text>
      {description && <Manual text={description.manual} />}
      <TextInput
        label="Label"
        placeholder={description?.title ?? id}
        value={node.label ?? ''}
        onChange={({ target }) =>
          applyEdit({
            label: 'Rename',
            apply: editNode(id, { label: target.value || undefined }),
            mergeKey: `label ${id}`,
          })
        }
      />
      <Switch
        label="Enabled"
        size="sm"
        mt="xs"
        checked={!node.disabled}
        onChange={({ target }) =>
          applyEdit({
            label: target.checked ? 'Enable' : 'Disable',
            apply: setDisabled([id], !target.checked),
          })
        }
      />
    </header>
  );
}
