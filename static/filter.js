// Which entries of a log somebody wants to see, as a value: what is asked of the server for those that are stored, and
// `matches` for those that arrive. The two agree, so that what comes live stands there after a reload as well.

import { levelOf } from "./words.js";

/** @typedef {import("./state.js").Activity} Activity */
/**
 * Lists that are empty let everything through. `period` is a word for a time that is counted back from now; `from` and
 * `to` are given by hand, as a clock and a calendar on the wall say them.
 * @typedef {{ kinds: string[], sources: string[], commands: string[], phase: string, errors: boolean,
 *   period: string, from: string, to: string }} Filter
 */

/** @type {Filter} */
export const NO_FILTER = { kinds: [], sources: [], commands: [], phase: "", errors: false, period: "", from: "", to: "" };

/** The wire has a kind for everything; people tell apart these. @type {{ id: string, label: string, kinds: string[] }[]} */
export const KINDS = [
  { id: "messages", label: "Messages", kinds: ["message", "pm"] },
  { id: "progress", label: "Progress", kinds: ["status", "plan", "phase"] },
  { id: "approvals", label: "Approvals", kinds: ["gate"] },
  { id: "tools", label: "Tools and results", kinds: ["tool", "tool_result"] },
  { id: "files", label: "Changed files", kinds: ["file_change"] },
  { id: "text", label: "Text and output", kinds: ["text"] },
  { id: "thinking", label: "What the agent thinks", kinds: ["thinking"] },
  { id: "usage", label: "What the model took", kinds: ["usage"] },
  { id: "notices", label: "Notices and errors", kinds: ["system", "error"] },
];

export const SOURCES = [
  { id: "pm", label: "The project manager" },
  { id: "scar", label: "How commands begin and end" },
  { id: "claude", label: "The work itself" },
];

const MINUTE_MS = 60_000;

export const PERIODS = [
  { id: "", label: "At any time" },
  { id: "quarter", label: "Last 15 minutes", ms: 15 * MINUTE_MS },
  { id: "hour", label: "Last hour", ms: 60 * MINUTE_MS },
  { id: "day", label: "Last 24 hours", ms: 24 * 60 * MINUTE_MS },
  { id: "week", label: "Last 7 days", ms: 7 * 24 * 60 * MINUTE_MS },
  { id: "between", label: "Between two times" },
];

/** @param {Filter} filter */
export const isEmpty = (filter) => countOf(filter) === 0;

/** How many of its choices are made. @param {Filter} filter */
export function countOf(filter) {
  const { kinds, sources, commands, phase, errors, period } = filter;
  return kinds.length + sources.length + commands.length + Number(phase !== "") + Number(errors) + Number(period !== "" && !isOpenEnded(filter));
}

/** "Between two times" of which none is given yet. @param {Filter} filter */
const isOpenEnded = ({ period, from, to }) => period === "between" && !from && !to;

/** The filter with a choice made or taken back. @param {Filter} filter @param {"kinds" | "sources" | "commands"} list @param {string} id */
export function toggled(filter, list, id) {
  const held = filter[list];
  return { ...filter, [list]: held.includes(id) ? held.filter((one) => one !== id) : [...held, id] };
}

/** Whoever asks for kinds of entries or for errors means all of them, whatever the verbosity. @param {Filter} filter */
export const ignoresVerbosity = ({ kinds, errors }) => kinds.length > 0 || errors;

/** The times between which an entry must be, in milliseconds. @param {Filter} filter @param {number} now */
function bounds({ period, from, to }, now) {
  if (period === "between") return { from: wallTime(from), to: wallTime(to) };
  const ms = PERIODS.find((one) => one.id === period)?.ms;
  return { from: ms === undefined ? null : now - ms, to: null };
}

/** @param {string} text what a field for date and time gives: without a zone, so it is this browser's */
function wallTime(text) {
  const ms = text ? new Date(text).getTime() : NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** @param {Filter} filter */
const wireKinds = (filter) => KINDS.filter(({ id }) => filter.kinds.includes(id)).flatMap(({ kinds }) => kinds);

/** A command, a step or a part of the server that failed. */
const FAILURES = new Set(["FAILED", "failed", "set_aside"]);

/** Whether something went wrong in it. @param {{ kind: string, status?: string | null }} activity */
export function isError({ kind, status }) {
  return kind === "error" || FAILURES.has(status ?? "");
}

/** @param {Activity} activity @param {Filter} filter @param {number} now @param {number} verbosity */
export function matches(activity, filter, now, verbosity) {
  const { from, to } = bounds(filter, now);
  const at = Date.parse(activity.timestamp);
  const isOneOf = (/** @type {string[]} */ list, /** @type {string | null | undefined} */ value) => list.length === 0 || list.includes(value ?? "");
  return isOneOf(wireKinds(filter), activity.kind)
    && isOneOf(filter.sources, activity.source)
    && isOneOf(filter.commands, activity.command)
    && (filter.phase === "" || filter.phase === activity.phase)
    && (!filter.errors || isError(activity))
    && (from === null || at >= from)
    && (to === null || at < to)
    && (ignoresVerbosity(filter) || levelOf(activity) <= verbosity);
}

/**
 * The same for the server, as the query of `GET …/activity` and of its export.
 * @param {Filter} filter @param {number} now @param {number} verbosity
 * @returns {Record<string, string>}
 */
export function queryOf(filter, now, verbosity) {
  const { from, to } = bounds(filter, now);
  const said = {
    kind: wireKinds(filter).join(","),
    source: filter.sources.join(","),
    command: filter.commands.join(","),
    phase: filter.phase,
    errors: filter.errors ? "true" : "",
    from: from === null ? "" : new Date(from).toISOString(),
    to: to === null ? "" : new Date(to).toISOString(),
    verbosity: ignoresVerbosity(filter) ? "" : String(verbosity),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ""));
}

/** The time that is filtered, in words. @param {Filter} filter */
export function periodWords({ period, from, to }) {
  if (period !== "between") return PERIODS.find((one) => one.id === period)?.label ?? "";
  const said = (/** @type {string} */ text) => text.replace("T", " ");
  return [from && `from ${said(from)}`, to && `until ${said(to)}`].filter(Boolean).join(" ").replace(/^./, (first) => first.toUpperCase());
}
