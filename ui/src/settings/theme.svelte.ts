// Light or dark: follows the system unless chosen.
import { remembered } from '../shared/remembered.svelte';

export type ThemeChoice = 'system' | 'light' | 'dark';

export const themeChoice = remembered<ThemeChoice>('theme', 'system');

export function applyTheme(choice: ThemeChoice) {
  if (choice === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = choice;
}
