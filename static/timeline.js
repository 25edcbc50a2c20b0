// The activity pane's order of things, as values: activities, which come one by one, become entries, each either a
// command with its steps or something that stands alone. New activities copy only the entries they touch, so that
// a pane with a long history redraws only its end.

import { levelOf } from "./words.js";

/** @typedef {import("./state.js").Activity} Activity */
/**
 * One line in the pane. `tool` carries its result, and so does a change to a file that shows its `call`; `output` is a run of raw lines shown as one block. `lastSeq` is the
 * newest activity in it.
 * @typedef {{ key: string, type: "tool" | "output" | "plain", level: number, lastSeq: number, activity: Activity, call?: Activity, result?: Activity, lines?: Activity[] }} Step
 */
/**
 * `args` is what was said with the command ("12", "a newsletter"). `isOver` tells that its end has been seen.
 * @typedef {{ key: string, type: "command", executionId: string, command: string | null, args: string | null, steps: Step[],
 *   lastSeq: number, lastAt: string, isOver: boolean }} CommandEntry
 * @typedef {{ key: string, type: "single", step: Step, lastSeq: number }} SingleEntry
 * @typedef {CommandEntry | SingleEntry} Entry
 */
/**
 * `at` finds a command's entry; `open` are the commands that are not over, in the order they came. What belongs to no
 * command is told within the first of them: on its own it would stand below steps that are yet to come.
 * @typedef {{ entries: Entry[], at: Record<string, number>, open: string[] }} Timeline
 */

/** @type {Timeline} */
export const EMPTY = { entries: [], at: {}, open: [] };

const ENDED = new Set(["COMPLETED", "FAILED", "CANCELLED"]);

/**
 * The timeline with more activities at its end. They must be newer than all it holds; for anything else start
 * again from EMPTY.
 * @param {Timeline} timeline
 * @param {Activity[]} activities
 * @returns {Timeline}
 */
export function extend(timeline, activities) {
  const next = { entries: timeline.entries.slice(), at: timeline.at, open: timeline.open };
  // What this call has copied or made, and so may change.
  const own = new Set();
  for (const activity of activities) {
    const owner = activity.execution_id ?? next.open[0];
    if (owner === undefined) {
      next.entries.push({ key: `s${activity.seq}`, type: "single", step: stepOf(activity), lastSeq: activity.seq });
      continue;
    }
    const entry = writable(next, owner, activity, own);
    entry.lastAt = activity.timestamp;
    entry.lastSeq = activity.seq;
    place(entry.steps, activity, own);
    if (activity.execution_id) follow(next, entry, activity);
  }
  return next;
}

/**
 * What an activity says about the command it belongs to. Whatever a command does tells that it is not over: where the
 * log is held from its middle, its beginning has not been seen.
 * @param {Timeline} next @param {CommandEntry} entry @param {Activity} activity
 */
function follow(next, entry, activity) {
  const { kind, status, command, detail } = activity;
  entry.command ??= command ?? null;
  // What becomes of a pull request is told long after the end of the command that opened it.
  if (kind === "pm") return;
  if (kind === "status" && status === "QUEUED") entry.args ??= detail ?? null;
  if (kind === "status" && ENDED.has(status ?? "")) {
    entry.isOver = true;
    next.open = next.open.filter((id) => id !== entry.executionId);
  } else if (!entry.isOver && !next.open.includes(entry.executionId)) {
    next.open = [...next.open, entry.executionId];
  }
}

/**
 * The entry of a command, copied once per call of `extend` so that the old timeline stays as it was.
 * @param {Timeline} next @param {string} owner @param {Activity} activity @param {Set<object>} own
 * @returns {CommandEntry}
 */
function writable(next, owner, activity, own) {
  const index = next.at[owner];
  if (index === undefined) {
    /** @type {CommandEntry} */
    const entry = {
      key: `x${owner}`, type: "command", executionId: owner, command: null, args: null, steps: [],
      lastSeq: activity.seq, lastAt: activity.timestamp, isOver: false,
    };
    next.at = { ...next.at, [owner]: next.entries.length };
    next.entries.push(entry);
    own.add(entry);
    return entry;
  }
  const old = /** @type {CommandEntry} */ (next.entries[index]);
  if (own.has(old)) return old;
  const copy = { ...old, steps: old.steps.slice() };
  next.entries[index] = copy;
  own.add(copy);
  return copy;
}

/** @param {Step[]} steps @param {Activity} activity @param {Set<object>} own */
function place(steps, activity, own) {
  if (activity.kind === "tool_result") {
    const index = callOf(steps, activity);
    if (index >= 0) {
      steps[index] = { ...steps[index], result: activity, lastSeq: activity.seq };
      return;
    }
  }
  if (activity.kind === "file_change" && showsCall(steps, activity)) return;
  const last = steps[steps.length - 1];
  if (isOutput(activity) && last?.type === "output" && last.level === levelOf(activity)) {
    steps[steps.length - 1] = withLine(last, activity, own);
    return;
  }
  steps.push(stepOf(activity));
}

/** A run of output with one line more; its lines are copied once per call of `extend`, however many come. @param {Step} step @param {Activity} line @param {Set<object>} own */
function withLine(step, line, own) {
  if (own.has(step)) {
    step.lines?.push(line);
    step.lastSeq = line.seq;
    return step;
  }
  const copy = { ...step, lines: [...(step.lines ?? []), line], lastSeq: line.seq };
  own.add(copy);
  return copy;
}

/** The tool call a result belongs to: by its id where the agent gives one, else the last call still without. @param {Step[]} steps @param {Activity} result */
function callOf(steps, result) {
  const id = result.data?.call_id;
  return steps.findLastIndex((step) => {
    const call = step.type === "tool" ? step.activity : step.call;
    if (!call || step.result) return false;
    return !id || !call.data?.call_id || call.data.call_id === id;
  });
}

/** What is called and does something else than to change a file, though a file may be changed by it. */
const OTHER_WORK = new Set(["execute", "read", "search", "fetch", "think"]);

/**
 * A call that changed a file is told by the change, which says more: one line, where the call stood.
 * @param {Step[]} steps @param {Activity} change
 */
function showsCall(steps, change) {
  const id = change.data?.call_id;
  const index = id ? steps.findLastIndex(({ type, activity }) => type === "tool" && activity.data?.call_id === id && !OTHER_WORK.has(activity.data.kind)) : -1;
  if (index < 0) return false;
  const { key, activity: call, result, lastSeq } = steps[index];
  steps[index] = { ...stepOf(change), key, call, ...(result && { result }), lastSeq: Math.max(lastSeq, change.seq) };
  return true;
}

/** What an agent told that there are no words for stands by itself. @param {Activity} activity */
const isOutput = (activity) => activity.kind === "text" && activity.data?.format === "output" && !activity.data.raw;

/** @param {Activity} activity @returns {Step} */
function stepOf(activity) {
  const base = { key: `a${activity.seq}`, level: levelOf(activity), lastSeq: activity.seq, activity };
  if (activity.kind === "tool") return { ...base, type: "tool" };
  if (isOutput(activity)) return { ...base, type: "output", lines: [activity] };
  return { ...base, type: "plain" };
}

/**
 * The timeline without what is older than `seq`. A tool whose result is not older stays, and so does its command: no
 * result stands without its call.
 * @param {Timeline} timeline @param {number} seq the first that stays
 * @returns {Timeline}
 */
export function since(timeline, seq) {
  /** @type {Record<string, number>} */
  const at = {};
  /** @type {Entry[]} */
  const entries = [];
  for (const entry of timeline.entries) {
    if (entry.lastSeq < seq) continue;
    if (entry.type === "command") at[entry.executionId] = entries.length;
    entries.push(entry.type === "command" ? trimmed(entry, seq) : entry);
  }
  return { ...timeline, entries, at };
}

/** @param {CommandEntry} entry @param {number} seq @returns {CommandEntry} */
function trimmed(entry, seq) {
  if (entry.steps[0].activity.seq >= seq) return entry;
  const steps = entry.steps.filter((step) => step.lastSeq >= seq).map((step) => {
    if (!step.lines || step.lines[0].seq >= seq) return step;
    return { ...step, lines: step.lines.filter((line) => line.seq >= seq) };
  });
  return { ...entry, steps };
}

/**
 * `next` with the very steps and entries of `old` wherever they say the same, so that a pane which knows them need not
 * draw them again.
 * @param {Timeline} old @param {Timeline} next @returns {Timeline}
 */
export function reusing(old, next) {
  const known = new Map();
  for (const entry of old.entries) {
    known.set(entry.key, entry);
    if (entry.type === "command") for (const step of entry.steps) known.set(step.key, step);
  }
  const entries = next.entries.map((entry) => {
    const before = known.get(entry.key);
    if (entry.type === "single") return before?.step.activity === entry.step.activity ? before : entry;
    const steps = entry.steps.map((step) => isSame(known.get(step.key), step) ? known.get(step.key) : step);
    const isAll = before && steps.length === before.steps.length && steps.every((step, i) => step === before.steps[i]);
    return isAll ? before : { ...entry, steps };
  });
  return { ...next, entries };
}

/** @param {Step | undefined} a @param {Step} b */
function isSame(a, b) {
  return a !== undefined && a.activity === b.activity && a.call === b.call && a.result === b.result && a.lastSeq === b.lastSeq && a.lines?.length === b.lines?.length;
}

/**
 * How many visible lines came after `seq`: what "12 new" counts. Looks from the end, so it costs what is new.
 * @param {Timeline} timeline @param {number} verbosity @param {number} seq
 */
export function countAfter(timeline, verbosity, seq) {
  let n = 0;
  for (const entry of timeline.entries) {
    const steps = entry.type === "single" ? [entry.step] : entry.steps;
    for (let i = steps.length - 1; i >= 0; i--) {
      const lines = steps[i].lines ?? [steps[i].activity];
      if (lines[lines.length - 1].seq <= seq) break;
      if (steps[i].level <= verbosity) n += lines.filter((line) => line.seq > seq).length;
    }
  }
  return n;
}
