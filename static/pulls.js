// Pull requests that are linked to a project, as values: how each stands, in words. The server is asked for them; what changes
// the feed tells as well. Pure.

import { count } from "./format.js";

/**
 * As on the wire (`GET …/pull-requests`). Of an execution less is told of its own.
 * @typedef {{ state: "none" | "pending" | "passed" | "failed", passed?: number, failed?: number, pending?: number, failed_names?: string[] }} Checks
 * @typedef {{ number: number, url: string, state: "open" | "merged" | "closed", title?: string | null, branch?: string | null, author?: string, draft?: boolean,
 *   checks?: Checks | Checks["state"] | null, created_at?: string, updated_at?: string, execution_id?: string | null, trouble?: string | null }} Pull
 * @typedef {{ word: string, icon: string, tone: string }} Chip
 */

/** Names of failed checks that are told in a chip; how many more there are is said. */
const NAMES_MAX = 3;

/** What an activity says about a pull request. @param {import("./state.js").Activity} activity @returns {Pull | null} */
export function pullOf({ kind, data }) {
  return kind === "pm" && typeof data?.pull_request?.number === "number" ? data.pull_request : null;
}

/** The list after what the feed brought; one that was not asked for yet stays so. @param {Pull[] | null} pulls @param {import("./state.js").Activity[]} activities @returns {Pull[] | null} */
export function withPullNews(pulls, activities) {
  return activities.reduce((held, activity) => {
    const news = pullOf(activity);
    if (!held || !news) return held;
    const known = held.find(({ number }) => number === news.number);
    // Before GitHub was asked only its address is known.
    const told = /** @type {Pull} */ (Object.fromEntries(Object.entries(news).filter(([, value]) => value !== null && value !== undefined)));
    const next = { execution_id: activity.execution_id, ...known, ...told, trouble: null };
    return known ? held.map((one) => one === known ? next : one) : [next, ...held];
  }, pulls);
}

/** Where it stands. @param {Pull} pull @returns {Chip} */
export function stateChip({ state, draft }) {
  if (state === "merged") return { word: "Merged", icon: "merge", tone: "merged" };
  if (state === "closed") return { word: "Closed", icon: "close", tone: "closed" };
  return draft ? { word: "Draft", icon: "pencil", tone: "draft" } : { word: "Open", icon: "pull", tone: "open" };
}

/** What its checks say; nothing where it has none. @param {Pull} pull @returns {Chip | null} */
export function checksChip({ checks }) {
  const known = typeof checks === "string" ? { state: checks } : checks;
  switch (known?.state) {
    case "pending": return { word: "Checks running", icon: "clock", tone: "running" };
    case "passed": return { word: "Checks passed", icon: "check", tone: "done" };
    case "failed": return { word: failed(known), icon: "alert", tone: "failed" };
    default: return null;
  }
}

/** @param {Checks} checks */
function failed({ failed: number = 0, failed_names: names = [] }) {
  if (number === 0) return "Checks failed";
  const more = Math.max(number, names.length) - NAMES_MAX;
  const told = [...names.slice(0, NAMES_MAX), ...(names.length > 0 && more > 0 ? [`${more} more`] : [])];
  return `${count(number, "check")} failed${told.length > 0 ? `: ${told.join(", ")}` : ""}`;
}

/** What a pointer that rests on one is told. @param {Pull} pull */
export function aboutPull({ number, title, branch, author, trouble }) {
  const by = [branch && `Branch ${branch}`, author && `by ${author}`].filter(Boolean).join(", ");
  return [`Pull request #${number}${title ? `: ${title}` : ""}`, by, trouble].filter(Boolean).join("\n");
}
