// Light, dark, or as the system is: what this browser was told. theme.js does it, before the first paint and after.

import { signal } from "./lib.js";
import { recall, remember } from "./storage.js";

/** @typedef {"system" | "light" | "dark"} Theme */

const stored = () => /** @type {Theme} */ (recall("theme", "system"));

export const theme = signal(stored());

/** @param {Theme} choice */
export function setTheme(choice) {
  theme.value = choice;
  remember("theme", choice === "system" ? null : choice);
  dispatchEvent(new Event("pm-theme"));
}

addEventListener("storage", () => { theme.value = stored(); });
