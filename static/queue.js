// Messages that wait for their turn, as values. They can be changed and taken back until it comes; what happens to one
// is told by the feed and by the chat, in any order, and more than once.

import { withMessage, withoutConfirmed } from "./conversation.js";

/** @typedef {import("./state.js").Message} Message */
/**
 * What has become of a queued message: as the chat's `message_changed` frame tells it.
 * @typedef {{ id: string, change: "edited" | "withdrawn" | "taken", content?: string | null, timestamp?: string | null,
 *   topic_id?: string | null, client_id?: string | null }} Change
 */

/** @type {Record<string, Change["change"]>} */
const CHANGES = { message_edited: "edited", message_withdrawn: "withdrawn", message_taken: "taken" };

/** What an activity says about a queued message, or null. @param {import("./state.js").Activity} activity @returns {Change | null} */
export function changeOf({ kind, status, timestamp, data }) {
  const change = CHANGES[status ?? ""];
  if (kind !== "pm" || !change || !data?.message_id) return null;
  return { id: data.message_id, change, content: data.content, timestamp, topic_id: data.topic_id };
}

/**
 * The view after a change. One whose turn has come stands where it was acted on, so it moves to the end.
 * @param {import("./state.js").View} view @param {Change} change @returns {import("./state.js").View}
 */
export function withChange(view, { id, change, content, timestamp, topic_id, client_id }) {
  const others = view.messages.filter((m) => m.id !== id);
  if (change === "withdrawn") {
    const withdrawn = view.withdrawn.includes(id) ? view.withdrawn : [...view.withdrawn, id];
    return { ...view, messages: others, withdrawn, outbox: withoutConfirmed(view.outbox, { client_id }) };
  }
  const known = view.messages.find((m) => m.id === id);
  if (!known?.queued) return view;
  if (change === "edited") return { ...view, messages: withMessage(view.messages, { ...known, content: content ?? known.content }) };
  const taken = { ...known, queued: false, timestamp: timestamp ?? known.timestamp, topic_id: topic_id ?? known.topic_id };
  return { ...view, messages: withMessage(others, taken) };
}

/** Those that wait for their turn, in its order. @param {Message[]} messages */
export const waiting = (messages) => messages.filter((m) => m.queued);

/** Those that were said. @param {Message[]} messages */
export const said = (messages) => messages.filter((m) => !m.queued);

/**
 * The ids of those that wait while an earlier one is being answered.
 * @param {Message[]} messages @param {boolean} isAnswering
 */
export function behind(messages, isAnswering) {
  if (!isAnswering) return new Set();
  const answered = new Set(messages.map((m) => m.answers));
  const open = said(messages).filter((m) => m.role === "user" && !answered.has(m.id));
  return new Set(open.slice(1).map((m) => m.id));
}

/**
 * Whether the project manager is on its turn: somebody has said something, and nothing was answered yet.
 * @param {Message[]} messages
 */
export function awaitsReply(messages) {
  return said(messages).findLast(({ role }) => role !== "system")?.role === "user";
}
