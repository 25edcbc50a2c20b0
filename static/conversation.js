// A project's messages as values: stored ones from the server in the order they were said, and the outbox of those
// the server has not acknowledged yet.

/** @typedef {import("./state.js").Message} Message */
/** @typedef {import("./state.js").OutboxItem} OutboxItem */

/** With this the key of a reply begins, and that of a message brought over from elsewhere, which nobody answers any more. The rest is an id. */
const ANSWERS = /^(?:reply|imported):/;

/** The id of the message that needs no answer any more because of one with this key. @param {string | null | undefined} key */
export const answeredBy = (key) => key && ANSWERS.test(key) ? key.replace(ANSWERS, "") : undefined;

/**
 * The list with one more message, in its place by time; one that is already there is replaced, never doubled.
 * @param {Message[]} messages
 * @param {Message} message
 * @returns {Message[]}
 */
export function withMessage(messages, message) {
  const known = messages.findIndex((m) => m.id === message.id);
  if (known >= 0) {
    // It was told as it stood in the queue, late: its turn has come meanwhile.
    if (message.queued && messages[known].queued === false) return messages;
    const merged = messages.slice();
    merged[known] = { ...messages[known], ...defined(message) };
    return merged;
  }
  let at = messages.length;
  while (at > 0 && isAfter(messages[at - 1], message)) at--;
  return [...messages.slice(0, at), message, ...messages.slice(at)];
}

/** @param {Message} a @param {Message} b */
function isAfter(a, b) {
  const [x, y] = [Date.parse(a.timestamp), Date.parse(b.timestamp)];
  return x > y || (x === y && a.id > b.id);
}

/** What a message really says: a `chat` frame without a topic must not erase the topic already known. @param {Message} message */
function defined(message) {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined && value !== null));
}

/**
 * The outbox without the message the server has just confirmed.
 * @param {OutboxItem[]} outbox
 * @param {{ role?: string, client_id?: string | null }} message
 */
export function withoutConfirmed(outbox, message) {
  if (!message.client_id || !outbox.some((item) => item.client_id === message.client_id)) return outbox;
  return outbox.filter((item) => item.client_id !== message.client_id);
}

/**
 * Messages with a divider wherever a new conversation starts.
 * @param {Message[]} messages
 * @param {string | null} topicId the topic the last reset opened, which may have no message yet
 * @returns {({ type: "message", message: Message } | { type: "divider", key: string })[]}
 */
export function withDividers(messages, topicId) {
  /** @type {ReturnType<typeof withDividers>} */
  const rows = [];
  /** @type {string | null} */
  let topic = null;
  for (const message of messages) {
    if (message.topic_id && topic && message.topic_id !== topic) rows.push({ type: "divider", key: `t${message.topic_id}` });
    topic = message.topic_id ?? topic;
    rows.push({ type: "message", message });
  }
  if (topicId && topic && !messages.some((m) => m.topic_id === topicId)) rows.push({ type: "divider", key: `t${topicId}` });
  return rows;
}
