// Asks for the pull requests of the open project: when it is opened, when the server is back, and when the feed tells of one.

import { api, words } from "./api.js";
import { pullOf } from "./pulls.js";
import { createRefresh } from "./refresh.js";
import { currentId, dispatch, project } from "./store.js";

const list = createRefresh({ load: readPulls });

/** Brings the list up to date. */
export const loadPulls = () => list.now();

/** @param {import("./state.js").Activity[]} activities */
export function heedPulls(activities) {
  if (activities.some(pullOf)) void loadPulls();
}

async function readPulls() {
  const projectId = currentId.peek();
  // Only what is on GitHub has any.
  if (!projectId || !project.peek()?.github_repo_url) return;
  try {
    dispatch({ projectId, type: "pulls/loaded", pulls: await api.pullRequests(projectId) });
  } catch (error) {
    dispatch({ projectId, type: "pulls/failed", problem: words(error) });
  }
}
