import { createContext, useContext } from 'react';
import { type Panel, panelsAt } from './panel.ts';

const noPanels: readonly Panel[] = [];

/** The panels of the editor; given once by main.tsx, so that the frame imports none of them. */
export const PanelContext = createContext<readonly Panel[]>(noPanels);

/** The panels of one place. */
export const usePanels = <P extends Panel['place']>(place: P) =>
  panelsAt(useContext(PanelContext), place);
