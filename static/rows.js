// The lines of a command as they are drawn: what the verbosity lets through, and files read one after the other as
// one line that opens.

import { stepHolds } from "./step.js";

/** @typedef {import("./timeline.js").Step} Step */
/** @typedef {{ key: string, type: "fold", lastSeq: number, steps: Step[] }} Fold */
/** @typedef {Step | Fold} Row */

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
  const visible = steps.filter((step) => step.level <= verbosity || stepHolds(step, asked));
  if (verbosity >= UNFOLDED) return visible;
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

/** A file that was read, without anything to say about it. @param {Step} step */
function isQuietRead({ type, activity, result }) {
  return type === "tool" && activity.tool === "Read" && result?.status !== "failed";
}

/** What a fold's files are called, by the ends of their paths. @param {Fold} fold */
export function filesOf(fold) {
  return fold.steps.map(({ activity }) => activity.message.replace(/^Read /, "").split("/").pop());
}
