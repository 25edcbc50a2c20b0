// The text a command is writing, as a value: shown as it grows, and gone when it is stored, when its command has ended, or
// when the stream that brought it is another one. It is no part of the log: some of it may be lost on the way.

/** @typedef {{ execution_id: string, block_id: string, text: string, restart?: boolean }} Block a text, or what is new of it; with `restart` that is all of it */

/** Of more texts at once nobody could read any. */
const BLOCKS_MAX = 4;
/** Of a text that is longer its end is kept, which is what is looked at. */
const CHARS_MAX = 16_000;

/**
 * The texts with what is new of one. What comes late, when the text is stored already, changes nothing.
 * @param {Block[]} writing @param {Block} delta @param {import("./state.js").Activity[]} stored the newest of the log
 * @returns {Block[]}
 */
export function withDelta(writing, delta, stored) {
  const { execution_id, block_id, text, restart = false } = delta;
  if (!execution_id || !block_id || typeof text !== "string" || text === "") return writing;
  if (stored.findLast((one) => isOf(one, block_id))) return writing;
  const known = writing.find((one) => one.block_id === block_id);
  const grown = { execution_id, block_id, text: bounded((restart ? "" : known?.text ?? "") + text) };
  return known ? writing.map((one) => one === known ? grown : one) : [...writing, grown].slice(-BLOCKS_MAX);
}

/** The texts that are not among these. @param {Block[]} writing @param {import("./state.js").Activity[]} stored @returns {Block[]} */
export function withoutStored(writing, stored) {
  return kept(writing, ({ block_id }) => !stored.some((one) => isOf(one, block_id)));
}

/** The texts whose commands have not ended. @param {Block[]} writing @param {(executionId: string) => boolean} isEnded @returns {Block[]} */
export function withoutEnded(writing, isEnded) {
  return kept(writing, ({ execution_id }) => !isEnded(execution_id));
}

/**
 * What came together, joined: what is new of a text is told once.
 * @param {Block[]} deltas @returns {Block[]}
 */
export function joined(deltas) {
  /** @type {Map<string, Block>} */
  const byBlock = new Map();
  for (const delta of deltas) {
    const known = byBlock.get(delta.block_id);
    byBlock.set(delta.block_id, known && !delta.restart ? { ...known, text: known.text + delta.text } : delta);
  }
  return [...byBlock.values()];
}

/** @param {import("./state.js").Activity} activity @param {string} block_id */
const isOf = ({ data }, block_id) => data?.block_id === block_id;

/** The same list where nothing goes. @param {Block[]} writing @param {(block: Block) => boolean} stays */
function kept(writing, stays) {
  return writing.every(stays) ? writing : writing.filter(stays);
}

/** From a line on, so that it does not begin within a word. @param {string} text */
function bounded(text) {
  if (text.length <= CHARS_MAX) return text;
  const end = text.slice(-CHARS_MAX * 3 / 4);
  return end.slice(end.indexOf("\n") + 1);
}
