// The two live connections of the open project, their history, and when to try them again at once. They belong
// together: when the event stream finds the server back, the chat comes back with it and does not wait its own turn.

import { api } from "./api.js";
import { heedChanges, loadChanges } from "./changes.js";
import { openChat } from "./chat.js";
import { START, cursorAt } from "./cursor.js";
import { loadDocuments } from "./documents.js";
import { heedIssues, loadIssues } from "./issue-actions.js";
import { forgetSteps, keepSteps, recallSteps } from "./kept.js";
import { heed } from "./notify.js";
import { heedPulls, loadPulls } from "./pull-actions.js";
import { openSharedFeed } from "./shared-feed.js";
import { activeExecution } from "./state.js";
import { recall, remember } from "./storage.js";
import { dispatch, notice, state } from "./store.js";
import { whyRefused } from "./trouble.js";
import { goToLogin } from "./session.js";
import { isOfWorkflow, mayChangeDocuments, openGates } from "./workflow.js";
import { loadWorkflow } from "./workflow-actions.js";

/** How much of a conversation is read at once. */
export const MESSAGES_LIMIT = 100;
/** For so long the stream waits for what this browser has kept, which takes a busy one a second: with it only what is newer is asked for. */
const RECALL_MS = 2_000;

/** @typedef {{ projectId: string, feed: ReturnType<typeof openSharedFeed> | null, chat: ReturnType<typeof openChat> }} Connection `feed` is null until what is kept here was read */
/** @type {Connection | null} */
let current = null;

export const currentConnection = () => current;

export function closeConnection() {
  current?.feed?.close();
  current?.chat.close();
  current = null;
}

/** @param {string} projectId @param {() => void} onBack asks for what else this page shows, when the server is back */
export function openConnection(projectId, onBack) {
  closeConnection();
  const say = (/** @type {any} */ action) => dispatch({ projectId, ...action });
  const held = () => state.value.views[projectId];
  if (!held()?.messagesLoaded) say({ type: "outbox/loaded", outbox: recall(`outbox.${projectId}`, []) });
  const gone = () => leave(projectId, onBack);
  void loadHistory(projectId);

  const chat = openChat({
    projectId,
    outbox: () => held()?.outbox ?? [],
    on: {
      link: (link) => say({ type: "chat", link }),
      frame(type, data) {
        if (type === "chat") {
          say({ type: "message/received", message: data });
          storeOutbox(projectId);
        } else if (type === "message_changed") {
          say({ type: "message/changed", change: data });
          storeOutbox(projectId);
        } else if (type === "typing" || type === "chat_delta") say({ type: "draft", frame: type, data });
        else if (data.code === "PROJECT_DELETED") gone();
        else if (type === "error") notice.value = data.message ?? "The server could not do that.";
        else if (type === "execution") say({ type: "execution/received", record: data });
        else if (type === "gate") say({ type: "gate/received", gate: data });
        else if (type === "reset") say({ type: "topic/reset", topicId: data.new_topic_id });
      },
      ended: goToLogin,
      refused(clientId, problem) {
        say({ type: "outbox/problem", clientId, problem });
        storeOutbox(projectId);
      },
    },
  });
  /** @type {Connection} */
  const opened = { projectId, feed: null, chat };
  current = opened;
  void openFeed(opened, onBack);
}

/** @param {Connection} opened @param {() => void} onBack */
async function openFeed(opened, onBack) {
  const { projectId } = opened;
  const say = (/** @type {any} */ action) => dispatch({ projectId, ...action });
  await restore(opened, onBack);
  if (current !== opened) return;
  // Not before what was kept is there: that is of an earlier day, and this is newer.
  void loadWorkflow();
  let isStale = false;
  /** Up to here it had happened before anybody watched. @type {number | null} */
  let past = null;
  opened.feed = openSharedFeed({
    projectId,
    cursor: positionOf(projectId),
    load: (cursor) => api.activityFrom(projectId, cursor),
    on: {
      link(link) {
        say({ type: "feed", link });
        if (link.phase === "waiting") isStale = true;
        if (link.phase !== "live" || !isStale) return;
        // The stream is back: what was said meanwhile is asked for, and the chat's socket, which may have died
        // without a word, is opened anew.
        isStale = false;
        void loadHistory(projectId);
        void loadWorkflow();
        void loadIssues();
        void loadPulls();
        opened.chat.renew();
        onBack();
      },
      activities(activities) {
        say({ type: "activities/received", activities });
        storeOutbox(projectId);
        if (activities.some(isOfWorkflow)) void loadWorkflow();
        if (activities.some(mayChangeDocuments)) void loadDocuments();
        heedChanges(activities);
        heedIssues(activities);
        heedPulls(activities);
        if (opened.feed?.isLeading) keepSteps(projectId, activities);
        const fresh = activities.filter((one) => past !== null && one.seq > past);
        if (fresh.length > 0) tellNews(opened, fresh);
      },
      event(name, data) {
        if (name === "heartbeat") {
          past ??= data.head;
          say({ type: "heartbeat", head: data.head });
        } else if (name === "gap") {
          say({ type: "gap", gap: data });
          if (data.reason !== "trimmed") forgetSteps(projectId);
          if (data.reason === "ahead") void loadHistory(projectId);
          void loadWorkflow();
        } else if (name === "delta") say({ type: "delta", delta: data });
        else if (name === "system") say({ type: "degraded", notice: data });
        else if (data.code === "PROJECT_DELETED") leave(projectId, onBack);
        else if (name === "error") say({ type: "problem", problem: data.message ?? "The server cannot go on with this feed." });
      },
      refused: () => void explain(projectId),
    },
  });
}

/** @param {Connection} opened @param {import("./state.js").Activity[]} activities */
function tellNews({ projectId, feed }, activities) {
  const project = state.value.projects.find((one) => one.id === projectId);
  if (!project || !feed) return;
  const view = state.value.views[projectId];
  void heed({ project, activities, isBusy: activeExecution(view) !== null, gate: openGates(view.flow)[0], isLeading: feed.isLeading, isSeen: feed.isSeen });
}

/**
 * Shows what this browser has kept of a project that was not open yet. A busy browser may take long to find it: then the
 * stream is tried meanwhile, and if it has brought nothing either, it starts again from what was found.
 * @param {Connection} opened @param {() => void} onBack
 */
async function restore(opened, onBack) {
  const { projectId } = opened;
  if (positionOf(projectId).seq > 0) return;
  const recalled = recallSteps(projectId).then((activities) => {
    if (current !== opened || activities.length === 0 || positionOf(projectId).seq > 0) return;
    dispatch({ projectId, type: "activities/received", activities });
    if (!opened.feed) return;
    opened.feed.close();
    void openFeed(opened, onBack);
  });
  await Promise.race([recalled, new Promise((late) => setTimeout(late, RECALL_MS))]);
}

/** How far what is held of a project goes. @param {string} projectId */
function positionOf(projectId) {
  const view = state.value.views[projectId];
  if (!view || view.cursor === 0) return START;
  const last = view.activities.at(-1);
  return last?.seq === view.cursor ? cursorAt(last) : { seq: view.cursor, id: null };
}

/** Somebody has deleted it; there is nothing to come back to. @param {string} projectId @param {() => void} onBack */
function leave(projectId, onBack) {
  if (current?.projectId === projectId) closeConnection();
  forgetSteps(projectId);
  dispatch({ projectId, type: "missing", missing: true });
  onBack();
}

/** @param {string} projectId */
function storeOutbox(projectId) {
  remember(`outbox.${projectId}`, state.value.views[projectId]?.outbox ?? []);
}

/** @param {string} projectId */
async function loadHistory(projectId) {
  void loadDocuments();
  void loadChanges();
  const say = (/** @type {any} */ action) => dispatch({ projectId, ...action });
  const [messages, executions] = await Promise.allSettled([api.messages(projectId, MESSAGES_LIMIT), api.executions(projectId)]);
  if (messages.status === "fulfilled") {
    say({ type: "messages/loaded", messages: messages.value, hasEarlier: messages.value.length === MESSAGES_LIMIT });
    storeOutbox(projectId);
  }
  if (executions.status === "fulfilled") say({ type: "executions/loaded", records: executions.value });
}

/** The stream was refused: the reason is asked for by a plain request, which can carry one. @param {string} projectId */
async function explain(projectId) {
  const answer = await api.feedReport(projectId).then((report) => ({ report }), (error) => ({ error }));
  const { missing, problem } = whyRefused(answer);
  if (current?.projectId !== projectId) return;
  if (missing) {
    closeConnection();
    forgetSteps(projectId);
    dispatch({ projectId, type: "missing", missing: true });
  } else if (problem && state.value.views[projectId]?.feed?.phase !== "live") dispatch({ projectId, type: "problem", problem });
}

/** Try again now: a person asked, the tab woke, or the network returned. */
export function wake() {
  current?.feed?.wake();
  current?.chat.wake();
}

addEventListener("online", wake);
addEventListener("offline", () => current?.feed?.lost());
addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) wake(); });
