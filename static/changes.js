// What was changed in the open project and is not part of its main line yet: the copies in which a coding agent works, and
// the branches it made. The server looks into git when it is asked; it is asked when something may have changed.

import { AGENT_BACKEND } from "./agent-settings.js";
import { api, words } from "./api.js";
import { signal } from "./lib.js";
import { createRefresh } from "./refresh.js";
import { currentId, dialog, dispatch, state } from "./store.js";
import { changesOf, changeSorts } from "./work.js";

/** A command changes many files: they are looked for once in so long. */
const AGAIN_MS = 4_000;

/** What the dialog shows. */
export const inspecting = signal(/** @type {import("./work.js").Change | null} */ (null));

const list = createRefresh({ load: readChanges });
const later = { timer: /** @type {any} */ (null) };

/** Brings the list of the open project's changes up to date. */
export const loadChanges = () => list.now();

/** What has happened may have changed them. @param {import("./state.js").Activity[]} activities */
export function heedChanges(activities) {
  if (activities.some((one) => changeSorts(one) === "now")) void loadChanges();
  else if (activities.some((one) => changeSorts(one) === "soon")) {
    later.timer ??= setTimeout(() => {
      later.timer = null;
      void loadChanges();
    }, AGAIN_MS);
  }
}

async function readChanges() {
  const projectId = currentId.peek();
  const { setup } = state.peek();
  // Only a coding agent on the server's machine makes any.
  if (!projectId || !setup?.backends?.some(({ name }) => name === AGENT_BACKEND)) return;
  try {
    const [worktrees, branches] = await Promise.all([api.worktrees(projectId), api.branches(projectId)]);
    dispatch({ type: "changes/loaded", projectId, changes: changesOf(projectId, worktrees, branches) });
  } catch (error) {
    dispatch({ type: "changes/failed", projectId, problem: words(error) });
  }
}

/** @param {import("./work.js").Change} change */
export function openChange(change) {
  inspecting.value = change;
  dialog.value = "changes";
}

/** Takes a copy away. @param {string} projectId @param {string} name @returns {Promise<string | null>} why it was not done */
export async function removeCopy(projectId, name) {
  try {
    await api.removeWorktree(projectId, name);
    return null;
  } catch (error) {
    return words(error);
  } finally {
    void loadChanges();
  }
}
