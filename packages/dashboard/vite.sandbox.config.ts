import preact from '@preact/preset-vite'
import { defineConfig } from 'vite'

/** The page behind a hand-over URL: one script and one style sheet, under names that the gateway writes. */
export default defineConfig({
  plugins: [preact()],
  publicDir: false,
  build: {
    outDir: 'dist-sandbox',
    target: 'es2024',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: 'src/sandbox/main.tsx',
      output: { entryFileNames: 'sandbox.js', assetFileNames: 'sandbox[extname]' },
    },
  },
})
