import { Button, Text, Title } from '@mantine/core';
import type { TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { showView } from './frame-store.ts';

type EmptyStateProps = {
  readonly icon: TablerIcon;
  readonly title: string;
  /** What would fill it. */
  readonly children: ReactNode;
};

/** A view that has nothing to show yet, and the way to what fills it. */
export function EmptyState({ icon: Icon, title, children }: EmptyStateProps) {
  return (
    <div style={{ display: 'grid', height: '100%', placeItems: 'center' }}>
      <div style={{ maxWidth: '25rem', padding: '1rem', textAlign: 'center' }}>
        <Icon size={34} stroke={1.4} color="var(--soft)" aria-hidden="true" />
        <Title order={2} size="h3" mt={8}>
          {title}
        </Title>
        <Text c="var(--soft)" mt={6} mb="md">
          {children}
        </Text>
        <Button variant="light" onClick={() => showView('edit')}>
          Go to the graph
        </Button>
      </div>
    </div>
  );
}
