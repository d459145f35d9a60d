// How the window is built: Svelte, and the data files pdf.js fetches at run time.
import { svelte, vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { createReadStream, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const FOLDERS = ['cmaps', 'iccs', 'standard_fonts', 'wasm'];

/** Ships pdf.js's character maps, fonts, colour profiles and decoders under `/pdfjs/`. */
function pdfjsData(): Plugin {
  const root = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  );
  return {
    name: 'pdfjs-data',
    generateBundle() {
      for (const file of files) {
        const source = readFileSync(join(root, file));
        this.emitFile({ type: 'asset', fileName: `pdfjs/${file}`, source });
      }
    },
    configureServer(server) {
      server.middlewares.use('/pdfjs/', (request, response, next) => {
        const file = files.find((name) => request.url === `/${name}`);
        if (file === undefined) next();
        else createReadStream(join(root, file)).pipe(response);
      });
    },
  };
}

export default defineConfig({
  plugins: [svelte({ preprocess: vitePreprocess() }), pdfjsData()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: { target: ['es2023', 'safari17.5'], chunkSizeWarningLimit: 1200 },
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
});
