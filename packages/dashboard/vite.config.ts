import preact from '@preact/preset-vite'
import { defineConfig } from 'vite'

const controlPlane = 'http://127.0.0.1:8765'

export default defineConfig({
  plugins: [preact()],
  build: {
    target: 'es2024',
    // A data: URL would need a looser content security policy than the server sends.
    assetsInlineLimit: 0,
    // The polyfill is an inline script in all but name, and every browser we build for preloads.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/v1': controlPlane } },
})
