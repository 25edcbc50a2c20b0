// The REST half of the server. Every answer that is not a success becomes a `Problem` with words for people.

import { queryFrom } from "./cursor.js";
import { goToLogin } from "./session.js";

/** A request that takes longer than this has failed; the server answers from its own database. */
const TIMEOUT_MS = 15_000;
/** How much of the log is read at once. */
const ACTIVITY_LIMIT = 500;
/** So often a request is made anew that came too soon (429), after the time the server says. */
const AGAIN_MAX = 3;
/** The longest of these times that is waited for: whoever looks at the page would think that nothing happens. */
const AGAIN_LONGEST_S = 10;

export class Problem extends Error {
  /** @param {number} status 0 when the server was not reached @param {string} detail @param {{ field: string, message: string }[]} errors */
  constructor(status, detail, errors = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}

/** @param {string} method @param {string} path @param {{ body?: any, key?: string, isText?: boolean, isAnswer?: (status: number) => boolean }} [options] `isAnswer` tells what else is no failure */
async function request(method, path, { body, key, isText = false, isAnswer } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: isText ? "text/markdown, text/plain, application/problem+json" : "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const response = await answerTo(path, method, headers, body === undefined ? undefined : JSON.stringify(body));
  if (response.status === 401) goToLogin();
  const text = await response.text();
  if (isText && response.ok) return text;
  const value = parse(text);
  if (response.ok || (value !== null && isAnswer?.(response.status))) return value;
  const detail = value?.detail ?? value?.title ?? `The server answered ${response.status} to ${method} ${path}.`;
  throw new Problem(response.status, String(detail), Array.isArray(value?.errors) ? value.errors : []);
}

/** The answer to a request. One that came too soon was not done, so it is made anew. @param {string} path @param {string} method @param {Record<string, string>} headers @param {string} [body] */
async function answerTo(path, method, headers, body) {
  for (let again = 0; ; again++) {
    let response;
    try {
      response = await fetch(path, { method, headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch {
      throw new Problem(0, "The server cannot be reached. Check that Project Manager is still running, then try again.");
    }
    const wait = Number(response.headers.get("Retry-After"));
    if (response.status !== 429 || again === AGAIN_MAX || !(wait > 0 && wait <= AGAIN_LONGEST_S)) return response;
    await new Promise((done) => setTimeout(done, wait * 1_000));
  }
}

/** What went wrong, for people. @param {unknown} error */
export function words(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {string} text */
function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

const at = (/** @type {string} */ id) => `/api/projects/${encodeURIComponent(id)}`;

/** Where the log is to be had as a file. @param {string} id @param {"jsonl" | "markdown"} format @param {Record<string, string>} query */
export const exportAddress = (id, format, query) => `${at(id)}/activity/export?${new URLSearchParams({ format, ...query })}`;

export const api = {
  session: () => request("GET", "/api/session"),
  signOut: () => request("DELETE", "/api/session"),
  setup: () => request("GET", "/api/setup"),
  projects: () => request("GET", "/api/projects"),
  project: (/** @type {string} */ id) => request("GET", at(id)),
  /** @param {any} project @param {string} key so that a repeated click makes one project */
  createProject: (project, key) => request("POST", "/api/projects", { body: project, key }),
  changeProject: (/** @type {string} */ id, /** @type {any} */ fields) => request("PATCH", at(id), { body: fields }),
  deleteProject: (/** @type {string} */ id) => request("DELETE", at(id)),
  /** @param {string} id a queued message's @param {string} content */
  editMessage: (id, content) => request("PATCH", `/api/messages/${encodeURIComponent(id)}`, { body: { content } }),
  withdrawMessage: (/** @type {string} */ id) => request("DELETE", `/api/messages/${encodeURIComponent(id)}`),
  /** @param {string} id @param {number} limit @param {string} [before] a message's id */
  messages: (id, limit, before) => request("GET", `${at(id)}/messages?limit=${limit}${before ? `&before=${encodeURIComponent(before)}` : ""}`),
  executions: (/** @type {string} */ id, limit = 20) => request("GET", `${at(id)}/executions?limit=${limit}`),
  /** @param {string} id @param {number} before @param {number} limit */
  activityBefore: (id, before, limit) => request("GET", `${at(id)}/activity?before=${before}&limit=${limit}`),
  /** What comes after a cursor; the newest without one. @param {string} id @param {import("./cursor.js").Cursor} cursor */
  activityFrom: (id, cursor) => request("GET", `${at(id)}/activity?${queryFrom(cursor)}${cursor.seq > 0 ? `&limit=${ACTIVITY_LIMIT}` : ""}`),
  /** @param {string} id @param {number} after @param {number} limit */
  activityAfter: (id, after, limit) => request("GET", `${at(id)}/activity?after=${after}&limit=${limit}`),
  execution: (/** @type {string} */ executionId) => request("GET", `/api/executions/${encodeURIComponent(executionId)}`),
  /** A page of the log. @param {string} id @param {Record<string, string | number>} query as `queryOf` in filter.js gives it, with `after` or `before`, and `q` */
  activity: (id, query) => request("GET", `${at(id)}/activity?${new URLSearchParams(/** @type {any} */ (query))}`),
  cancel: (/** @type {string} */ executionId) => request("POST", `/api/executions/${encodeURIComponent(executionId)}/cancel`),
  retry: (/** @type {string} */ executionId) => request("POST", `/api/executions/${encodeURIComponent(executionId)}/retry`),
  feedReport: (/** @type {string} */ id) => request("GET", `/api/diagnostics/sse/${encodeURIComponent(id)}`),
  executionReport: (/** @type {string} */ id) => request("GET", `/api/diagnostics/executions/${encodeURIComponent(id)}?limit=1`),
  server: () => request("GET", "/api/diagnostics"),
  testNotifications: () => request("POST", "/api/diagnostics/notifications/test"),
  actors: () => request("GET", "/api/diagnostics/actors"),
  health: () => request("GET", "/health"),
  /** A failed check is an answer as well. @param {"db" | "scar"} what */
  check: (what) => request("GET", `/health/${what}`, { isAnswer: (status) => status === 503 }),
  reset: (/** @type {string} */ id) => request("POST", `${at(id)}/reset`),
  workflow: (/** @type {string} */ id) => request("GET", `${at(id)}/workflow`),
  continueWorkflow: (/** @type {string} */ id) => request("POST", `${at(id)}/workflow/advance`),
  restartWorkflow: (/** @type {string} */ id) => request("POST", `${at(id)}/workflow/reset`),
  openGates: (/** @type {string} */ id) => request("GET", `${at(id)}/gates?status=PENDING`),
  /** That it was decided before is an answer as well, with what was decided. @param {string} gateId @param {"approve" | "reject"} decision @param {any} body */
  decide: (gateId, decision, body) => request("POST", `/api/gates/${encodeURIComponent(gateId)}/${decision}`, { body, isAnswer: (status) => status === 409 }),
  documents: (/** @type {string} */ id) => request("GET", `/api/documents/list/${encodeURIComponent(id)}`),
  /** @param {string} id @param {"open" | "closed"} which @param {number} limit */
  issues: (id, which, limit) => request("GET", `${at(id)}/issues?state=${which}&limit=${limit}`),
  issueCounts: (/** @type {string} */ id) => request("GET", `${at(id)}/issue-counts`),
  pullRequests: (/** @type {string} */ id) => request("GET", `${at(id)}/pull-requests`),
  /** @param {string} query part of a name or a description @param {number} limit @returns {Promise<import("./repositories.js").Answer>} */
  repositories: (query, limit) => request("GET", `/api/github/repositories?${new URLSearchParams({ query, limit: String(limit) })}`),
  worktrees: (/** @type {string} */ id) => request("GET", `${at(id)}/worktrees`),
  branches: (/** @type {string} */ id) => request("GET", `${at(id)}/branches`),
  removeWorktree: (/** @type {string} */ id, /** @type {string} */ name) => request("DELETE", `${at(id)}/worktrees/${encodeURIComponent(name)}`),
  /** @param {string} url where a diff is @returns {Promise<string>} */
  diff: (url) => request("GET", url, { isText: true }),
  /** @param {string} url where a document says that it is @returns {Promise<string>} */
  document: (url) => request("GET", url, { isText: true }),
};
