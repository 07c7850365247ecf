/** What screen readers are told: one polite live region for the whole page. */
import { createStore } from 'zustand';

export const announcements = createStore<{ readonly text: string }>(() => ({ text: '' }));

/** Says a sentence to screen readers. */
export function announce(text: string): void {
  // A trailing space makes the same sentence twice in a row two changes.
  const isRepeated = announcements.getState().text === text;
  announcements.setState({ text: isRepeated ? `${text} ` : text });
}
