/** The grey window of the viewer; null: the whole range of each image. */
import { createStore, useStore } from 'zustand';
import type { Window } from './paint.ts';

export const windowStore = createStore<{ readonly window: Window | null }>(() => ({
  window: null,
}));

export const useWindow = (): Window | null => useStore(windowStore, ({ window }) => window);
