// All the page knows, and how news changes it: `reduce(state, action)` is pure, knows no DOM and no network, and
// takes the same activity any number of times with the effect of once.

import { EMPTY, extend } from "./timeline.js";
import { withMessage, withoutConfirmed } from "./conversation.js";
import { changeOf, withChange } from "./queue.js";
import { executionFromActivity, executionFromRecord, mergeExecution } from "./execution.js";

/**
 * As on the wire (`GET /api/projects`), keys that are read here.
 * @typedef {{ id: string, name: string, description?: string | null, status: string, github_repo_url?: string | null,
 *   workspace_path?: string | null, updated_at: string, created_at: string, message_count: number,
 *   running?: any, needs_attention?: number, head?: number }} Project
 * @typedef {{ seq: number, id: string, timestamp: string, source: string, kind: string, message: string,
 *   execution_id?: string | null, command?: string | null, status?: string | null, tool?: string | null,
 *   detail?: string | null, duration_ms?: number | null, verbosity?: number | null, data?: any }} Activity
 * @typedef {{ id: string, role: string, content: string, timestamp: string, topic_id?: string | null, queued?: boolean }} Message
 * @typedef {{ client_id: string, content: string, at: string, queue?: boolean, problem?: string | null }} OutboxItem
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {{ phase: "connecting" | "live" | "waiting", since: number, retryAt?: number, failures: number,
 *   lastEventAt: number | null, reason?: string | null, via?: "stream" | "poll" | "tab" | "alone" }} Link `via` says who brings the steps
 */
/**
 * What is known of one project. `cursor` is the last seq the stream has delivered; `earliest` the first one held.
 * @typedef {{ activities: Activity[], timeline: import("./timeline.js").Timeline, cursor: number, head: number,
 *   hasEarlier: boolean, gaps: { from: number, to: number, reason: string }[], started: boolean,
 *   messages: Message[], messagesLoaded: boolean, hasEarlierMessages: boolean, topicId: string | null, outbox: OutboxItem[], withdrawn: string[],
 *   executions: Record<string, Execution>, feed: Link | null, chat: Link | null,
 *   degraded: Record<string, string>, problem: string | null, missing: boolean }} View
 * @typedef {{ suggested_project: { name: string, workspace_path: string, github_repo_url: string | null } | null,
 *   backend: { name: string, reason: string }, backends?: { name: string, label: string }[], version: string }} Setup
 * @typedef {{ setup: Setup | null, projects: Project[], projectsLoaded: boolean, projectsProblem: string | null,
 *   currentId: string | null, views: Record<string, View> }} State
 */

/** @type {State} */
export const initialState = {
  setup: null, projects: [], projectsLoaded: false, projectsProblem: null, currentId: null, views: {},
};

/** @type {View} */
export const emptyView = {
  activities: [], timeline: EMPTY, cursor: 0, head: 0, hasEarlier: false, gaps: [], started: false,
  messages: [], messagesLoaded: false, hasEarlierMessages: false, topicId: null, outbox: [], withdrawn: [],
  executions: {}, feed: null, chat: null, degraded: {}, problem: null, missing: false,
};

/**
 * @param {State} state
 * @param {any} action `{type, ...}`; with `projectId` it concerns that project's view
 * @returns {State}
 */
export function reduce(state, action) {
  switch (action.type) {
    case "setup/loaded": return { ...state, setup: action.setup };
    case "projects/loaded": return { ...state, projects: action.projects, projectsLoaded: true, projectsProblem: null };
    case "projects/failed": return { ...state, projectsProblem: action.problem };
    case "project/created":
      return { ...state, projects: [action.project, ...state.projects.filter((p) => p.id !== action.project.id)], projectsLoaded: true };
    case "project/changed":
      return { ...state, projects: state.projects.map((p) => p.id === action.project.id ? action.project : p) };
    case "project/opened": return withView({ ...state, currentId: action.projectId }, action.projectId, (view) => view);
    case "project/deleted": return withoutProject(state, action.id);
    case "project/closed": return { ...state, currentId: null };
    default:
      return action.projectId ? withView(state, action.projectId, (view) => reduceView(view, action)) : state;
  }
}

/** @param {State} state @param {string} id @returns {State} */
function withoutProject(state, id) {
  const { [id]: _gone, ...views } = state.views;
  return { ...state, views, projects: state.projects.filter((p) => p.id !== id), currentId: state.currentId === id ? null : state.currentId };
}

/** @param {State} state @param {string} id @param {(view: View) => View} change @returns {State} */
function withView(state, id, change) {
  const old = state.views[id];
  const view = change(old ?? emptyView);
  return view === old ? state : { ...state, views: { ...state.views, [id]: view } };
}

/** @param {View} view @param {any} action @returns {View} */
function reduceView(view, action) {
  switch (action.type) {
    case "activities/received": return withActivities(view, action.activities, true);
    case "activities/earlier": return { ...withActivities(view, action.activities, false), hasEarlier: action.hasEarlier };
    case "heartbeat": return { ...view, head: Math.max(view.head, action.head ?? 0), started: true };
    case "gap": return withGap(view, action.gap);
    case "degraded": return { ...view, degraded: withDegraded(view.degraded, action.notice) };
    case "problem": return { ...view, problem: action.problem };
    case "missing": return { ...view, missing: action.missing };
    case "feed": return withLink(view, action.link);
    case "chat": return { ...view, chat: action.link };
    case "messages/loaded":
      return { ...withMessages(view, action.messages), messagesLoaded: true, hasEarlierMessages: view.messagesLoaded ? view.hasEarlierMessages : action.hasEarlier };
    case "messages/earlier": return { ...withMessages(view, action.messages), hasEarlierMessages: action.hasEarlier };
    case "message/received": return withMessages(view, [action.message]);
    case "message/changed": return withChange(view, action.change);
    case "topic/reset": return { ...view, topicId: action.topicId ?? view.topicId };
    case "executions/loaded":
    case "execution/received":
      return { ...view, executions: merged(view.executions, (action.records ?? [action.record]).map(executionFromRecord)) };
    case "outbox/loaded": return { ...view, outbox: action.outbox };
    case "outbox/added": return { ...view, outbox: [...view.outbox, action.item] };
    case "outbox/removed": return { ...view, outbox: view.outbox.filter((item) => item.client_id !== action.clientId) };
    case "outbox/problem":
      return { ...view, outbox: view.outbox.map((item) => item.client_id === action.clientId ? { ...item, problem: action.problem } : item) };
    default: return view;
  }
}

/**
 * The view with more activities, wherever in the log they belong. Only what the stream brought moves the cursor.
 * @param {View} view @param {Activity[]} incoming @param {boolean} isLive
 * @returns {View}
 */
function withActivities(view, incoming, isLive) {
  const fresh = unseen(view.activities, incoming);
  const cursor = isLive ? incoming.reduce((max, a) => Math.max(max, a.seq), view.cursor) : view.cursor;
  if (fresh.length === 0) return cursor === view.cursor ? view : { ...view, cursor, started: true };
  const last = view.activities.at(-1)?.seq ?? 0;
  const isAtEnd = fresh[0].seq > last;
  const activities = isAtEnd ? view.activities.concat(fresh) : view.activities.concat(fresh).sort((a, b) => a.seq - b.seq);
  // Earlier steps tell of messages as they were posted; what has become of them since is known already.
  const spoken = isLive ? fresh.filter((a) => a.kind === "message" && a.data?.message_id).map(messageOf) : [];
  const changes = isLive ? fresh.map(changeOf).filter((change) => change !== null) : [];
  return changes.reduce(withChange, withMessages({
    ...view,
    activities,
    timeline: isAtEnd ? extend(view.timeline, fresh) : extend(EMPTY, activities),
    executions: merged(view.executions, fresh.map(executionFromActivity)),
    cursor,
    head: Math.max(view.head, cursor),
    hasEarlier: activities[0].seq > 1 && (view.activities.length === 0 || view.hasEarlier),
    topicId: isAtEnd ? topicStarted(fresh) ?? view.topicId : view.topicId,
    started: true,
  }, spoken));
}

/** The topic the last reset among these began. @param {Activity[]} activities */
function topicStarted(activities) {
  return activities.findLast((a) => a.kind === "pm" && a.status === "topic_started")?.data?.topic_id;
}

/** Those of `incoming` not held yet, in seq order, each once. @param {Activity[]} held @param {Activity[]} incoming */
function unseen(held, incoming) {
  const last = held.at(-1)?.seq ?? 0;
  const seen = new Set();
  let isSorted = true;
  let previous = 0;
  const fresh = incoming.filter((activity) => {
    if (seen.has(activity.seq) || (activity.seq <= last && holds(held, activity.seq))) return false;
    seen.add(activity.seq);
    isSorted &&= activity.seq > previous;
    previous = activity.seq;
    return true;
  });
  return isSorted ? fresh : fresh.sort((a, b) => a.seq - b.seq);
}

/** @param {Activity[]} held @param {number} seq */
function holds(held, seq) {
  let [low, high] = [0, held.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (held[middle].seq === seq) return true;
    if (held[middle].seq < seq) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

/** @param {Activity} activity @returns {Message & { client_id?: string | null }} */
function messageOf(activity) {
  const { message_id, role, content, topic_id, client_id, queued } = activity.data;
  return { id: message_id, role, content: content ?? activity.message, timestamp: activity.timestamp, topic_id, client_id, queued };
}

/** @param {View} view @param {(Message & { client_id?: string | null })[]} incoming @returns {View} */
function withMessages(view, incoming) {
  if (incoming.length === 0) return view;
  let { messages, outbox } = view;
  for (const { client_id, ...message } of incoming) {
    outbox = withoutConfirmed(outbox, { client_id });
    if (!view.withdrawn.includes(message.id)) messages = withMessage(messages, message);
  }
  return { ...view, messages, outbox };
}

/** @param {Record<string, Execution>} held @param {(Partial<Execution> | null)[]} news */
function merged(held, news) {
  let next = held;
  for (const item of news) {
    if (!item?.id) continue;
    const known = next[item.id];
    const one = mergeExecution(known, item);
    if (one !== known) next = { ...next, [item.id]: one };
  }
  return next;
}

/**
 * A gap is said out loud. "ahead" means the server's log is another one than ours (a restored database): what it
 * does not hold can no longer be told apart from what is to come, so it goes, and the cursor starts again. "far" means
 * that so much is new that the page begins again with the newest; nothing is gone, so there is nothing to say.
 * @param {View} view @param {{ from: number, to: number, reason: string }} gap @returns {View}
 */
function withGap(view, gap) {
  const gaps = gap.reason === "far" ? view.gaps : [...view.gaps.filter((g) => g.from !== gap.from || g.to !== gap.to), gap];
  if (gap.reason === "trimmed") return { ...view, gaps };
  const anew = { ...view, gaps, activities: [], timeline: EMPTY, cursor: 0, head: gap.to, hasEarlier: false };
  return gap.reason === "ahead" ? { ...anew, messages: [], executions: {} } : anew;
}

/**
 * A new stream says anew what is degraded: what an old one said may have mended while nobody listened.
 * @param {View} view @param {Link} link @returns {View}
 */
function withLink(view, link) {
  if (link.phase === "connecting") return { ...view, feed: link, degraded: {} };
  return { ...view, feed: link, problem: link.phase === "live" ? null : view.problem };
}

/** @param {Record<string, string>} degraded @param {any} notice */
function withDegraded(degraded, notice) {
  const name = notice.part ?? "server";
  const { [name]: _gone, ...others } = degraded;
  const isBack = ["recovered", "ok", "up", "back"].includes(String(notice.status).toLowerCase());
  return isBack ? others : { ...others, [name]: notice.message ?? `${name} is degraded` };
}

/** The execution people would call "what is running now": a running one, else the first queued. @param {View | undefined} view */
export function activeExecution(view) {
  if (!view) return null;
  const all = Object.values(view.executions);
  return all.find((x) => x.status === "RUNNING") ?? all.find((x) => x.status === "QUEUED") ?? null;
}

/**
 * Whether the stream is away for longer than a reconnect takes, so that what is shown as running may be over.
 * @param {View} view
 */
export function isCutOff(view) {
  // What was kept from an earlier visit is believed for even shorter.
  return view.feed !== null && view.feed.phase !== "live" && view.feed.failures > (view.feed.lastEventAt === null ? 0 : 1);
}

/**
 * What a project in the list is doing. Of the open one its stream tells; of every other the list alone is kept up to
 * date, and what was seen of it while it was open may be over.
 * @param {State} state @param {Project} project
 */
export function runningIn(state, project) {
  if (project.id === state.currentId) return activeExecution(state.views[project.id]);
  return project.running ? mergeExecution(undefined, executionFromRecord(project.running)) : null;
}
