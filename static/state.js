// All the page knows, and how news changes it: `reduce(state, action)` is pure, knows no DOM and no network, and
// takes the same activity any number of times with the effect of once.

import { EMPTY } from "./timeline.js";
import { atNewest, forgotten, shown, unseen, withEarlier, withLater, withNewest } from "./held.js";
import { answeredBy, withMessage, withoutConfirmed } from "./conversation.js";
import { withFrame, withoutDraft } from "./draft.js";
import { isCovered, reduceLens, withLive } from "./lens.js";
import { changeOf, withChange } from "./queue.js";
import { NO_ISSUES, withCounts, withIssues } from "./issues.js";
import { withPullNews } from "./pulls.js";
import { reduceSearch, withLiveHits } from "./search.js";
import { executionFromActivity, executionFromRecord, isEnded, mergeExecution } from "./execution.js";
import { withDelta, withoutEnded, withoutStored } from "./writing.js";
import { NO_FLOW, afterNews, openGates, withAnswer, withGate } from "./workflow.js";

/**
 * As on the wire (`GET /api/projects`), keys that are read here.
 * @typedef {{ id: string, name: string, description?: string | null, status: string, github_repo_url?: string | null,
 *   workspace_path?: string | null, updated_at: string, created_at: string, message_count: number, open_issues_count?: number,
 *   backend?: string | null, agent?: import("./agent-settings.js").AgentSettings | null, running?: any, needs_attention?: number, head?: number }} Project
 * @typedef {{ seq: number, id: string, timestamp: string, source: string, kind: string, message: string, phase?: string | null,
 *   execution_id?: string | null, command?: string | null, status?: string | null, tool?: string | null,
 *   detail?: string | null, duration_ms?: number | null, verbosity?: number | null, data?: any }} Activity
 * @typedef {{ id: string, role: string, content: string, timestamp: string, topic_id?: string | null, queued?: boolean, answers?: string, by?: string }} Message `answers` is the id of the message it is the reply to, `by` who said it where the log tells
 * @typedef {{ client_id: string, content: string, at: string, queue?: boolean, problem?: string | null }} OutboxItem
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {{ phase: "connecting" | "live" | "waiting", since: number, retryAt?: number, failures: number,
 *   lastEventAt: number | null, reason?: string | null, via?: "stream" | "poll" | "tab" | "alone" }} Link `via` says who brings the steps
 */
/**
 * The step somebody asked for. `at` tells one wish from the next, also for the same step; `isOwn` is whether it is in the
 * address, and not only a hit of a search; `problem` says why it cannot be shown.
 * @typedef {{ seq: number, at: number, isOwn: boolean, problem: string | null }} Target
 */
/**
 * What is known of one project. `cursor` is the last seq the stream has delivered. What is held of the log, and what of
 * that is on the screen of somebody who reads back (`past`, `isReading`), is held.js's.
 * @typedef {{ activities: Activity[], timeline: import("./timeline.js").Timeline, hasEarlier: boolean,
 *   past: import("./held.js").Held | null, isReading: boolean, cursor: number, head: number, gaps: { from: number, to: number, reason: string }[], started: boolean,
 *   writing: import("./writing.js").Block[], messages: Message[], draft: import("./draft.js").Draft | null, messagesLoaded: boolean, hasEarlierMessages: boolean, topicId: string | null, outbox: OutboxItem[], withdrawn: string[],
 *   executions: Record<string, Execution>, feed: Link | null, chat: Link | null,
 *   degraded: Record<string, string>, problem: string | null, missing: boolean,
 *   flow: import("./workflow.js").Flow, documents: import("./workflow.js").Document[] | null, documentsProblem: string | null,
 *   changes: import("./work.js").Change[] | null, changesProblem: string | null,
 *   issues: import("./issues.js").Issues, pulls: import("./pulls.js").Pull[] | null, pullsProblem: string | null,
 *   lens: import("./lens.js").Lens | null, search: import("./search.js").Search | null, target: Target | null }} View
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
  activities: [], timeline: EMPTY, hasEarlier: false, past: null, isReading: false, cursor: 0, head: 0, gaps: [], started: false,
  writing: [], messages: [], draft: null, messagesLoaded: false, hasEarlierMessages: false, topicId: null, outbox: [], withdrawn: [],
  executions: {}, feed: null, chat: null, degraded: {}, problem: null, missing: false,
  flow: NO_FLOW, documents: null, documentsProblem: null, changes: null, changesProblem: null,
  issues: NO_ISSUES, pulls: null, pullsProblem: null,
  lens: null, search: null, target: null,
};

/**
 * @param {State} state
 * @param {any} action `{type, ...}`; with `projectId` it concerns that project's view
 * @returns {State}
 */
export function reduce(state, action) {
  return withNeeds(reduced(state, action));
}

/** @param {State} state @param {any} action @returns {State} */
function reduced(state, action) {
  switch (action.type) {
    case "setup/loaded": return { ...state, setup: action.setup };
    case "projects/loaded": return { ...state, projects: action.projects, projectsLoaded: true, projectsProblem: null };
    case "projects/failed": return { ...state, projectsProblem: action.problem };
    case "project/created":
      return { ...state, projects: [action.project, ...state.projects.filter((p) => p.id !== action.project.id)], projectsLoaded: true };
    case "project/changed":
      return { ...state, projects: state.projects.map((p) => p.id === action.project.id ? action.project : p) };
    case "project/opened": return withView(withoutReader({ ...state, currentId: action.projectId }, state.currentId), action.projectId, (view) => view);
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

/**
 * Of the open project its own stream knows first what waits for a person, and the list of projects says the same.
 * @param {State} state @returns {State}
 */
function withNeeds(state) {
  const flow = state.views[state.currentId ?? ""]?.flow;
  if (!flow?.isLoaded) return state;
  const needs_attention = openGates(flow).length;
  const project = state.projects.find(({ id }) => id === state.currentId);
  if (!project || (project.needs_attention ?? 0) === needs_attention) return state;
  return { ...state, projects: state.projects.map((one) => one === project ? { ...one, needs_attention } : one) };
}

/** @param {State} state @param {string} id @param {(view: View) => View} change @returns {State} */
function withView(state, id, change) {
  const old = state.views[id];
  const view = change(old ?? emptyView);
  return view === old ? state : { ...state, views: { ...state.views, [id]: view } };
}

/** A project that nobody looks at any more keeps its newest. @param {State} state @param {string | null} id */
function withoutReader(state, id) {
  return id && state.views[id] ? withView(state, id, atNewest) : state;
}

/** @param {View} view @param {any} action @returns {View} */
function reduceView(view, action) {
  switch (action.type) {
    case "activities/received": return withArrived(withActivities(view, action.activities), action.activities);
    case "activities/earlier": return withPage(view, action, shown(view).activities[0]?.seq, withEarlier);
    case "activities/later": return withPage(view, action, view.past?.activities.at(-1)?.seq, withLater);
    case "activities/reading": return action.isReading ? { ...view, isReading: true } : atNewest(view);
    case "lens": return { ...view, lens: reduceLens(view.lens, action.news, view.activities) };
    case "search": return { ...view, search: reduceSearch(view.search, action.news) };
    case "target": return { ...view, target: action.target };
    case "delta": return withWriting({ ...view, writing: withDelta(view.writing, action.delta, view.activities) });
    case "heartbeat": return { ...view, head: Math.max(view.head, action.head ?? 0), started: true };
    case "gap": return withGap(view, action.gap);
    case "degraded": return { ...view, degraded: withDegraded(view.degraded, action.notice) };
    case "problem": return { ...view, problem: action.problem };
    case "missing": return { ...view, missing: action.missing };
    case "feed": return withLink(view, action.link);
    // A new connection says anew what is being written.
    case "chat": return { ...view, chat: action.link, draft: action.link.phase === "live" ? view.draft : null };
    case "draft": return { ...view, draft: withFrame(view.draft, action.frame, action.data, view.messages) };
    case "messages/loaded":
      return { ...withMessages(view, action.messages), messagesLoaded: true, hasEarlierMessages: view.messagesLoaded ? view.hasEarlierMessages : action.hasEarlier };
    case "messages/earlier": return { ...withMessages(view, action.messages), hasEarlierMessages: action.hasEarlier };
    case "message/received": return withMessages(view, [action.message]);
    case "message/changed": return withChange(view, action.change);
    case "topic/reset": return { ...view, topicId: action.topicId ?? view.topicId };
    case "executions/loaded":
    case "execution/received":
      return withWriting({ ...view, executions: withPulls(merged(view.executions, (action.records ?? [action.record]).map(executionFromRecord)), view.pulls ?? []) });
    case "workflow/loaded": return withFlow(view, withAnswer(view.flow, action));
    case "workflow/failed": return { ...view, flow: { ...view.flow, problem: action.problem } };
    case "gate/received": return withFlow(view, withGate(view.flow, action.gate));
    case "documents/loaded": return { ...view, documents: action.documents, documentsProblem: null };
    case "documents/failed": return { ...view, documentsProblem: action.problem };
    case "changes/loaded": return { ...view, changes: action.changes, changesProblem: null };
    case "changes/failed": return { ...view, changesProblem: action.problem };
    case "issues/loaded":
    case "issues/failed": return { ...view, issues: withIssues(view.issues, action) };
    case "issues/counted": return { ...view, issues: withCounts(view.issues, action) };
    case "pulls/loaded": return { ...view, pulls: action.pulls, pullsProblem: null, executions: withPulls(view.executions, action.pulls) };
    case "pulls/failed": return { ...view, pullsProblem: action.problem };
    case "outbox/loaded": return { ...view, outbox: action.outbox };
    case "outbox/added": return { ...view, outbox: [...view.outbox, action.item] };
    case "outbox/removed": return { ...view, outbox: view.outbox.filter((item) => item.client_id !== action.clientId) };
    case "outbox/problem":
      return { ...view, outbox: view.outbox.map((item) => item.client_id === action.clientId ? { ...item, problem: action.problem } : item) };
    default: return view;
  }
}

/** @param {View} view @param {import("./workflow.js").Flow} flow @returns {View} */
const withFlow = (view, flow) => flow === view.flow ? view : { ...view, flow };

/**
 * The view with what the stream brought.
 * @param {View} view @param {Activity[]} incoming @returns {View}
 */
function withActivities(view, incoming) {
  const fresh = unseen(view, incoming);
  const cursor = incoming.reduce((max, a) => Math.max(max, a.seq), view.cursor);
  if (fresh.length === 0) return cursor === view.cursor ? view : { ...view, cursor, started: true };
  const spoken = fresh.filter((a) => a.kind === "message" && a.data?.message_id).map(messageOf);
  const changes = fresh.map(changeOf).filter((change) => change !== null);
  return changes.reduce(withChange, withMessages(withWriting({
    ...withNewest(view, fresh),
    writing: withoutStored(view.writing, fresh),
    executions: merged(view.executions, fresh.map(executionFromActivity)),
    cursor,
    head: Math.max(view.head, cursor),
    flow: afterNews(view.flow, fresh),
    pulls: withPullNews(view.pulls, fresh),
    topicId: fresh[0].seq > (view.activities.at(-1)?.seq ?? 0) ? topicStarted(fresh) ?? view.topicId : view.topicId,
    started: true,
  }), spoken));
}

/**
 * The view with a page of the log that was asked for, unless the place it was asked for (`beside`) is not the end of
 * what is shown any more. It tells of the past: that a command stood still then says nothing of now.
 * @param {View} view @param {{ activities: Activity[], beside: number, hasEarlier?: boolean }} page @param {number | undefined} end
 * @param {(view: View, activities: Activity[], hasEarlier: boolean) => View} put @returns {View}
 */
function withPage(view, { activities, beside, hasEarlier = false }, end, put) {
  if (beside !== end) return view;
  const told = activities.map(executionFromActivity).map((x) => x && { ...x, stalled: undefined });
  const next = { ...put(view, activities, hasEarlier), executions: merged(view.executions, told) };
  const first = activities[0]?.seq ?? 0;
  // Trimmed on the server while somebody read what came before it.
  return put === withLater && first > beside + 1 ? withGap(next, { from: beside + 1, to: first - 1, reason: "trimmed" }) : next;
}

/** What arrived, for the part of the log that is shown in place of the newest, and for a search. @param {View} view @param {Activity[]} arrived @returns {View} */
function withArrived(view, arrived) {
  if (arrived.length === 0 || (!view.lens && !view.search)) return view;
  const now = Date.parse(arrived[arrived.length - 1].timestamp);
  const lens = view.lens && withLive(view.lens, arrived, now);
  return { ...view, lens: lens && isCovered(lens, view.activities) ? null : lens, search: view.search && withLiveHits(view.search, arrived, now) };
}

/** The view with what is being written, of commands that have not ended. @param {View} view @returns {View} */
function withWriting(view) {
  const writing = withoutEnded(view.writing, (id) => isEnded(view.executions[id]?.status));
  return writing === view.writing ? view : { ...view, writing };
}

/** The topic the last reset among these began. @param {Activity[]} activities */
function topicStarted(activities) {
  return activities.findLast((a) => a.kind === "pm" && a.status === "topic_started")?.data?.topic_id;
}

/** @param {Activity} activity @returns {Message & { client_id?: string | null }} */
function messageOf(activity) {
  const { message_id, role, content, topic_id, client_id, queued, by } = activity.data;
  return { id: message_id, role, content: content ?? activity.message, timestamp: activity.timestamp, topic_id, client_id, queued, by };
}

/** @param {View} view @param {(Message & { client_id?: string | null })[]} incoming @returns {View} */
function withMessages(view, incoming) {
  if (incoming.length === 0) return view;
  let { messages, outbox } = view;
  for (const { client_id, ...message } of incoming) {
    outbox = withoutConfirmed(outbox, { client_id });
    const answers = answeredBy(client_id);
    if (!view.withdrawn.includes(message.id)) messages = withMessage(messages, answers ? { ...message, answers } : message);
  }
  return { ...view, messages, outbox, draft: withoutDraft(view.draft, messages) };
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

/** What the list of pull requests says of the commands that opened them. @param {Record<string, Execution>} held @param {import("./pulls.js").Pull[]} pulls */
const withPulls = (held, pulls) => merged(held, pulls.map((pull) => pull.execution_id && held[pull.execution_id] ? { id: pull.execution_id, pull_request: pull } : null));

/**
 * A gap is said out loud. "ahead" means the server's log is another one than ours (a restored database): what it
 * does not hold can no longer be told apart from what is to come, so it goes, and the cursor starts again. "far" means
 * that so much is new that the page begins again with the newest; nothing is gone, so there is nothing to say.
 * @param {View} view @param {{ from: number, to: number, reason: string }} gap @returns {View}
 */
function withGap(view, gap) {
  const gaps = gap.reason === "far" ? view.gaps : [...view.gaps.filter((g) => g.from !== gap.from || g.to !== gap.to), gap];
  if (gap.reason === "trimmed") return { ...view, gaps };
  const anew = { ...forgotten(view), gaps, cursor: 0, head: gap.to, flow: { ...view.flow, at: 0 } };
  if (gap.reason === "ahead") return { ...anew, messages: [], executions: {}, flow: NO_FLOW, documents: null, changes: null, pulls: null, lens: null, search: null, target: null };
  // What is between is asked for when somebody gets there.
  return { ...anew, lens: view.lens && { ...view.lens, hasLater: true } };
}

/**
 * A new stream says anew what is degraded: what an old one said may have mended while nobody listened. And what was being
 * written meanwhile nobody knows.
 * @param {View} view @param {Link} link @returns {View}
 */
function withLink(view, link) {
  if (link.phase === "connecting") return { ...view, feed: link, degraded: {}, writing: emptyView.writing };
  if (link.phase === "live") return { ...view, feed: link, problem: null };
  return { ...view, feed: link, writing: emptyView.writing };
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
