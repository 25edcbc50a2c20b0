// One step of the timeline: which entries of the log are in it, where in its text one of them stands, and all of it as text.

/** @typedef {import("./timeline.js").Step} Step */

/** @param {Step} step @param {number | undefined} seq */
export function stepHolds({ activity, call, result, lines }, seq) {
  return seq !== undefined && (activity.seq === seq || call?.seq === seq || result?.seq === seq || (lines?.some((line) => line.seq === seq) ?? false));
}

/** @param {import("./timeline.js").Entry | import("./rows.js").Row} line a command, a line of it, or what stands alone @param {number | undefined} seq */
export function lineHolds(line, seq) {
  if (line.type === "single") return stepHolds(line.step, seq);
  return "steps" in line ? line.steps.some((step) => stepHolds(step, seq)) : stepHolds(line, seq);
}

/**
 * What to look for in the text of a step to find one of its entries: words, and the how manieth time they stand there.
 * Only a block of output has several entries that look alike.
 * @param {Step} step @param {number} seq @param {string} q what was searched for, if anything was
 * @returns {{ words: string, nth: number | null }}
 */
export function placeIn({ lines }, seq, q) {
  const at = lines?.findIndex((line) => line.seq === seq) ?? -1;
  if (!lines || at < 0) return { words: q, nth: null };
  const words = q || lines[at].message.trim();
  if (!words) return { words, nth: null };
  return { words, nth: lines.slice(0, at).reduce((n, line) => n + timesIn(line.message, words), 0) };
}

/** The words as a pattern that finds them in any case. @param {string} words */
export const patternOf = (words) => new RegExp(words.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"), "giu");

/** @param {string} text @param {string} words */
const timesIn = (text, words) => text.match(patternOf(words))?.length ?? 0;

/** @param {Step} step */
export function textOf({ activity, call, result, lines }) {
  if (lines) return lines.map((line) => line.message).join("\n").trim();
  const parts = [call?.message, activity.message, activity.data?.diff ?? activity.detail, result?.message, result?.detail];
  const said = parts.filter((part, i) => part && parts.indexOf(part) === i);
  return said.join("\n\n").trim();
}
