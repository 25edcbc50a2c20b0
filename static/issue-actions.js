// Asks for the issues of the open project's repository: while that part of the list is open, when it is opened, and when the
// feed tells of a change.

import { api, words } from "./api.js";
import { addToDraft, draftOf } from "./drafts.js";
import { focusComposerEnd } from "./focus.js";
import { ISSUES_MAX, isOfIssues, wishFor } from "./issues.js";
import { signal } from "./lib.js";
import { createRefresh } from "./refresh.js";
import { recall, remember } from "./storage.js";
import { currentId, dispatch, project } from "./store.js";

/** Whether issues are shown below the open project; who has opened that part once wants it there. */
export const isListOpen = signal(/** @type {boolean} */ (recall("issues", false)));
/** Which are looked at. */
export const looksAt = signal(/** @type {import("./issues.js").Which} */ ("open"));

const list = createRefresh({ load: readIssues });

/** Brings what is shown of the issues up to date. @returns {Promise<void>} */
export const loadIssues = async () => { if (isListOpen.peek()) await list.now(); };

/** @param {boolean} isOpen */
export function openList(isOpen) {
  isListOpen.value = isOpen;
  remember("issues", isOpen);
  void loadIssues();
}

/** @param {import("./issues.js").Which} which */
export function lookAt(which) {
  looksAt.value = which;
  void loadIssues();
}

/** @param {import("./state.js").Activity[]} activities */
export function heedIssues(activities) {
  if (activities.some(isOfIssues)) void loadIssues();
}

async function readIssues() {
  const which = looksAt.peek();
  const projectId = currentId.peek();
  const of = project.peek()?.github_repo_url;
  if (!projectId || !of) return;
  const say = (/** @type {any} */ action) => dispatch({ projectId, of, ...action });
  // Each stands for itself: GitHub counts by another way, which is slower and may be closed for a minute.
  await Promise.all([
    api.issues(projectId, which, ISSUES_MAX).then((issues) => say({ type: "issues/loaded", which, issues }), (error) => say({ type: "issues/failed", which, problem: words(error) })),
    api.issueCounts(projectId).then((counts) => say({ type: "issues/counted", counts }), () => undefined),
  ]);
}

/** Leaves it to the person to send it, and what they have written stays. @param {import("./issues.js").Issue} issue */
export function askToFix(issue) {
  const projectId = currentId.peek();
  if (!projectId) return;
  const wish = wishFor(issue);
  if (!draftOf(projectId).split("\n").includes(wish)) addToDraft(projectId, wish);
  focusComposerEnd();
}
