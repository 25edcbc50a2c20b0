// The activity pane's order of things, as values: activities, which come one by one, become entries, each either a
// command with its steps or something that stands alone. New activities copy only the entries they touch, so that
// a pane with a long history redraws only its end.

import { levelOf } from "./words.js";

/** @typedef {import("./state.js").Activity} Activity */
/**
 * One line in the pane. `tool` carries its result; `output` is a run of raw lines shown as one block.
 * @typedef {{ key: string, type: "tool" | "output" | "plain", level: number, activity: Activity, result?: Activity, lines?: Activity[] }} Step
 */
/**
 * @typedef {{ key: string, type: "command", executionId: string, command: string | null, steps: Step[], lastAt: string }} CommandEntry
 * @typedef {{ key: string, type: "single", step: Step }} SingleEntry
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
  const fresh = new Set();
  for (const activity of activities) {
    const owner = activity.execution_id ?? next.open[0];
    if (owner === undefined) {
      next.entries.push({ key: `s${activity.seq}`, type: "single", step: stepOf(activity) });
      continue;
    }
    const entry = writable(next, owner, activity, fresh);
    entry.command = entry.command ?? (activity.execution_id ? activity.command ?? null : null);
    entry.lastAt = activity.timestamp;
    place(entry.steps, activity);
    if (activity.kind === "status" && activity.execution_id) {
      if (ENDED.has(activity.status ?? "")) next.open = next.open.filter((id) => id !== owner);
      else if (!next.open.includes(owner)) next.open = [...next.open, owner];
    }
  }
  return next;
}

/**
 * The entry of a command, copied once per call of `extend` so that the old timeline stays as it was.
 * @param {Timeline} next @param {string} owner @param {Activity} activity @param {Set<string>} fresh
 * @returns {CommandEntry}
 */
function writable(next, owner, activity, fresh) {
  const index = next.at[owner];
  if (index === undefined) {
    /** @type {CommandEntry} */
    const entry = { key: `x${owner}`, type: "command", executionId: owner, command: null, steps: [], lastAt: activity.timestamp };
    next.at = { ...next.at, [owner]: next.entries.length };
    next.entries.push(entry);
    fresh.add(owner);
    return entry;
  }
  const old = /** @type {CommandEntry} */ (next.entries[index]);
  if (fresh.has(owner)) return old;
  const copy = { ...old, steps: old.steps.slice() };
  next.entries[index] = copy;
  fresh.add(owner);
  return copy;
}

/** @param {Step[]} steps @param {Activity} activity */
function place(steps, activity) {
  if (activity.kind === "tool_result") {
    const index = callOf(steps, activity);
    if (index >= 0) {
      steps[index] = { ...steps[index], result: activity };
      return;
    }
  }
  const last = steps[steps.length - 1];
  if (isOutput(activity) && last?.type === "output" && last.level === levelOf(activity)) {
    steps[steps.length - 1] = { ...last, lines: [...(last.lines ?? []), activity] };
    return;
  }
  steps.push(stepOf(activity));
}

/** The tool call a result belongs to: by its id where the agent gives one, else the last call still without. @param {Step[]} steps @param {Activity} result */
function callOf(steps, result) {
  const id = result.data?.tool_call_id;
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i];
    if (step.type !== "tool" || step.result) continue;
    if (!id || !step.activity.data?.tool_call_id || step.activity.data.tool_call_id === id) return i;
  }
  return -1;
}

/** @param {Activity} activity */
const isOutput = (activity) => activity.kind === "text" && activity.data?.format === "output";

/** @param {Activity} activity @returns {Step} */
function stepOf(activity) {
  const base = { key: `a${activity.seq}`, level: levelOf(activity), activity };
  if (activity.kind === "tool") return { ...base, type: "tool" };
  if (isOutput(activity)) return { ...base, type: "output", lines: [activity] };
  return { ...base, type: "plain" };
}

/** @param {Step[]} steps @param {number} verbosity */
export function visibleSteps(steps, verbosity) {
  return steps.filter((step) => step.level <= verbosity);
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
