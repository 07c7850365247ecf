import { ActionIcon, Tooltip } from '@mantine/core';
import { IconFold } from '@tabler/icons-react';
import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { applyEdit } from '../document/document-store.ts';
import { editGroup } from '../document/drawing-edits.ts';
import styles from './FrameNode.module.css';
import type { FrameFlowNode } from './flow-types.ts';

/** The frame of a group, behind its nodes. Dragging it takes them along. */
export const FrameNode = memo(function FrameNode({
  id,
  data: { group },
  selected,
}: NodeProps<FrameFlowNode>) {
  return (
    <div className={styles.frame} data-selected={selected || undefined}>
      <div className={styles.head}>
        <input
          aria-label="Title of the group"
          className={`nodrag ${styles.title}`}
          value={group.title}
          onChange={({ target }) =>
            applyEdit({
              label: 'Rename group',
              apply: editGroup(id, { title: target.value }),
              mergeKey: `group ${id}`,
            })
          }
        />
        <Tooltip label="Collapse into one node">
          <ActionIcon
            className="nodrag"
            size="sm"
            aria-label={`Collapse ${group.title}`}
            onClick={() =>
              applyEdit({ label: 'Collapse group', apply: editGroup(id, { collapsed: true }) })
            }
          >
            <IconFold size={15} />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  );
});
