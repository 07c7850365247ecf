import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { catalogStore, findPort } from '../catalog/catalog.ts';
import { documentStore } from '../document/document-store.ts';
import { announce } from '../shell/announce.ts';
import { addAdapter } from './add-step.ts';
import { findAdapters, type Wish } from './wire-rules.ts';

const id = 'refused-wire';

/** Says why a wire was refused and offers nodes that fit between. */
export function showRefusal(wish: Wish, reason: string): void {
  const { nodes } = documentStore.getState().document;
  const from = findPort(nodes, wish.from, 'outputs');
  const to = findPort(nodes, wish.to, 'inputs');
  const adapters =
    from && to ? findAdapters(catalogStore.getState().types, from, to).slice(0, 2) : [];
  announce(`Refused: ${reason}`);
  notifications.hide(id);
  notifications.show({
    id,
    color: 'red',
    title: 'These ports do not fit',
    autoClose: adapters.length > 0 ? 12_000 : 7000,
    message: (
      <>
        <Text size="sm">{reason}</Text>
        {adapters.length > 0 && (
          <Group gap="xs" mt="xs">
            {adapters.map((adapter) => (
              <Button
                key={adapter.type.type}
                size="compact-sm"
                variant="light"
                onClick={() => {
                  addAdapter(wish, adapter);
                  notifications.hide(id);
                }}
              >
                Insert {adapter.type.title}
              </Button>
            ))}
          </Group>
        )}
      </>
    ),
  });
}
