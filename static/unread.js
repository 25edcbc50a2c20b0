// What is new since somebody last looked, as values.

/** `head` and `activity` are the seq of the last step that was there and that was looked at, `chat` the time of the last message. */
/** @typedef {{ head: number, activity: number, chat: string }} Mark */
/** @typedef {Record<string, Mark>} Marks by the project's id */

/** Both together, each mark as far as either of them is: nobody unsees what was seen. @param {Marks} some @param {Marks} more @returns {Marks} */
export function furthest(some, more) {
  const all = { ...some };
  for (const [id, mark] of Object.entries(more)) {
    const known = all[id];
    all[id] = known ? {
      head: Math.max(known.head, mark.head),
      activity: Math.max(known.activity, mark.activity),
      chat: isLater(mark.chat, known.chat) ? mark.chat : known.chat,
    } : mark;
  }
  return all;
}

/** Whether a project's log has grown since; of one that was never looked at here, everything would be news. @param {{ head?: number }} project @param {Mark | undefined} mark */
export function hasNews(project, mark) {
  return mark !== undefined && (project.head ?? 0) > mark.head;
}

/** How many messages others have said since then. @param {import("./state.js").Message[]} messages @param {string} since */
export function newMessages(messages, since) {
  return messages.filter((m) => m.role !== "user" && isLater(m.timestamp, since)).length;
}

/** @param {string} a @param {string} b */
function isLater(a, b) {
  return (Date.parse(a) || 0) > (Date.parse(b) || 0);
}
