// Svelte as it is: runes everywhere, no preprocessors beyond TypeScript's types.
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

export default {
  compilerOptions: { runes: true },
  preprocess: vitePreprocess(),
};
