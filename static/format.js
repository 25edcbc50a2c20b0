// Words and numbers as people read them. Pure functions; nothing here knows the DOM or the server.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Long output is shown up to here; the rest is one click away. */
export const CAP_LINES = 14;
/** Nobody is asked to click for this many lines more. */
const SPARE_LINES = 4;
export const CAP_CHARS = 2_000;

/** @param {string | null | undefined} iso */
export function toMs(iso) {
  const ms = iso ? Date.parse(iso) : NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** "now", "20s", "3m", "2h", "5d": for a narrow gutter. @param {string} iso @param {number} now */
export function shortAge(iso, now) {
  const at = toMs(iso);
  if (at === null) return "";
  const age = Math.max(0, now - at);
  if (age < 10 * SECOND) return "now";
  if (age < MINUTE) return `${Math.floor(age / (10 * SECOND)) * 10}s`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)}m`;
  if (age < DAY) return `${Math.floor(age / HOUR)}h`;
  return `${Math.floor(age / DAY)}d`;
}

/** "just now", "20 s ago", "3 min ago", "yesterday"…: for sentences. @param {number} at @param {number} now */
export function ago(at, now) {
  const age = Math.max(0, now - at);
  if (age < 5 * SECOND) return "just now";
  if (age < MINUTE) return `${Math.floor(age / SECOND)} s ago`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  if (age < 2 * DAY) return "yesterday";
  return `${Math.floor(age / DAY)} days ago`;
}

const DAY_FORMAT = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" });
const CLOCK_FORMAT = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** The exact local time, to the millisecond, for a tooltip. @param {string} iso */
export function exactTime(iso) {
  const at = toMs(iso);
  if (at === null) return "";
  const date = new Date(at);
  return `${DAY_FORMAT.format(date)}, ${CLOCK_FORMAT.format(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** The clock, for a chat message: today the time alone, else with the day. @param {string} iso @param {number} now */
export function clockTime(iso, now) {
  const at = toMs(iso);
  if (at === null) return "";
  const date = new Date(at);
  const time = date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.toLocaleDateString(undefined, { month: "short", day: "numeric" })}, ${time}`;
}

/** "0.4 s", "12 s", "2 min 05 s", "1 h 02 min". @param {number} ms */
export function elapsed(ms) {
  if (ms < 10 * SECOND) return `${(Math.max(0, ms) / SECOND).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${pad(Math.floor((ms % MINUTE) / SECOND))} s`;
  return `${Math.floor(ms / HOUR)} h ${pad(Math.floor((ms % HOUR) / MINUTE))} min`;
}

/** Like `elapsed`, for a clock that is still running: whole seconds only, so that it does not flicker. @param {number} ms */
export function ticking(ms) {
  return ms < MINUTE ? `${Math.floor(Math.max(0, ms) / SECOND)} s` : elapsed(ms);
}

const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");

const NUMBER_FORMAT = new Intl.NumberFormat("en");

/** "1 step", "2 steps". @param {number} n @param {string} one @param {string} [many] */
export function count(n, one, many = `${one}s`) {
  return `${NUMBER_FORMAT.format(n)} ${n === 1 ? one : many}`;
}

/** A path by its end, which is the part that tells two projects apart: "…/work/shop". @param {string} path @param {number} [max] */
export function shortPath(path, max = 34) {
  if (path.length <= max) return path;
  const parts = path.split("/");
  let tail = parts.pop() ?? "";
  while (parts.length > 0 && tail.length + parts[parts.length - 1].length + 3 <= max) tail = `${parts.pop()}/${tail}`;
  return tail.length + 2 <= max ? `…/${tail}` : `…${tail.slice(-(max - 1))}`;
}

/** Where a project's code is: its folder, else its address on the web as people say it. @param {{ workspace_path?: string | null, github_repo_url?: string | null }} project */
export function placeOf({ workspace_path, github_repo_url }) {
  return workspace_path || (github_repo_url ?? "").replace(/^https?:\/\/(www\.)?/, "");
}

/** @param {string} text */
export function firstLine(text) {
  return text.trimStart().split("\n", 1)[0].trimEnd();
}

/** One line of Markdown as plain text, for a place where it is not drawn. @param {string} text */
export function plainLine(text) {
  return firstLine(text)
    .replace(/^(#{1,6}|>|[-*+]|\d+\.)\s+/, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/(\*\*|__|`|~~)(.+?)\1/g, "$2")
    .replace(/(^|\s)[*_]([^\s*_](?:[^*_]*[^\s*_])?)[*_](?=\s|[.,;:!?)]|$)/g, "$1$2");
}

/**
 * The part of a long text that is shown before anyone asks for the rest. The cut is by lines, and by characters for
 * text that has no lines (minified code, one line of JSON).
 * @param {string} text
 * @param {{ lines?: number, chars?: number, from?: "start" | "end" }} [limits]
 */
export function capped(text, { lines = CAP_LINES, chars = CAP_CHARS, from = "start" } = {}) {
  const all = text.replace(/\n+$/, "").split("\n");
  const kept = all.length <= lines + SPARE_LINES ? all.length : lines;
  const shown = from === "start" ? all.slice(0, kept) : all.slice(-kept);
  let joined = shown.join("\n");
  if (joined.length > chars) joined = from === "start" ? joined.slice(0, chars) : joined.slice(-chars);
  return { text: joined, isCapped: joined.length < all.join("\n").length, lines: all.length };
}
