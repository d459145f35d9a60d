// Whether sentences that nothing bears out are left out of what is shown; they are kept all the same.
import { remembered } from './remembered.svelte';

export const hideUnsupported = remembered('hide-unsupported', false);
