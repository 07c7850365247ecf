import { Button, Text } from '@mantine/core';
import { commands } from '../commands/commands.ts';
import styles from './Inspector.module.css';

const offered = new Set([
  'duplicate',
  'delete',
  'disable',
  'group',
  'layout',
  'left',
  'right',
  'top',
  'bottom',
  'spread-x',
  'spread-y',
]);

/** What can be done with several nodes. */
export function SelectionActions({ ids }: { readonly ids: readonly string[] }) {
  return (
    <div className={styles.form}>
      <Text component="h2" fw={650} m={0}>
        {ids.length} nodes
      </Text>
      <div className={styles.actions}>
        {commands
          .filter(({ id }) => offered.has(id))
          .map(({ id, title, run }) => (
            <Button key={id} size="compact-sm" variant="default" onClick={run}>
              {title}
            </Button>
          ))}
      </div>
    </div>
  );
}
