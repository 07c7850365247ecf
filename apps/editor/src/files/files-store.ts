/** Which dialog of the file menu is open. */
import { createStore, useStore } from 'zustand';

export type FilesDialog = 'open' | 'save-as' | 'merge' | null;

export const filesStore = createStore<{ readonly dialog: FilesDialog }>(() => ({ dialog: null }));

/** Shows a dialog of the file menu. */
export const showFiles = (dialog: FilesDialog): void => filesStore.setState({ dialog });

/** The open dialog. */
export const useFilesDialog = (): FilesDialog => useStore(filesStore, ({ dialog }) => dialog);
