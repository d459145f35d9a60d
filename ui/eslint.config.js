// Type-aware linting, and who may know whom: only `backend` names Tauri, features know `shared`
// and `backend` but never each other, `app` composes them.
import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const features = ['library', 'ask', 'reader', 'models', 'settings', 'search', 'testing'];

/** Lets files of one room import those of others. */
const allow = (from, ...to) => ({
  from: { element: { type: from } },
  allow: { to: { element: { type: to } } },
});

export default ts.config(
  { ignores: ['dist', 'src/backend/bindings'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] },
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    // What callbacks of a template receive is only known to svelte-check, which checks it.
    files: ['**/*.svelte'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // The maps of a derivation are made anew whenever it runs.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  { files: ['*.js'], ...ts.configs.disableTypeChecked },
  {
    files: ['*.js'],
    rules: { '@typescript-eslint/no-confusing-void-expression': 'off' },
  },
  {
    files: ['src/**'],
    plugins: { boundaries },
    settings: {
      'import/resolver': { node: { extensions: ['.ts', '.svelte.ts', '.svelte', '.js'] } },
      'boundaries/elements': [
        { type: 'backend', pattern: 'src/backend' },
        { type: 'shared', pattern: 'src/shared' },
        ...features.map((name) => ({ type: name, pattern: `src/${name}` })),
        { type: 'app', pattern: 'src/app' },
      ],
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: [
            allow('shared', 'backend', 'shared'),
            allow('backend', 'backend'),
            ...features.map((name) => allow(name, name, 'backend', 'shared')),
            allow('app', 'app', 'backend', 'shared', ...features),
          ],
        },
      ],
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/backend/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@tauri-apps/*'], message: 'Only src/backend names Tauri.' }] },
      ],
    },
  },
);
