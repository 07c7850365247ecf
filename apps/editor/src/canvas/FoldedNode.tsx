import { ActionIcon, Tooltip } from '@mantine/core';
import { IconBoxMultiple, IconFold } from '@tabler/icons-react';
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { applyEdit } from '../document/document-store.ts';
import { editGroup } from '../document/drawing-edits.ts';
import type { FoldedFlowNode, FoldedPort } from './flow-types.ts';
import styles from './StepNode.module.css';

/** A collapsed group. Only a drawing: what runs, and its keys, stay the same. */
export const FoldedNode = memo(function FoldedNode({
  id,
  data,
  selected,
}: NodeProps<FoldedFlowNode>) {
  const { group, inputs, outputs } = data;
  return (
    <div className={styles.node} data-selected={selected || undefined}>
      <div className={styles.head}>
        <IconBoxMultiple size={15} color="var(--accent)" aria-hidden="true" />
        <span className={styles.title}>{group.title}</span>
        <Tooltip label="Expand">
          <ActionIcon
            className="nodrag"
            size="sm"
            ml="auto"
            aria-label={`Expand ${group.title}`}
            onClick={() =>
              applyEdit({ label: 'Expand group', apply: editGroup(id, { collapsed: undefined }) })
            }
          >
            <IconFold size={15} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={styles.ports}>
        <FoldedColumn ports={inputs} side="inputs" />
        <FoldedColumn ports={outputs} side="outputs" />
      </div>
      <div className={styles.foot}>{group.nodes.length} nodes</div>
    </div>
  );
});

type ColumnProps = { readonly ports: readonly FoldedPort[]; readonly side: 'inputs' | 'outputs' };

function FoldedColumn({ ports, side }: ColumnProps) {
  return (
    <div className={styles[side]}>
      {ports.map(({ reference, kind, color }) => (
        <div key={reference} className={styles.port} title={`${reference}: ${kind}`}>
          <Handle
            id={reference}
            type={side === 'inputs' ? 'target' : 'source'}
            position={side === 'inputs' ? Position.Left : Position.Right}
            className={styles.handle}
            style={{ '--port': color } as React.CSSProperties}
          />
          <span className={styles.portName}>{reference.split('.')[1]}</span>
        </div>
      ))}
    </div>
  );
}
