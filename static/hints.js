// What the three panes are for, said on the first visit and whenever somebody asks again.

import { signal } from "./lib.js";
import { recall, remember } from "./storage.js";

export const hintsShown = signal(!recall("hints-read", false));

export function closeHints() {
  hintsShown.value = false;
  remember("hints-read", true);
}

export function showHints() {
  hintsShown.value = true;
}
