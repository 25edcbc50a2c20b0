// A search through a whole log, as a value: the server names the entries that have the words, newest first and page by
// page; what arrives meanwhile is looked at here by the same rule.

import { matches } from "./filter.js";

/** @typedef {import("./state.js").Activity} Activity */
/**
 * `hits` are seqs in the order of the log, `at` is the one that is looked at, -1 before there is one. It looks through
 * what `filter` lets through.
 * @typedef {{ key: string, q: string, filter: import("./filter.js").Filter, hits: number[], at: number, isBusy: boolean, isCut: boolean, problem: string | null }} Search
 */

/** Nobody goes through more hits than these one by one. */
export const HITS_MAX = 1_000;

/** @param {Search | null} search @param {any} action @returns {Search | null} */
export function reduceSearch(search, action) {
  if (action.type === "search/begun") return { key: action.key, q: action.q, filter: action.filter, hits: [], at: -1, isBusy: true, isCut: false, problem: null };
  if (!search || search.key !== action.key) return search;
  switch (action.type) {
    case "search/found": return withPage(search, action);
    case "search/failed": return { ...search, isBusy: false, problem: action.problem };
    case "search/moved": return { ...search, at: action.at };
    case "search/ended": return null;
    default: return search;
  }
}

/** @param {Search} search @param {{ hits: number[], from: number, isMore: boolean }} page what is older, and what came live since it was asked for */
function withPage(search, page) {
  const { from, isMore } = page;
  const hits = page.hits.filter((seq) => search.hits.length === 0 || seq < search.hits[0]);
  const all = [...hits, ...search.hits];
  const at = search.at >= 0 ? search.at + hits.length : nearest(all, from);
  const isFull = all.length >= HITS_MAX;
  return { ...search, hits: all, at, isBusy: isMore && !isFull, isCut: isMore && isFull };
}

/** The first hit from where the reader is, else the last one before. @param {number[]} hits @param {number} from */
export function nearest(hits, from) {
  const next = hits.findIndex((seq) => seq >= from);
  return next >= 0 ? next : hits.length - 1;
}

/** One further, around the ends. @param {Search} search @param {1 | -1} step */
export function moved({ hits, at }, step) {
  return hits.length === 0 ? -1 : (at + step + hits.length) % hits.length;
}

/** With what has just arrived. @param {Search} search @param {Activity[]} fresh @param {number} now @returns {Search} */
export function withLiveHits(search, fresh, now) {
  const last = search.hits.at(-1) ?? 0;
  const more = fresh.filter((one) => one.seq > last && says(one, search.q) && matches(one, search.filter, now, 3)).map((one) => one.seq);
  if (more.length === 0) return search;
  return { ...search, hits: [...search.hits, ...more], at: search.isBusy ? search.at : Math.max(search.at, 0) };
}

/** Whether an entry has the words: in its message, its detail, or a text of its data. The server's rule. @param {Activity} activity @param {string} q */
export function says({ message, detail, data }, q) {
  const wanted = q.toLowerCase();
  return [message, detail ?? "", ...textsIn(data)].some((text) => text.toLowerCase().includes(wanted));
}

/** What is under these keys of the data is for reading; the rest is ids and words of the wire. */
const READABLE = new Set(["text", "content", "path"]);

/** @param {any} data @returns {string[]} */
function textsIn(data) {
  if (!data || typeof data !== "object") return [];
  return Object.entries(data).flatMap(([key, value]) => typeof value === "string" && READABLE.has(key) ? [value] : textsIn(value));
}
