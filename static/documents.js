// The documents of the open project: which there are, and the one that is read.

import { api, words } from "./api.js";
import { signal } from "./lib.js";
import { createRefresh } from "./refresh.js";
import { currentId, dialog, dispatch } from "./store.js";

/** What the document's dialog shows. */
export const reading = signal(/** @type {{ name: string, url: string } | null} */ (null));

const list = createRefresh({ load: readDocuments });

/** Brings the list of the open project's documents up to date. */
export const loadDocuments = () => list.now();

async function readDocuments() {
  const projectId = currentId.peek();
  if (!projectId) return;
  try {
    dispatch({ type: "documents/loaded", projectId, documents: await api.documents(projectId) });
  } catch (error) {
    dispatch({ type: "documents/failed", projectId, problem: words(error) });
  }
}

/** @param {{ name: string, url: string }} document */
export function openDocument({ name, url }) {
  reading.value = { name, url };
  dialog.value = "document";
}
