// Reads what lies after a cursor by plain requests, page by page, for a tab that has no stream of its own.

import { START, compare, cursorAt, isFarBehind } from "./cursor.js";

/** @typedef {import("./cursor.js").Cursor} Cursor */
/** @typedef {(cursor: Cursor) => Promise<{ items: any[], head: number, next: number | null }>} Load */

/**
 * Hands over everything after the cursor, in order, and says how far that is. A failed request ends it with what it
 * has got; `advance` was told how far that was.
 * @param {Cursor} cursor
 * @param {{ load: Load, on: Pick<import("./feed.js").Listener, "activities" | "event">, advance: (cursor: Cursor) => void }} options
 * @returns {Promise<{ head: number }>}
 */
export async function catchUp(cursor, { load, on, advance }) {
  for (;;) {
    const page = await load(cursor);
    const reason = whyAnew(cursor, page);
    if (reason) {
      on.event("gap", { from: cursor.seq, to: page.head, reason });
      advance(cursor = START);
      continue;
    }
    const fresh = page.items.filter((item) => compare(cursor, item) === "new");
    const last = fresh.at(-1);
    if (!last) return { head: page.head };
    if (cursor.seq > 0 && fresh[0].seq > cursor.seq + 1) {
      on.event("gap", { from: cursor.seq + 1, to: fresh[0].seq - 1, reason: "trimmed" });
    }
    const isFirst = cursor.seq === 0;
    advance(cursor = cursorAt(last));
    on.activities(fresh);
    // The first look goes back from the end: its `next` leads to what is older.
    if (isFirst || page.next === null) return { head: page.head };
  }
}

/** Why what was seen is of no use to go on from, if it is not. @param {Cursor} cursor @param {{ items: any[], head: number }} page */
function whyAnew(cursor, { items, head }) {
  if (cursor.seq === 0) return null;
  if (head < cursor.seq || items.some((item) => compare(cursor, item) === "other")) return "ahead";
  return isFarBehind(cursor, head) ? "far" : null;
}
