// What people and the address bar can make the page do: each function talks to the server and dispatches what it
// learned. The connections of the open project are in connection.js.

import { Problem, api, words } from "./api.js";
import { loadChanges } from "./changes.js";
import { MESSAGES_LIMIT, closeConnection, currentConnection, openConnection } from "./connection.js";
import { draftOf, forgetDraft, setDraft } from "./drafts.js";
import { pageAfter, pageBefore, shown } from "./held.js";
import { forgetStepsBut } from "./kept.js";
import { followStep } from "./lookup.js";
import { createRefresh } from "./refresh.js";
import { parseRoute, projectHash } from "./route.js";
import { startShortcuts } from "./shortcuts.js";
import { forgetAll, newId, recall, remember } from "./storage.js";
import { forgetSeen, startSeeing } from "./seen.js";
import { startStopping } from "./stop.js";
import { goToLogin, session } from "./session.js";
import { currentId, dispatch, notice, page, startClock, state, tab, view } from "./store.js";

export { stopCommand } from "./stop.js";

/** The list shows what other projects do, of which no stream tells this page: so often it is asked for anew. */
const PROJECTS_EVERY_MS = 5_000;

export async function start() {
  startClock();
  startSeeing();
  startStopping();
  startShortcuts();
  addEventListener("hashchange", followRoute);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) void loadProjects(); });
  if (parseRoute(location.hash).projectId || parseRoute(location.hash).page) followRoute();
  await Promise.all([loadProjects(), loadSetup(), loadSession()]);
  if (currentId.value === null) followRoute();
}

async function loadSession() {
  try {
    session.value = await api.session();
  } catch {
    // The page works without it; only the way out is missing.
  }
}

/** Has this browser be a stranger again, who knows nothing of what was read and written in it. */
export async function signOut() {
  try {
    await api.signOut();
    closeConnection();
    session.value = null;
    // Above all what is not sent yet: the next person here would send it in their own name.
    forgetAll(["outbox.", "draft."]);
    await forgetStepsBut([]);
    goToLogin();
  } catch (error) {
    notice.value = words(error);
  }
}

async function loadSetup() {
  try {
    dispatch({ type: "setup/loaded", setup: await api.setup() });
    // A project may be open by now, and only this says whether there can be any.
    void loadChanges();
  } catch {
    // The page works without it; only the offer of a first project is missing.
  }
}

const list = createRefresh({ load: readProjects, everyMs: PROJECTS_EVERY_MS, isHidden: () => document.hidden });

/** Brings the list of projects up to date. */
export const loadProjects = () => list.now();

async function readProjects() {
  try {
    const projects = await api.projects();
    dispatch({ type: "projects/loaded", projects });
    void forgetStepsBut(projects.map((/** @type {{ id: string }} */ one) => one.id));
  } catch (error) {
    dispatch({ type: "projects/failed", problem: words(error) });
  }
}

/** Opens what the address says; without a word there, what was open last, else the newest. */
function followRoute() {
  const route = parseRoute(location.hash);
  page.value = route.page;
  if (route.projectId) {
    openProject(route.projectId);
    return followStep(route.seq);
  }
  const known = state.value.projects;
  const last = recall("last", "");
  const choice = known.find((p) => p.id === last) ?? known[0];
  if (!choice) {
    closeConnection();
    dispatch({ type: "project/closed" });
    return;
  }
  if (page.value === null) history.replaceState(null, "", projectHash(choice.id));
  openProject(choice.id);
}

/** @param {string} projectId */
function openProject(projectId) {
  if (currentId.value === projectId) return;
  dispatch({ type: "project/opened", projectId });
  remember("last", projectId);
  notice.value = null;
  // The one that was open is from now on what the list says of it; and this one may have been made elsewhere.
  if (state.value.projectsLoaded) void loadProjects();
  openConnection(projectId, loadProjects);
}

/** @param {string} projectId */
export function goTo(projectId) {
  location.hash = projectHash(projectId);
  tab.value = "chat";
}

/** @param {any} fields @param {string} key @returns {Promise<Problem | null>} */
export async function createProject(fields, key) {
  try {
    const project = await api.createProject(fields, key);
    dispatch({ type: "project/created", project });
    goTo(project.id);
    void loadProjects();
    return null;
  } catch (error) {
    return error instanceof Problem ? error : new Problem(0, words(error));
  }
}

/** @param {string} projectId @param {any} fields what is to be changed @returns {Promise<Problem | null>} */
export async function changeProject(projectId, fields) {
  try {
    dispatch({ type: "project/changed", project: await api.changeProject(projectId, fields) });
    void loadProjects();
    return null;
  } catch (error) {
    return error instanceof Problem ? error : new Problem(0, words(error));
  }
}

/** Forgets it here as the server has; in other windows the streams tell. @param {string} projectId @returns {Promise<Problem | null>} */
export async function deleteProject(projectId) {
  try {
    await api.deleteProject(projectId);
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem(0, words(error));
    if (problem.status !== 404) return problem;
  }
  const wasOpen = currentId.value === projectId;
  if (wasOpen) closeConnection();
  dispatch({ type: "project/deleted", id: projectId });
  forgetDraft(projectId);
  forgetSeen(projectId);
  remember(`outbox.${projectId}`, null);
  if (wasOpen) {
    history.replaceState(null, "", location.pathname);
    followRoute();
  }
  void loadProjects();
  return null;
}

/** @param {string} content @param {{ queue?: boolean }} [when] in the queue it waits until nothing runs any more */
export function sendMessage(content, { queue = false } = {}) {
  const projectId = currentId.value;
  if (!projectId || !content.trim()) return;
  const item = { client_id: newId(), content, at: new Date().toISOString(), ...(queue && { queue }) };
  dispatch({ type: "outbox/added", projectId, item });
  keepOutbox(projectId);
  currentConnection()?.chat.sendNext();
}

/** @param {string} clientId */
export function discardMessage(clientId) {
  const projectId = currentId.value;
  if (!projectId) return;
  dispatch({ type: "outbox/removed", projectId, clientId });
  keepOutbox(projectId);
}

/** Takes a refused message back into the composer. @param {import("./state.js").OutboxItem} item */
export function sendAgain(item) {
  const projectId = currentId.value;
  if (!projectId) return;
  setDraft(projectId, [draftOf(projectId), item.content].filter(Boolean).join("\n"));
  discardMessage(item.client_id);
}

/** Looks once more for a project that was not there. */
export function reopen() {
  const projectId = currentId.value;
  if (!projectId) return;
  dispatch({ type: "missing", projectId, missing: false });
  openConnection(projectId, loadProjects);
}

/** Unsent messages survive a reload. @param {string} projectId */
export function keepOutbox(projectId) {
  remember(`outbox.${projectId}`, state.value.views[projectId]?.outbox ?? []);
}

export async function startNewTopic() {
  const projectId = currentId.value;
  if (!projectId) return;
  try {
    const { new_topic_id } = await api.reset(projectId);
    dispatch({ type: "topic/reset", projectId, topicId: new_topic_id });
  } catch (error) {
    notice.value = `A new conversation could not be started: ${words(error)}`;
  }
}

/** Orders a command once more that failed or was stopped. @param {string} executionId */
export async function retryCommand(executionId) {
  const projectId = currentId.value;
  if (!projectId) return;
  try {
    dispatch({ type: "execution/received", projectId, record: await api.retry(executionId) });
  } catch (error) {
    notice.value = `The command could not be started again: ${words(error)}`;
  }
}

/** Puts a page of the log before what the pane shows. */
export async function loadEarlier() {
  const projectId = currentId.value;
  const beside = shown(view.value).activities[0]?.seq;
  if (!projectId || !beside) return;
  try {
    const { items, next } = await api.activityBefore(projectId, beside, pageBefore(beside));
    dispatch({ type: "activities/earlier", projectId, beside, activities: items, hasEarlier: next !== null && next > 1 });
  } catch (error) {
    notice.value = `Earlier steps could not be loaded: ${words(error)}`;
  }
}

/** Puts a page of the log after what is shown to somebody who has gone far back. */
export async function loadLater() {
  const projectId = currentId.value;
  const beside = view.value.past?.activities.at(-1)?.seq;
  if (!projectId || !beside) return;
  try {
    const { items } = await api.activityAfter(projectId, beside, pageAfter(beside));
    dispatch({ type: "activities/later", projectId, beside, activities: items });
  } catch (error) {
    notice.value = `Later steps could not be loaded: ${words(error)}`;
  }
}

/** Tells that somebody reads what is not the newest, which then stays in front of them. @param {boolean} isReading */
export function setReading(isReading) {
  const projectId = currentId.value;
  if (projectId && view.value.isReading !== isReading) dispatch({ type: "activities/reading", projectId, isReading });
}

export async function loadEarlierMessages() {
  const projectId = currentId.value;
  const first = view.value.messages[0];
  if (!projectId || !first) return;
  try {
    const messages = await api.messages(projectId, MESSAGES_LIMIT, first.id);
    dispatch({ type: "messages/earlier", projectId, messages, hasEarlier: messages.length === MESSAGES_LIMIT });
  } catch (error) {
    notice.value = `Earlier messages could not be loaded: ${words(error)}`;
  }
}
