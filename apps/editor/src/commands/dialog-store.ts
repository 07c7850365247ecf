/** Which dialog of the commands is open. */
import { createStore, useStore } from 'zustand';

export type CommandDialog = 'commands' | 'shortcuts' | 'search' | 'connect' | 'variants' | null;

export const dialogStore = createStore<{ readonly dialog: CommandDialog }>(() => ({
  dialog: null,
}));

/** Shows a dialog. */
export const showDialog = (dialog: CommandDialog): void => dialogStore.setState({ dialog });

/** The open dialog. */
export const useDialog = (): CommandDialog => useStore(dialogStore, ({ dialog }) => dialog);
