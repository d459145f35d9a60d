// Whether imports leave half of the machine's time to others; remembered by the window, told to the
// engine at every start.
import { remembered } from '../shared/remembered.svelte';

export const gentleImports = remembered('gentle-imports', false);
