// How far in a project's log a tab has come, and what that says about what comes next. Pure. The last step's id is kept
// beside its number: a server restored from an old copy may have come as far again with other steps, and that is
// another log. So what lies after a cursor is asked for together with the step the cursor stands on.

/** @typedef {{ seq: number, id: string | null }} Cursor `id` of the step at `seq`, null when it is not known */

/** @type {Cursor} */
export const START = { seq: 0, id: null };

/** What the first look brings of the past. */
export const FIRST_LIMIT = 200;
/** Who is further behind than this begins anew with the newest steps; those between are there for who asks for earlier ones. */
export const CATCH_UP_MAX = 2_000;

/** The query that asks for what comes after the cursor. @param {Cursor} cursor */
export function queryFrom({ seq, id }) {
  if (seq === 0) return `limit=${FIRST_LIMIT}`;
  return `after=${id === null ? seq : seq - 1}`;
}

/**
 * What a step that arrives is to a tab that has come this far. `other` is from another log.
 * @param {Cursor} cursor @param {{ seq: number, id?: string }} activity
 * @returns {"new" | "known" | "other"}
 */
export function compare(cursor, { seq, id }) {
  if (seq > cursor.seq) return "new";
  return seq === cursor.seq && cursor.id !== null && id !== undefined && id !== cursor.id ? "other" : "known";
}

/** @param {{ seq: number, id?: string }} activity @returns {Cursor} */
export const cursorAt = ({ seq, id }) => ({ seq, id: id ?? null });

/** @param {Cursor} cursor @param {number} head the last number of the server's log */
export const isFarBehind = (cursor, head) => cursor.seq > 0 && head - cursor.seq > CATCH_UP_MAX;
