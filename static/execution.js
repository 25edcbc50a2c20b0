// What is known of one execution of a command, gathered from three tellers (the feed, the chat, the REST records)
// that may speak in any order. An execution only moves forward, so the furthest word counts.

import { pullOf } from "./pulls.js";
import { kebab } from "./words.js";
import { toMs } from "./format.js";

/**
 * @typedef {{ id: string, command: string | null, status: string | null, started_at: string | null,
 *   completed_at: string | null, duration_ms: number | null, error: string | null, error_code: string | null,
 *   attempt: number, stalled: boolean, pull_request: import("./pulls.js").Pull | null }} Execution
 */

/** @type {Record<string, number>} */
const RANK = { QUEUED: 1, RUNNING: 2, COMPLETED: 3, FAILED: 3, CANCELLED: 3 };

/** What the server notes of an execution that does not get on: it is silent, or what it runs in does not answer. */
const NO_PROGRESS = new Set(["stalled", "degraded"]);

/** @param {string | null | undefined} status */
export const isEnded = (status) => RANK[status ?? ""] === 3;

/** Whether it did not do what it was asked for, so that it may be tried again. @param {string | null | undefined} status */
export const endedEarly = (status) => status === "FAILED" || status === "CANCELLED";

/**
 * What an activity says about its execution, or null.
 * @param {import("./state.js").Activity} activity
 * @returns {Partial<Execution> | null}
 */
export function executionFromActivity(activity) {
  if (!activity.execution_id) return null;
  const base = { id: activity.execution_id, command: activity.command ? kebab(activity.command) : undefined };
  const pull_request = pullOf(activity);
  // What becomes of what it opened comes long after its end, and says nothing of how it stands.
  if (pull_request) return { ...base, pull_request };
  if (activity.kind === "system") return { ...base, stalled: NO_PROGRESS.has(activity.status ?? "") };
  if (activity.kind !== "status" || !RANK[activity.status ?? ""]) return { ...base, stalled: false };
  const { status, timestamp } = activity;
  if (status === "QUEUED") return { ...base, status };
  if (status === "RUNNING") return { ...base, status, started_at: timestamp };
  return {
    ...base, status, completed_at: timestamp, duration_ms: activity.duration_ms,
    error_code: activity.data?.error_code, error: status === "FAILED" ? (activity.detail ?? activity.message) : undefined,
  };
}

/** @param {any} record as `GET /api/executions/{id}` answers @returns {Partial<Execution>} */
export function executionFromRecord(record) {
  return {
    id: record.id, command: kebab(record.command_type), status: record.status, started_at: record.started_at,
    completed_at: record.completed_at, duration_ms: record.duration_ms, error: record.error,
    error_code: record.error_code, attempt: record.attempt, pull_request: record.pull_request,
  };
}

/** @param {Execution | undefined} known @param {Partial<Execution>} news @returns {Execution} */
export function mergeExecution(known, news) {
  /** @type {Execution} */
  const base = known ?? {
    id: news.id ?? "", command: null, status: null, started_at: null, completed_at: null, duration_ms: null,
    error: null, error_code: null, attempt: 0, stalled: false, pull_request: null,
  };
  const isAgain = (news.attempt ?? 0) > base.attempt && base.attempt > 0;
  const isBehind = !isAgain && RANK[news.status ?? ""] < RANK[base.status ?? ""];
  const next = { ...base };
  for (const [key, value] of Object.entries(news)) {
    if (value === undefined || value === null) continue;
    if (key === "status" && isBehind) continue;
    if (key === "stalled" && isEnded(base.status)) continue;
    /** @type {any} */ (next)[key] = value;
  }
  const isSame = known && Object.keys(next).every((key) => /** @type {any} */ (next)[key] === /** @type {any} */ (known)[key]);
  return isSame ? known : next;
}

/** How long it took, or has taken until `now`. @param {Execution} execution @param {number} now */
export function timeTaken(execution, now) {
  if (execution.duration_ms !== null && isEnded(execution.status)) return execution.duration_ms;
  const start = toMs(execution.started_at);
  if (start === null) return null;
  return Math.max(0, (isEnded(execution.status) ? toMs(execution.completed_at) ?? start : now) - start);
}

/** The executions these activities belong to, each once. @param {import("./state.js").Activity[]} activities @returns {string[]} */
export function executionIds(activities) {
  return [...new Set(activities.flatMap((one) => one.execution_id ? [one.execution_id] : []))];
}
