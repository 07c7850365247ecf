/** Mantine's theme: one accent, small type, quiet corners. Colors of our own are CSS variables in tokens.css. */
import { createTheme, type MantineColorsTuple } from '@mantine/core';

const radio: MantineColorsTuple = [
  '#e6f8fa',
  '#cfeef2',
  '#9fdde6',
  '#6bcad8',
  '#41b9cb',
  '#1ea5ba',
  '#0d8a9e',
  '#0b7285',
  '#095c6b',
  '#064652',
];

/** Mantine's dark greys, turned to the blue of the panels in tokens.css. */
const dark: MantineColorsTuple = [
  '#e4e9ef',
  '#c6d0da',
  '#9aa7b6',
  '#8695a5',
  '#3d4957',
  '#2b3541',
  '#1e2630',
  '#171d25',
  '#12171d',
  '#0c1014',
];

export const theme = createTheme({
  primaryColor: 'radio',
  primaryShade: 7,
  colors: { radio, dark },
  defaultRadius: 'md',
  respectReducedMotion: true,
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "JetBrains Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: '11.5px', sm: '13px', md: '14px', lg: '16px', xl: '19px' },
  components: {
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    // The page itself never scrolls, and locking it would add style elements that the policy refuses.
    Modal: {
      defaultProps: {
        lockScroll: false,
        centered: true,
        closeButtonProps: { 'aria-label': 'Close' },
      },
      styles: { title: { fontWeight: 650, fontSize: '15px' } },
    },
    Notification: {
      defaultProps: { closeButtonProps: { 'aria-label': 'Close the notice' } },
      styles: { description: { color: 'var(--ink)', overflowWrap: 'anywhere' } },
    },
    ModalHeader: { defaultProps: { role: 'presentation' } }, // the page's banner is the frame's header
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
  },
});
