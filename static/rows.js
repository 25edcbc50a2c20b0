// The lines of a command as they are drawn: what the verbosity lets through, and files read one after the other as
// one line that opens.

import { stepHolds } from "./step.js";
import { isAgentsUsage } from "./usage.js";

/** @typedef {import("./timeline.js").Step} Step */
/** @typedef {{ key: string, type: "fold", lastSeq: number, steps: Step[] }} Fold */
/** @typedef {Step | Fold} Row */

/** @typedef {{ key: string, rows: Row[] }} Stretch rows that stand one after the other */

/** So many places in the log make a stretch: what is drawn at once without being felt. */
export const STRETCH = 20;
/** Two lines are read as fast as one that has to be opened. */
const FOLD_MIN = 3;
/** Opened, a fold draws all it holds at once. */
const FOLD_MAX = 100;
/** Whoever wants everything with its raw results gets it line by line. */
const UNFOLDED = 3;

/**
 * @param {Step[]} steps @param {number} verbosity @param {number} [asked] the seq of an entry that is shown at any verbosity
 * @returns {Row[]}
 */
export function rowsOf(steps, verbosity, asked) {
  const shown = steps.filter((step) => step.level <= verbosity || stepHolds(step, asked));
  if (verbosity >= UNFOLDED) return shown;
  // What the agent took so far says all that was said of it before.
  const taken = shown.findLast(({ activity }) => isAgentsUsage(activity));
  const visible = shown.filter((step) => step === taken || !isAgentsUsage(step.activity) || stepHolds(step, asked));
  /** @type {Row[]} */
  const rows = [];
  for (let i = 0; i < visible.length;) {
    let end = i;
    while (end < visible.length && end - i < FOLD_MAX && isQuietRead(visible[end])) end++;
    if (end - i >= FOLD_MIN) {
      const run = visible.slice(i, end);
      rows.push({ key: `f${run[0].key}`, type: "fold", lastSeq: run[run.length - 1].lastSeq, steps: run });
      i = end;
    } else {
      rows.push(visible[i]);
      i++;
    }
  }
  return rows;
}

/**
 * The rows in stretches, each of which is laid out and drawn only where it is in sight. Where one ends the log tells, so that
 * neither what comes at the end nor what is put at the beginning moves rows from one to another.
 * @param {Row[]} rows @param {Stretch[]} before those of the last time; one that is still the same is returned again
 * @returns {Stretch[]}
 */
export function stretchesOf(rows, before) {
  /** @type {Stretch[]} */
  const stretches = [];
  for (const row of rows) {
    const first = "steps" in row ? row.steps[0].activity.seq : (row.call ?? row.activity).seq;
    const key = `t${Math.floor(first / STRETCH)}`;
    const last = stretches.at(-1);
    if (last?.key === key) last.rows.push(row);
    else stretches.push({ key, rows: [row] });
  }
  return stretches.map((stretch) => {
    const old = before.find((one) => one.key === stretch.key);
    const isSame = old?.rows.length === stretch.rows.length && old.rows.every((row, i) => row === stretch.rows[i]);
    return isSame ? old : stretch;
  });
}

/** A file that was read, without anything to say about it. @param {Step} step */
function isQuietRead({ type, activity, result }) {
  return type === "tool" && (activity.tool === "Read" || activity.data?.kind === "read") && result?.status !== "failed";
}

/** What a fold's files are called, by the ends of their paths. @param {Fold} fold */
export function filesOf(fold) {
  return fold.steps.map(({ activity }) => (activity.data?.locations?.[0]?.path ?? activity.message.replace(/^Read /, "")).split("/").pop());
}
