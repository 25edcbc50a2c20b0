// Unsent text, kept per project and across reloads.

import { signal } from "./lib.js";
import { recall, remember } from "./storage.js";

/** @type {import("./vendor/signals-core.js").Signal | any} */
const drafts = signal(/** @type {Record<string, string>} */ ({}));

/** @param {string} projectId @returns {string} */
export function draftOf(projectId) {
  return drafts.value[projectId] ?? recall(`draft.${projectId}`, "");
}

/** @param {string} projectId @param {string} text */
export function setDraft(projectId, text) {
  drafts.value = { ...drafts.value, [projectId]: text };
  remember(`draft.${projectId}`, text);
}

/** Keeps what was written elsewhere, below what is in the message box. @param {string} projectId @param {string} text */
export function addToDraft(projectId, text) {
  setDraft(projectId, [draftOf(projectId), text].filter(Boolean).join("\n"));
}

/** @param {string} projectId */
export function forgetDraft(projectId) {
  setDraft(projectId, "");
}
