import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Workers and fonts must be files: the page's content security policy allows no data: scripts.
export default defineConfig({
  plugins: [react()],
  base: './',
  build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
});
