/** Which two runs are compared: b against a. */
import { createStore, useStore } from 'zustand';

export type CompareState = { readonly a: string | null; readonly b: string | null };

export const compareStore = createStore<CompareState>(() => ({ a: null, b: null }));

/** The chosen runs. */
export const useCompare = (): CompareState => useStore(compareStore);
