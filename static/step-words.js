// What a step says on its one line, and what stands behind it. Pure words: the server's own, put where they fit.

import { isDiff } from "./diff.js";
import { count, firstLine, plainLine } from "./format.js";
import { speakerOf } from "./session.js";
import { usageOf, usageWords } from "./usage.js";
import { errorWords } from "./words.js";

/** @typedef {import("./state.js").Activity} Activity */
/** @typedef {import("./timeline.js").Step} Step */

/** What SCAR puts before a tool's argument. */
const PREFIX = /^(Reading|Searching|Pattern|Writing|Editing): /;
/** A line that is longer may be cut in a narrow pane; the whole of it is then behind it. */
const SURELY_FITS = 36;

/** @param {Activity} activity @returns {{ who: string | null, text: string }} */
export function lineOf(activity) {
  const { kind, message, data } = activity;
  if (kind === "message") {
    // A title alone says nothing beside a name; what has one is an account of something.
    const isTitled = data?.role !== "user" && message.startsWith("# ");
    return { who: data?.role === "user" ? speakerOf(data) : "Project manager", text: `${isTitled ? "Summary: " : ""}${plainLine(message)}` };
  }
  // The server's own words for a failure stand below; the line says what kind of failure it is.
  if (kind === "status" && activity.status === "FAILED") return { who: null, text: data?.error_code ? errorWords(data.error_code) : message };
  // The command's name stands above the steps already.
  if (kind === "status" && activity.source === "scar" && activity.command) return { who: null, text: message.replace(` ${activity.command}`, "") };
  const usage = usageOf(activity);
  if (usage) return { who: null, text: usageWords(usage) };
  const text = kind === "text" || kind === "thinking" ? plainLine(message) : firstLine(message);
  return { who: null, text: text || activity.tool || kind };
}

/** What the first word of a deed becomes once it is done. @type {Record<string, string>} */
const DONE = { Run: "Ran", Search: "Searched", List: "Listed", Look: "Looked", Count: "Counted", Ask: "Asked" };

/** A step on its line: what is done, or was. @param {Step} step @returns {{ who: string | null, text: string }} */
export function deedOf({ activity, result, type }) {
  const line = lineOf(activity);
  return type === "tool" && result ? { ...line, text: line.text.replace(/^\w+/, (word) => DONE[word] ?? word) } : line;
}

/** How many lines came and went with a change to a file, where that is known. @param {Activity} activity */
export function changeOf({ kind, data }) {
  return kind === "file_change" && data?.diff ? { added: Number(data.added ?? 0), removed: Number(data.removed ?? 0) } : null;
}

/**
 * What came of a step, short enough to stand behind it: "41 passed", "84 lines". How long it took is told beside it.
 * @param {Step} step @returns {string | null}
 */
export function outcomeOf({ activity, result }) {
  // How a file was changed is said already.
  if (!result || (activity.kind === "file_change" && result.status !== "failed")) return null;
  return firstLine(result.message).replace(/^Passed after [^:]+: /, "").replace(/^Passed after .*$/, "passed") || null;
}

/** Where a tool is at work, as far as its line does not say it: "src/cart.js:12". @param {Step} step @returns {string[]} */
export function placesOf({ activity, call }) {
  const said = activity.message;
  const places = (activity.data?.locations ?? call?.data?.locations ?? []).filter((/** @type {any} */ one) => typeof one?.path === "string" && one.path);
  return places.flatMap((/** @type {{ path: string, line?: number }} */ { path, line }) => {
    if (said.includes(path)) return line ? [`line ${line}`] : [];
    return [line ? `${path}:${line}` : path];
  });
}

/**
 * The raw input and result behind a line, each where it says more than the line does.
 * @param {Step} step @returns {{ label: string | null, text: string, cut?: number, isDiff?: boolean }[]}
 */
export function rawParts({ activity, call, result, type }) {
  const { message, detail } = activity;
  if (activity.kind === "gate") return gateParts(activity);
  const parts = [];
  if (type === "tool" || ["file_change", "plan"].includes(activity.kind)) {
    // "Run make test" has said its input already.
    const isSaid = message.length <= SURELY_FITS && message.endsWith(` ${detail?.replace(PREFIX, "")}`);
    if (activity.data?.diff) parts.push({ label: null, text: activity.data.diff, isDiff: true });
    else if (detail && !isSaid) parts.push({ label: activity.kind === "file_change" ? "File" : "Input", text: detail });
    if (call?.detail && call.detail !== detail) parts.push({ label: "Input", text: call.detail });
    if (result && (activity.kind !== "file_change" || result.detail || result.status === "failed")) parts.push({ label: result.detail ? `Result: ${result.message}` : "Result", text: result.detail || result.message, cut: result.data?.cut_bytes });
  } else if (!usageOf(activity)) {
    const isOneLine = message.trim() === firstLine(message);
    const mayBeCut = ["message", "thinking"].includes(activity.kind) && message.length > SURELY_FITS;
    if (!isOneLine || mayBeCut) parts.push({ label: null, text: message });
    if (detail) parts.push({ label: null, text: detail });
  }
  return parts;
}

/** What was asked at a gate, and a reason that has more than the one line. @param {Activity} activity */
function gateParts({ message, status, data }) {
  const { what, why, next } = data?.gate?.context ?? {};
  const asked = status === "PENDING" ? [["What", what], ["Why", why], ["What happens next", next]] : [];
  const said = message.trim() === firstLine(message) ? [] : [[null, message]];
  return [...said, ...asked].flatMap(([label, text]) => text ? [{ label, text, ...(isDiff(text) && { isDiff: true }) }] : []);
}

/** Whether it is Markdown: what an agent writes and thinks, and what the project manager says. @param {Activity} activity */
export function isWritten({ kind, data }) {
  return kind === "thinking" || (kind === "text" && data?.format === "markdown") || (kind === "message" && data?.role !== "user");
}

/** A sentence or two from the server is for reading; only output belongs in a box of fixed-width type. @param {Activity} activity @param {string} text */
export function isProse(activity, text) {
  return ["status", "system", "error", "message", "pm", "gate", "phase"].includes(activity.kind) && text.length < 600 && text.split("\n").length < 8;
}

/** @param {Step} step */
export function isBad({ activity, result }) {
  return activity.kind === "error" || (activity.kind === "pm" && ["checks_failed", "github_given_up"].includes(activity.status ?? "")) || (["status", "phase"].includes(activity.kind) && activity.status === "FAILED") || result?.status === "failed";
}

/** A tool whose result has not come; raw output and words are complete as they stand, and so is one more change of a call that is told already. @param {Step} step */
export function isUnderWay({ type, activity, call, result }) {
  return !result && (type === "tool" || (activity.kind === "file_change" && (call !== undefined || !activity.data?.call_id)));
}

/**
 * Which line is what is done now: the last one, or the tool whose output is the last one. What people say meanwhile is
 * not done by the command.
 * @param {import("./rows.js").Row[]} rows
 */
export function currentOf(rows) {
  const at = rows.findLastIndex((row) => row.type === "fold" || row.activity.kind !== "message");
  const [before, last] = [rows[at - 1], rows[at]];
  if (last?.type === "output" && before && before.type !== "fold" && isUnderWay(before)) return before;
  return last;
}

/**
 * What came of a whole command, in a few words: why it failed, what its checks counted, how many files it changed.
 * @param {import("./timeline.js").CommandEntry} entry @param {import("./execution.js").Execution | undefined} execution
 */
export function commandOutcome({ steps }, execution) {
  if (execution?.status === "FAILED") return errorWords(execution.error_code);
  if (execution?.status !== "COMPLETED") return null;
  const files = new Set(steps.filter(({ activity }) => activity.kind === "file_change").map(({ activity }) => activity.data?.path ?? activity.message));
  if (files.size > 0) return [`${count(files.size, "file")} changed`, linesChanged(steps)].filter(Boolean).join(", ");
  const checks = execution.command === "validate" && steps.findLast((step) => step.activity.tool === "Bash" && step.result);
  return checks ? outcomeOf(checks) : null;
}

/** How many lines came and went in a command, where it is known of each of its changes. @param {Step[]} steps */
function linesChanged(steps) {
  const changes = steps.filter(({ activity }) => activity.kind === "file_change").map(({ activity }) => changeOf(activity));
  if (changes.includes(null)) return "";
  return `+${changes.reduce((sum, one) => sum + (one?.added ?? 0), 0)} −${changes.reduce((sum, one) => sum + (one?.removed ?? 0), 0)}`;
}

/**
 * When a command was last heard of, and what it did last ("Run npm test"). What the server notes or people say meanwhile
 * is no word of it.
 * @param {import("./timeline.js").CommandEntry} entry @returns {{ at: string, words: string | null } | null}
 */
export function lastHeard({ steps }) {
  const own = steps.filter((step) => step.activity.source !== "pm");
  if (own.length === 0) return null;
  const newest = own.reduce((a, b) => b.lastSeq > a.lastSeq ? b : a);
  const at = (newest.result ?? newest.lines?.at(-1) ?? newest.activity).timestamp;
  const deed = own.findLast(({ type, activity }) => type === "tool" || ["file_change", "plan", "status"].includes(activity.kind));
  return { at, words: deed ? lineOf(deed.activity).text : null };
}
